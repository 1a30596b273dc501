// SPDX-License-Identifier: MIT
// The only file that knows libopus' encoder.
#include "wasm/audio_encoder.h"

#include "shared/limits.h"
#include "wasm/codec_status.h"
#include "wasm/message_writer.h"

#include <opus.h>
#include <stdlib.h>

// Two streams' worth of the largest packet of one Opus frame (RFC 6716 3.2.1); we make one.
#define PACKET_MAX_LEN (2 * 1275)
#define CHANNEL_BITRATE_MAX_BPS 256000
#define BITRATE_MIN_BPS 6000
// Full scale is 1; libopus clips softly what is moderately above.
#define SAMPLE_MAX 2.0F

struct audio_encoder {
    OpusEncoder *codec;
    struct message_writer message;
    uint64_t last_us;
    unsigned channels;
    unsigned pre_skip;
    uint32_t sequence;
    float samples[2][AUDIO_FRAME_SAMPLES];
    float interleaved[2 * AUDIO_FRAME_SAMPLES];
    uint8_t packet[PACKET_MAX_LEN];
};

static int bitrate_is_valid(uint32_t bps, unsigned channels) {
    return bps >= BITRATE_MIN_BPS && bps <= CHANNEL_BITRATE_MAX_BPS * channels;
}

static int open_codec(struct audio_encoder *e, const struct audio_encoder_config *c) {
    const int is_speech = c->application == AUDIO_APPLICATION_SPEECH;
    int error = OPUS_OK;
    e->codec =
        opus_encoder_create(AUDIO_RATE_HZ, (int)c->channels,
                            is_speech ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO, &error);
    if (e->codec == NULL)
        return error == OPUS_ALLOC_FAIL ? CODEC_ERR_MEMORY : CODEC_ERR_ENCODE;
    opus_int32 lookahead = 0;
    const int failed =
        opus_encoder_ctl(e->codec, OPUS_SET_BITRATE((opus_int32)c->bitrate_bps)) ||
        opus_encoder_ctl(e->codec, OPUS_SET_VBR(1)) ||
        opus_encoder_ctl(e->codec, OPUS_SET_DTX(0)) ||
        opus_encoder_ctl(e->codec, OPUS_SET_INBAND_FEC(0)) ||
        opus_encoder_ctl(e->codec, OPUS_SET_COMPLEXITY(c->complexity)) ||
        opus_encoder_ctl(e->codec,
                         OPUS_SET_SIGNAL(is_speech ? OPUS_SIGNAL_VOICE : OPUS_SIGNAL_MUSIC)) ||
        (c->is_mixed_down && opus_encoder_ctl(e->codec, OPUS_SET_FORCE_CHANNELS(1))) ||
        opus_encoder_ctl(e->codec, OPUS_GET_LOOKAHEAD(&lookahead));
    e->pre_skip = (unsigned)lookahead;
    return failed ? CODEC_ERR_ENCODE : 0;
}

int audio_encoder_create(struct audio_encoder **out, const struct audio_encoder_config *config) {
    *out = NULL;
    if (config->channels < 1 || config->channels > 2 ||
        !bitrate_is_valid(config->bitrate_bps, config->channels) || config->complexity < 0 ||
        config->complexity > 10 ||
        (config->application != AUDIO_APPLICATION_SPEECH &&
         config->application != AUDIO_APPLICATION_MUSIC))
        return CODEC_ERR_ARGUMENT;
    struct audio_encoder *const e = calloc(1, sizeof *e);
    if (e == NULL)
        return CODEC_ERR_MEMORY;
    e->channels = config->channels;
    e->sequence = config->sequence;
    const int status = open_codec(e, config);
    if (status != 0) {
        audio_encoder_destroy(e);
        return status;
    }
    *out = e;
    return 0;
}

void audio_encoder_destroy(struct audio_encoder *e) {
    if (e == NULL)
        return;
    if (e->codec != NULL)
        opus_encoder_destroy(e->codec);
    message_writer_dispose(&e->message);
    free(e);
}

float *audio_encoder_samples(struct audio_encoder *e, unsigned channel) {
    return channel < e->channels ? e->samples[channel] : NULL;
}

unsigned audio_encoder_pre_skip(const struct audio_encoder *e) { return e->pre_skip; }

// A broken filter in the page may yield infinities or NaN, which would stay in libopus' own filters
// for ever.
static float tame(float sample) {
    if (sample > SAMPLE_MAX)
        return SAMPLE_MAX;
    if (sample < -SAMPLE_MAX)
        return -SAMPLE_MAX;
    return sample == sample ? sample : 0;
}

int audio_encoder_encode(struct audio_encoder *e, uint64_t timestamp_us) {
    e->message.len = 0;
    if (timestamp_us > LIMIT_TIMESTAMP_US || timestamp_us < e->last_us)
        return CODEC_ERR_ARGUMENT;
    e->last_us = timestamp_us;
    for (unsigned c = 0; c < e->channels; c++) {
        for (unsigned i = 0; i < AUDIO_FRAME_SAMPLES; i++)
            e->interleaved[i * e->channels + c] = tame(e->samples[c][i]);
    }
    const opus_int32 len =
        opus_encode_float(e->codec, e->interleaved, AUDIO_FRAME_SAMPLES, e->packet, PACKET_MAX_LEN);
    if (len <= 0)
        return CODEC_ERR_ENCODE;
    const struct wire_header header = {
        .kind = WIRE_AUDIO,
        .flags = WIRE_KEY,
        .sequence = e->sequence,
        .timestamp_us = timestamp_us,
    };
    const int status = message_writer_write(&e->message, &header, e->packet, (size_t)len);
    if (status == CODEC_READY)
        e->sequence++;
    return status;
}

const uint8_t *audio_encoder_message(const struct audio_encoder *e) { return e->message.bytes; }
size_t audio_encoder_message_len(const struct audio_encoder *e) { return e->message.len; }
uint32_t audio_encoder_sequence(const struct audio_encoder *e) { return e->sequence; }

int audio_encoder_set_bitrate(struct audio_encoder *e, uint32_t bitrate_bps) {
    if (!bitrate_is_valid(bitrate_bps, e->channels))
        return CODEC_ERR_ARGUMENT;
    return opus_encoder_ctl(e->codec, OPUS_SET_BITRATE((opus_int32)bitrate_bps)) ? CODEC_ERR_ENCODE
                                                                                 : 0;
}

int audio_encoder_set_complexity(struct audio_encoder *e, int complexity) {
    if (complexity < 0 || complexity > 10)
        return CODEC_ERR_ARGUMENT;
    return opus_encoder_ctl(e->codec, OPUS_SET_COMPLEXITY(complexity)) ? CODEC_ERR_ENCODE : 0;
}

// libopus' GET requests take a pointer each; the macros only check its type.
int audio_encoder_setting(const struct audio_encoder *e, enum audio_setting setting) {
    static const int requests[] = {
        [AUDIO_SETTING_APPLICATION] = OPUS_GET_APPLICATION_REQUEST,
        [AUDIO_SETTING_BITRATE] = OPUS_GET_BITRATE_REQUEST,
        [AUDIO_SETTING_CHANNELS] = OPUS_GET_FORCE_CHANNELS_REQUEST,
        [AUDIO_SETTING_COMPLEXITY] = OPUS_GET_COMPLEXITY_REQUEST,
        [AUDIO_SETTING_DTX] = OPUS_GET_DTX_REQUEST,
        [AUDIO_SETTING_FEC] = OPUS_GET_INBAND_FEC_REQUEST,
        [AUDIO_SETTING_VBR] = OPUS_GET_VBR_REQUEST,
    };
    const unsigned number = (unsigned)setting;
    opus_int32 value = 0;
    if (number >= sizeof requests / sizeof requests[0])
        return CODEC_ERR_ARGUMENT;
    if (opus_encoder_ctl(e->codec, requests[number], &value) != OPUS_OK)
        return CODEC_ERR_ENCODE;
    if (setting == AUDIO_SETTING_APPLICATION)
        return value == OPUS_APPLICATION_VOIP ? AUDIO_APPLICATION_SPEECH : AUDIO_APPLICATION_MUSIC;
    if (setting == AUDIO_SETTING_CHANNELS && value == OPUS_AUTO)
        return (int)e->channels;
    return value;
}
