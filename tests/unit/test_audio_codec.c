// SPDX-License-Identifier: MIT
// Sound there and back: messages, timing to the sample, silence, gaps, rubbish.
#include "made_media.h"
#include "shared/limits.h"
#include "shared/webm_check.h"
#include "wasm/audio_decoder.h"
#include "wasm/audio_encoder.h"
#include "wasm/codec_status.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PACKET_US 10000

static struct audio_encoder *make_encoder(unsigned channels, uint32_t bitrate_bps,
                                          enum audio_application application) {
    const struct audio_encoder_config config = {.channels = channels,
                                                .bitrate_bps = bitrate_bps,
                                                .application = application,
                                                .complexity = 9,
                                                .sequence = 7};
    struct audio_encoder *e;
    assert_int_equal(audio_encoder_create(&e, &config), 0);
    return e;
}

static struct audio_decoder *make_decoder(unsigned channels, unsigned pre_skip) {
    struct audio_decoder *d;
    assert_int_equal(audio_decoder_create(&d, channels, pre_skip), 0);
    return d;
}

struct packet {
    const uint8_t *bytes;
    size_t len;
};

static struct packet packet_of(const struct audio_encoder *e, uint64_t timestamp_us,
                               uint32_t sequence) {
    const uint8_t *const message = audio_encoder_message(e);
    const size_t len = audio_encoder_message_len(e);
    struct wire_header h;
    assert_int_equal(wire_header_read(&h, message, len), WIRE_OK);
    assert_int_equal(h.kind, WIRE_AUDIO);
    assert_int_equal(h.flags, WIRE_KEY);
    assert_int_equal(h.sequence, sequence);
    assert_int_equal(h.timestamp_us, timestamp_us);
    struct webm_block block;
    assert_int_equal(
        webm_cluster_check(&block, message + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN, NULL),
        WEBM_OK);
    assert_int_equal(block.track, WEBM_TRACK_AUDIO);
    assert_int_equal(block.timestamp_ms, timestamp_us / 1000);
    return (struct packet){message + WIRE_HEADER_LEN + block.offset, block.len};
}

// Signal to noise in dB of `count` samples against the tone that began at sample `first`.
static double tone_snr(const float *samples, uint64_t first, size_t count) {
    float *const tone = malloc(count * sizeof *tone);
    assert_non_null(tone);
    made_tone(tone, first, count);
    double signal = 0, noise = 0;
    for (size_t i = 0; i < count; i++) {
        signal += tone[i] * tone[i];
        noise += (samples[i] - tone[i]) * (samples[i] - tone[i]);
    }
    free(tone);
    return 10 * log10(signal / noise);
}

static void sound_comes_back_at_the_sample_it_went_in(void **state) {
    (void)state;
    for (unsigned channels = 1; channels <= 2; channels++) {
        struct audio_encoder *const e =
            make_encoder(channels, 96000 * channels, AUDIO_APPLICATION_MUSIC);
        const unsigned pre_skip = audio_encoder_pre_skip(e);
        assert_int_equal(pre_skip, 312); // 6.5 ms, libopus at 48 kHz
        struct audio_decoder *const d = make_decoder(channels, pre_skip);
        size_t total = 0;
        for (unsigned i = 0; i < 50; i++) {
            for (unsigned c = 0; c < channels; c++)
                made_tone(audio_encoder_samples(e, c), i * AUDIO_FRAME_SAMPLES,
                          AUDIO_FRAME_SAMPLES);
            assert_int_equal(audio_encoder_encode(e, i * PACKET_US), CODEC_READY);
            const struct packet p = packet_of(e, i * PACKET_US, 7 + i);
            const int count = audio_decoder_decode(d, p.bytes, p.len);
            assert_int_equal(count, i == 0 ? AUDIO_FRAME_SAMPLES - pre_skip : AUDIO_FRAME_SAMPLES);
            assert_int_equal(audio_decoder_skipped(d), i == 0 ? pre_skip : 0);
            for (unsigned c = 0; c < channels && i > 5; c++)
                assert_true(tone_snr(audio_decoder_samples(d, c), total, (size_t)count) > 20);
            total += (size_t)count;
        }
        assert_int_equal(total, 50 * AUDIO_FRAME_SAMPLES - pre_skip);
        assert_null(audio_encoder_samples(e, channels));
        assert_null(audio_decoder_samples(d, channels));
        audio_encoder_destroy(e);
        audio_decoder_destroy(d);
    }
}

static void silence_is_sent_and_rates_are_kept(void **state) {
    (void)state;
    struct audio_encoder *const e = make_encoder(1, 32000, AUDIO_APPLICATION_SPEECH);
    size_t silent = 0, loud = 0;
    for (unsigned i = 0; i < 200; i++) {
        float *const samples = audio_encoder_samples(e, 0);
        for (unsigned k = 0; k < AUDIO_FRAME_SAMPLES; k++)
            samples[k] =
                i < 100 ? 0
                        : (float)(((i * 7919 + k) * 2654435761U) >> 16 & 0xFFFF) / 65536.0F - 0.5F;
        assert_int_equal(audio_encoder_encode(e, i * PACKET_US), CODEC_READY);
        const struct packet p = packet_of(e, i * PACKET_US, 7 + i);
        *(i < 100 ? &silent : &loud) += p.len;
    }
    assert_true(silent * 3 < loud * 2);  // fewer bytes, but each packet is sent
    const double bps = (double)loud * 8; // of one second
    assert_true(bps > 24000 && bps < 40000);
    audio_encoder_destroy(e);
}

static void rubbish_samples_do_no_lasting_harm(void **state) {
    (void)state;
    struct audio_encoder *const e = make_encoder(1, 64000, AUDIO_APPLICATION_MUSIC);
    struct audio_decoder *const d = make_decoder(1, audio_encoder_pre_skip(e));
    float *const samples = audio_encoder_samples(e, 0);
    for (unsigned i = 0; i < 30; i++) {
        made_tone(samples, i * AUDIO_FRAME_SAMPLES, AUDIO_FRAME_SAMPLES);
        if (i == 3) {
            samples[1] = NAN;
            samples[2] = INFINITY;
            samples[3] = -1e30F;
        }
        assert_int_equal(audio_encoder_encode(e, i * PACKET_US), CODEC_READY);
        const struct packet p = packet_of(e, i * PACKET_US, 7 + i);
        assert_true(audio_decoder_decode(d, p.bytes, p.len) > 0);
    }
    const uint64_t first = 29 * AUDIO_FRAME_SAMPLES - audio_encoder_pre_skip(e);
    assert_true(tone_snr(audio_decoder_samples(d, 0), first, AUDIO_FRAME_SAMPLES) > 20);
    audio_encoder_destroy(e);
    audio_decoder_destroy(d);
}

static void a_missing_packet_is_concealed_in_time(void **state) {
    (void)state;
    struct audio_encoder *const e = make_encoder(1, 64000, AUDIO_APPLICATION_MUSIC);
    struct audio_decoder *const d = make_decoder(1, audio_encoder_pre_skip(e));
    for (unsigned i = 0; i < 30; i++) {
        made_tone(audio_encoder_samples(e, 0), i * AUDIO_FRAME_SAMPLES, AUDIO_FRAME_SAMPLES);
        assert_int_equal(audio_encoder_encode(e, i * PACKET_US), CODEC_READY);
        const struct packet p = packet_of(e, i * PACKET_US, 7 + i);
        const int count =
            i == 20 ? audio_decoder_conceal(d) : audio_decoder_decode(d, p.bytes, p.len);
        if (i > 0)
            assert_int_equal(count, AUDIO_FRAME_SAMPLES);
        if (i == 20) { // no hole: a tone goes on as a tone
            double power = 0;
            for (unsigned k = 0; k < AUDIO_FRAME_SAMPLES; k++)
                power += audio_decoder_samples(d, 0)[k] * audio_decoder_samples(d, 0)[k];
            assert_true(power / AUDIO_FRAME_SAMPLES > 0.02); // of 0.125
        }
    }
    audio_encoder_destroy(e);
    audio_decoder_destroy(d);
}

static void a_reset_is_a_start(void **state) {
    (void)state;
    struct audio_encoder *const e = make_encoder(1, 64000, AUDIO_APPLICATION_MUSIC);
    struct audio_decoder *const d = make_decoder(1, 312);
    assert_int_equal(audio_encoder_encode(e, 0), CODEC_READY);
    const struct packet p = packet_of(e, 0, 7);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(audio_decoder_decode(d, p.bytes, p.len), AUDIO_FRAME_SAMPLES - 312);
        assert_int_equal(audio_decoder_decode(d, p.bytes, p.len), AUDIO_FRAME_SAMPLES);
        audio_decoder_reset(d);
        assert_int_equal(audio_decoder_skipped(d), 0);
    }
    audio_encoder_destroy(e);
    audio_decoder_destroy(d);
}

static void a_pre_skip_longer_than_packets_takes_several(void **state) {
    (void)state;
    struct audio_encoder *const e = make_encoder(1, 64000, AUDIO_APPLICATION_MUSIC);
    struct audio_decoder *const d = make_decoder(1, 2000);
    assert_int_equal(audio_encoder_encode(e, 0), CODEC_READY);
    const struct packet p = packet_of(e, 0, 7);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(audio_decoder_decode(d, p.bytes, p.len), 0);
    assert_int_equal(audio_decoder_decode(d, p.bytes, p.len), 400);
    audio_encoder_destroy(e);
    audio_decoder_destroy(d);
}

static void bad_packets_are_a_status(void **state) {
    (void)state;
    struct audio_decoder *const d = make_decoder(2, 0);
    uint8_t packet[AUDIO_PACKET_MAX_LEN + 1];
    memset(packet, 0xFF, sizeof packet); // code 3 with 63 frames: longer than 120 ms
    assert_int_equal(audio_decoder_decode(d, packet, 0), CODEC_ERR_DECODE);
    assert_int_equal(audio_decoder_decode(d, packet, 100), CODEC_ERR_DECODE);
    assert_int_equal(audio_decoder_decode(d, packet, sizeof packet), CODEC_ERR_TOO_LARGE);
    assert_int_equal(audio_decoder_conceal(d), 960); // 20 ms, as most streams have it
    audio_decoder_destroy(d);
    audio_decoder_destroy(NULL);
}

static void impossible_settings_are_refused(void **state) {
    (void)state;
    static const struct audio_encoder_config bad[] = {
        {.channels = 0, .bitrate_bps = 64000, .complexity = 9},
        {.channels = 3, .bitrate_bps = 64000, .complexity = 9},
        {.channels = 1, .bitrate_bps = 500, .complexity = 9},
        {.channels = 1, .bitrate_bps = 1000000, .complexity = 9},
        {.channels = 1, .bitrate_bps = 64000, .complexity = 11},
        {.channels = 1, .bitrate_bps = 64000, .complexity = -1},
        {.channels = 1, .bitrate_bps = 64000, .application = (enum audio_application)2},
    };
    struct audio_encoder *e;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(audio_encoder_create(&e, &bad[i]), CODEC_ERR_ARGUMENT);
        assert_null(e);
    }
    struct audio_decoder *d;
    assert_int_equal(audio_decoder_create(&d, 0, 0), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_decoder_create(&d, 3, 0), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_decoder_create(&d, 1, AUDIO_PRE_SKIP_MAX_SAMPLES + 1),
                     CODEC_ERR_ARGUMENT);
    struct audio_encoder *const good = make_encoder(1, 32000, AUDIO_APPLICATION_SPEECH);
    assert_int_equal(audio_encoder_set_bitrate(good, 1), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_encoder_set_bitrate(good, 40000), 0);
    assert_int_equal(audio_encoder_encode(good, 5), CODEC_READY);
    assert_int_equal(audio_encoder_encode(good, 4), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_encoder_encode(good, LIMIT_TIMESTAMP_US + 1), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_encoder_sequence(good), 8);
    audio_encoder_destroy(good);
    audio_encoder_destroy(NULL);
}

static void check_settings(const struct audio_encoder *e, const int wanted[]) {
    for (int i = AUDIO_SETTING_APPLICATION; i <= AUDIO_SETTING_VBR; i++)
        assert_int_equal(audio_encoder_setting(e, (enum audio_setting)i), wanted[i]);
}

static void settings_are_read_back_from_the_codec(void **state) {
    (void)state;
    struct audio_encoder *const music = make_encoder(2, 96000, AUDIO_APPLICATION_MUSIC);
    check_settings(music, (const int[]){AUDIO_APPLICATION_MUSIC, 96000, 2, 9, 0, 0, 1});
    assert_int_equal(audio_encoder_set_bitrate(music, 64000), 0);
    assert_int_equal(audio_encoder_setting(music, AUDIO_SETTING_BITRATE), 64000);
    assert_int_equal(audio_encoder_set_complexity(music, 5), 0);
    assert_int_equal(audio_encoder_setting(music, AUDIO_SETTING_COMPLEXITY), 5);
    assert_int_equal(audio_encoder_set_complexity(music, 11), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_encoder_set_complexity(music, -1), CODEC_ERR_ARGUMENT);
    assert_int_equal(audio_encoder_setting(music, (enum audio_setting)7), CODEC_ERR_ARGUMENT);
    audio_encoder_destroy(music);
    const struct audio_encoder_config config = {.channels = 2,
                                                .bitrate_bps = 40000,
                                                .application = AUDIO_APPLICATION_SPEECH,
                                                .complexity = 5,
                                                .is_mixed_down = 1};
    struct audio_encoder *speech;
    assert_int_equal(audio_encoder_create(&speech, &config), 0);
    check_settings(speech, (const int[]){AUDIO_APPLICATION_SPEECH, 40000, 1, 5, 0, 0, 1});
    audio_encoder_destroy(speech);
}

// A voice on the left is heard on both sides, and at the sample where it was.
static void a_mixed_down_voice_is_heard_on_both_sides(void **state) {
    (void)state;
    const struct audio_encoder_config config = {.channels = 2,
                                                .bitrate_bps = 40000,
                                                .application = AUDIO_APPLICATION_SPEECH,
                                                .complexity = 9,
                                                .is_mixed_down = 1};
    struct audio_encoder *e;
    assert_int_equal(audio_encoder_create(&e, &config), 0);
    const unsigned pre_skip = audio_encoder_pre_skip(e);
    struct audio_encoder *const music = make_encoder(2, 96000, AUDIO_APPLICATION_MUSIC);
    assert_int_equal(pre_skip, audio_encoder_pre_skip(music)); // or a switch would need a new INIT
    audio_encoder_destroy(music);
    struct audio_decoder *const d = make_decoder(2, pre_skip);
    double energy[2] = {0, 0};
    for (unsigned i = 0; i < 50; i++) {
        made_tone(audio_encoder_samples(e, 0), (uint64_t)i * AUDIO_FRAME_SAMPLES,
                  AUDIO_FRAME_SAMPLES);
        memset(audio_encoder_samples(e, 1), 0, AUDIO_FRAME_SAMPLES * sizeof(float));
        assert_int_equal(audio_encoder_encode(e, i * PACKET_US), CODEC_READY);
        const struct packet p = packet_of(e, i * PACKET_US, i);
        assert_int_equal(p.bytes[0] & 0x04, 0); // the packet says that it is mono (RFC 6716 3.1)
        const int frames = audio_decoder_decode(d, p.bytes, p.len);
        assert_true(frames > 0);
        for (unsigned c = 0; c < 2 && i >= 10; c++) {
            const float *const samples = audio_decoder_samples(d, c);
            for (int k = 0; k < frames; k++)
                energy[c] += samples[k] * samples[k];
        }
    }
    assert_true(energy[0] > 1);
    assert_true(fabs(energy[0] - energy[1]) < 1e-3 * energy[0]);
    audio_decoder_destroy(d);
    audio_encoder_destroy(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_comes_back_at_the_sample_it_went_in),
        cmocka_unit_test(silence_is_sent_and_rates_are_kept),
        cmocka_unit_test(rubbish_samples_do_no_lasting_harm),
        cmocka_unit_test(a_missing_packet_is_concealed_in_time),
        cmocka_unit_test(a_reset_is_a_start),
        cmocka_unit_test(a_pre_skip_longer_than_packets_takes_several),
        cmocka_unit_test(bad_packets_are_a_status),
        cmocka_unit_test(impossible_settings_are_refused),
        cmocka_unit_test(settings_are_read_back_from_the_codec),
        cmocka_unit_test(a_mixed_down_voice_is_heard_on_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
