// SPDX-License-Identifier: MIT
// What encoder.wasm exports to web/codec/{encoder-module,video-encoder,audio-encoder}.js: numbers
// and pointers only. Handles are pointers, which are positive (memory is below 2 GiB), so a
// negative result is an enum codec_status. Timestamps are doubles: exact up to 2^53. No logic lives
// here.
#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "shared/wire.h"
#include "wasm/audio_encoder.h"
#include "wasm/codec_status.h"
#include "wasm/convert.h"
#include "wasm/video_encoder.h"

#include <emscripten.h>
#include <stdlib.h>

#define EXPORT EMSCRIPTEN_KEEPALIVE

struct video_handle {
    struct video_encoder *encoder;
    struct converter *converter; // NULL until source()
};

static uint64_t to_timestamp(double us) {
    // Beyond the limit is refused by the encoders; the cast must not see what it cannot hold.
    return us >= 0 && us <= (double)LIMIT_TIMESTAMP_US ? (uint64_t)us : UINT64_MAX;
}

// --- Video ---------------------------------------------------------------------------------------

EXPORT void encoder_video_destroy(struct video_handle *h) {
    video_encoder_destroy(h->encoder);
    converter_destroy(h->converter);
    free(h);
}

EXPORT intptr_t encoder_video_create(unsigned width, unsigned height, double frames_per_second,
                                     uint32_t bitrate_bps, int profile, int cpu_used,
                                     unsigned temporal_layers, uint32_t key_interval_ms,
                                     unsigned threads, unsigned rendition, uint32_t sequence) {
    const struct video_encoder_config config = {
        .width = width,
        .height = height,
        .frames_per_second = frames_per_second,
        .bitrate_bps = bitrate_bps,
        .profile = (enum video_profile)profile,
        .cpu_used = cpu_used,
        .temporal_layers = temporal_layers,
        .key_interval_ms = key_interval_ms,
        .threads = threads,
        .rendition = (uint8_t)(rendition < LIMIT_RENDITIONS_COUNT ? rendition : UINT8_MAX),
        .sequence = sequence,
    };
    struct video_handle *const h = calloc(1, sizeof *h);
    if (h == NULL)
        return CODEC_ERR_MEMORY;
    const int status = video_encoder_create(&h->encoder, &config);
    if (status != 0) {
        encoder_video_destroy(h);
        return status;
    }
    return (intptr_t)h;
}

EXPORT uint8_t *encoder_video_plane(struct video_handle *h, unsigned plane) {
    return video_encoder_plane(h->encoder, plane);
}

EXPORT unsigned encoder_video_stride(struct video_handle *h, unsigned plane) {
    return video_encoder_stride(h->encoder, plane);
}

EXPORT int encoder_video_source(struct video_handle *h, int format, unsigned width,
                                unsigned height) {
    if (h->converter == NULL && converter_create(&h->converter) != 0)
        return CODEC_ERR_MEMORY;
    return converter_source(h->converter, (enum pixel_format)format, width, height);
}

EXPORT uint8_t *encoder_video_source_plane(struct video_handle *h, unsigned plane) {
    return converter_source_plane(h->converter, plane);
}

EXPORT unsigned encoder_video_source_stride(struct video_handle *h, unsigned plane) {
    return converter_source_stride(h->converter, plane);
}

static struct picture input_of(const struct video_handle *h) {
    struct picture input = {.width = video_encoder_width(h->encoder),
                            .height = video_encoder_height(h->encoder)};
    for (unsigned i = 0; i < 3; i++) {
        input.planes[i] = video_encoder_plane(h->encoder, i);
        input.strides[i] = video_encoder_stride(h->encoder, i);
    }
    return input;
}

EXPORT int encoder_video_convert(struct video_handle *h) {
    if (h->converter == NULL)
        return CODEC_ERR_ARGUMENT;
    const struct picture input = input_of(h);
    return converter_convert(h->converter, &input);
}

EXPORT int encoder_video_convert_from(struct video_handle *h, const struct video_handle *other) {
    if (h->converter == NULL && converter_create(&h->converter) != 0)
        return CODEC_ERR_MEMORY;
    const struct picture from = input_of(other);
    const struct picture input = input_of(h);
    return converter_convert_picture(h->converter, &from, &input);
}

EXPORT int encoder_video_encode(struct video_handle *h, double timestamp_us, int force_key) {
    return video_encoder_encode(h->encoder, to_timestamp(timestamp_us), force_key);
}

EXPORT const uint8_t *encoder_video_message(struct video_handle *h) {
    return video_encoder_message(h->encoder);
}

EXPORT size_t encoder_video_message_length(struct video_handle *h) {
    return video_encoder_message_len(h->encoder);
}

EXPORT uint32_t encoder_video_sequence(struct video_handle *h) {
    return video_encoder_sequence(h->encoder);
}

EXPORT int encoder_video_set_bitrate(struct video_handle *h, uint32_t bitrate_bps) {
    return video_encoder_set_bitrate(h->encoder, bitrate_bps);
}

EXPORT int encoder_video_set_cpu_used(struct video_handle *h, int cpu_used) {
    return video_encoder_set_cpu_used(h->encoder, cpu_used);
}

EXPORT int encoder_video_set_frame_rate(struct video_handle *h, double frames_per_second) {
    return video_encoder_set_frame_rate(h->encoder, frames_per_second);
}

// --- Audio ---------------------------------------------------------------------------------------

EXPORT intptr_t encoder_audio_create(unsigned channels, uint32_t bitrate_bps, int application,
                                     int complexity, uint32_t sequence, int is_mixed_down) {
    const struct audio_encoder_config config = {
        .channels = channels,
        .bitrate_bps = bitrate_bps,
        .application = (enum audio_application)application,
        .complexity = complexity,
        .sequence = sequence,
        .is_mixed_down = is_mixed_down != 0,
    };
    struct audio_encoder *encoder;
    const int status = audio_encoder_create(&encoder, &config);
    return status != 0 ? status : (intptr_t)encoder;
}

EXPORT void encoder_audio_destroy(struct audio_encoder *e) { audio_encoder_destroy(e); }

EXPORT float *encoder_audio_samples(struct audio_encoder *e, unsigned channel) {
    return audio_encoder_samples(e, channel);
}

EXPORT unsigned encoder_audio_pre_skip(struct audio_encoder *e) {
    return audio_encoder_pre_skip(e);
}

EXPORT int encoder_audio_encode(struct audio_encoder *e, double timestamp_us) {
    return audio_encoder_encode(e, to_timestamp(timestamp_us));
}

EXPORT const uint8_t *encoder_audio_message(struct audio_encoder *e) {
    return audio_encoder_message(e);
}

EXPORT size_t encoder_audio_message_length(struct audio_encoder *e) {
    return audio_encoder_message_len(e);
}

EXPORT uint32_t encoder_audio_sequence(struct audio_encoder *e) {
    return audio_encoder_sequence(e);
}

EXPORT int encoder_audio_set_bitrate(struct audio_encoder *e, uint32_t bitrate_bps) {
    return audio_encoder_set_bitrate(e, bitrate_bps);
}

EXPORT int encoder_audio_set_complexity(struct audio_encoder *e, int complexity) {
    return audio_encoder_set_complexity(e, complexity);
}

EXPORT int encoder_audio_setting(struct audio_encoder *e, int setting) {
    return audio_encoder_setting(e, (enum audio_setting)setting);
}

// --- INIT ----------------------------------------------------------------------------------------

EXPORT intptr_t encoder_scratch_create(size_t len) {
    void *const scratch = malloc(len);
    return scratch == NULL ? CODEC_ERR_MEMORY : (intptr_t)scratch;
}

EXPORT void encoder_scratch_destroy(void *scratch) { free(scratch); }

EXPORT int encoder_write_init(uint8_t *out, size_t cap, unsigned width, unsigned height,
                              unsigned channels, unsigned pre_skip, unsigned rendition,
                              uint32_t sequence, double timestamp_us) {
    if (cap < WIRE_HEADER_LEN || width > UINT16_MAX || height > UINT16_MAX ||
        channels > UINT8_MAX || pre_skip > UINT16_MAX || rendition >= LIMIT_RENDITIONS_COUNT ||
        to_timestamp(timestamp_us) == UINT64_MAX)
        return CODEC_ERR_ARGUMENT;
    const struct wire_header header = {
        .kind = WIRE_INIT,
        .rendition = (uint8_t)rendition,
        .sequence = sequence,
        .timestamp_us = to_timestamp(timestamp_us),
    };
    const struct webm_tracks tracks = {(uint16_t)width, (uint16_t)height, (uint8_t)channels,
                                       (uint16_t)pre_skip};
    const size_t len = webm_write_init(out + WIRE_HEADER_LEN, cap - WIRE_HEADER_LEN, &tracks);
    if (len == 0)
        return CODEC_ERR_ARGUMENT;
    wire_header_write(out, &header);
    return (int)(WIRE_HEADER_LEN + len);
}
