// SPDX-License-Identifier: MIT
#include "codec_stream.h"

#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "wasm/audio_encoder.h"
#include "wasm/codec_status.h"
#include "wasm/video_encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FRAME_US 33333
#define PACKET_US 10000
#define CLUSTER_ID_LEN 4

static void add_message(struct codec_stream *s, const uint8_t *message, size_t len,
                        int has_unknown_sizes) {
    assert_true(s->count < sizeof s->packets / sizeof s->packets[0]);
    struct codec_packet *const packet = &s->packets[s->count++];
    packet->cluster = s->bytes.len;
    packet->header = made_bytes_add_payload(&s->bytes, message, len);
    const char *reason = NULL;
    assert_int_equal(webm_cluster_check(&packet->block, s->bytes.bytes + packet->cluster,
                                        s->bytes.len - packet->cluster, &reason),
                     WEBM_OK);
    packet->block.offset += packet->cluster;
    packet->end = s->bytes.len;
    if (has_unknown_sizes) {
        // The size's own length stays: all its value bits set mean "unknown" (RFC 8794 6.2).
        uint8_t *const size = s->bytes.bytes + packet->cluster + CLUSTER_ID_LEN;
        unsigned size_len = 1;
        while (!(size[0] & (0x80 >> (size_len - 1))))
            size_len++;
        memset(size + 1, 0xFF, size_len - 1);
        size[0] = (uint8_t)(0xFF >> (size_len - 1));
    }
}

static struct video_encoder *make_video(unsigned width, unsigned height) {
    const struct video_encoder_config config = {.width = width,
                                                .height = height,
                                                .frames_per_second = 30,
                                                .bitrate_bps = 600000,
                                                .cpu_used = -8,
                                                .temporal_layers = 3,
                                                .key_interval_ms = 1000,
                                                .threads = 1};
    struct video_encoder *video;
    assert_int_equal(video_encoder_create(&video, &config), 0);
    return video;
}

static struct audio_encoder *make_audio(void) {
    const struct audio_encoder_config config = {.channels = 2,
                                                .bitrate_bps = 96000,
                                                .application = AUDIO_APPLICATION_MUSIC,
                                                .complexity = 5};
    struct audio_encoder *audio;
    assert_int_equal(audio_encoder_create(&audio, &config), 0);
    return audio;
}

void codec_stream_make(struct codec_stream *s, unsigned width, unsigned height, unsigned frames,
                       int has_unknown_sizes) {
    memset(s, 0, sizeof *s);
    struct video_encoder *const video = make_video(width, height);
    struct audio_encoder *const audio = make_audio();
    s->width = width;
    s->height = height;
    s->pre_skip = audio_encoder_pre_skip(audio);
    const struct webm_tracks tracks = {(uint16_t)width, (uint16_t)height, 2, (uint16_t)s->pre_skip};
    uint8_t init[LIMIT_INIT_BYTES];
    s->init_len = webm_write_init(init, sizeof init, &tracks);
    made_bytes_add(&s->bytes, init, s->init_len);
    uint8_t *const planes[3] = {video_encoder_plane(video, 0), video_encoder_plane(video, 1),
                                video_encoder_plane(video, 2)};
    const unsigned strides[3] = {video_encoder_stride(video, 0), video_encoder_stride(video, 1),
                                 video_encoder_stride(video, 2)};
    uint64_t sound_us = 0;
    for (unsigned i = 0; i < frames; i++) {
        made_picture(planes, strides, width, height, i, 4);
        if (video_encoder_encode(video, (uint64_t)i * FRAME_US, 0) == CODEC_READY)
            add_message(s, video_encoder_message(video), video_encoder_message_len(video),
                        has_unknown_sizes);
        for (; sound_us < (uint64_t)(i + 1) * FRAME_US; sound_us += PACKET_US) {
            for (unsigned c = 0; c < 2; c++)
                made_tone(audio_encoder_samples(audio, c), sound_us * 48 / 1000,
                          AUDIO_FRAME_SAMPLES);
            assert_int_equal(audio_encoder_encode(audio, sound_us), CODEC_READY);
            add_message(s, audio_encoder_message(audio), audio_encoder_message_len(audio),
                        has_unknown_sizes);
        }
    }
    video_encoder_destroy(video);
    audio_encoder_destroy(audio);
}

void codec_stream_free(struct codec_stream *s) { made_bytes_free(&s->bytes); }
