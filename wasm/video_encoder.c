// SPDX-License-Identifier: MIT
// The only file that knows libvpx's encoder. Settings follow libwebrtc's real-time VP8
// (modules/video_coding/codecs/vp8/libvpx_vp8_encoder.cc) except where a comment says otherwise.
#include "wasm/video_encoder.h"

#include "shared/limits.h"
#include "wasm/codec_status.h"
#include "wasm/message_writer.h"
#include "wasm/temporal_pattern.h"

#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#define TIMEBASE_HZ 90000
#define STRIDE_ALIGN 16
// A key frame may take this much of an average frame's bits. libwebrtc allows 900; over one TCP
// connection a larger one would hold up the sound behind it.
#define MAX_INTRA_BITRATE_PERCENT 400

struct profile_settings {
    unsigned min_quantizer;
    unsigned max_quantizer;
    unsigned static_threshold;
    unsigned screen_content_mode;
};

static const struct profile_settings profiles[] = {
    [VIDEO_PROFILE_CAMERA] = {2, 56, 1, 0},
    [VIDEO_PROFILE_SCREEN] = {12, 56, 100, 2},
};

struct video_encoder {
    vpx_codec_ctx_t codec;
    vpx_codec_enc_cfg_t settings;
    vpx_image_t picture; // wraps input
    uint8_t *input;
    struct message_writer message;
    double frames_per_second;
    uint64_t key_interval_us; // 0 = only when asked
    uint64_t last_us;         // timestamp of the last picture given
    uint64_t last_key_us;
    int64_t ticks;     // of TIMEBASE_HZ, of the next picture
    unsigned layers;   // 1..3
    unsigned position; // in the temporal pattern, frames since the key frame
    uint32_t sequence; // of the next message
    uint8_t rendition;
    uint8_t wants_key; // until one has come out
    uint8_t has_codec;
};

static int is_between(double value, double low, double high) {
    return value >= low && value <= high; // false for NaN
}

static int side_is_valid(unsigned side) {
    return side >= VIDEO_SIDE_MIN_PIXELS && side <= LIMIT_VIDEO_SIDE_PIXELS && side % 2 == 0;
}

static int bitrate_is_valid(uint32_t bps) {
    return bps >= VIDEO_BITRATE_MIN_BPS && bps <= VIDEO_BITRATE_MAX_BPS;
}

static int cpu_used_is_valid(int cpu_used) {
    return cpu_used >= VIDEO_CPU_USED_FASTEST && cpu_used <= VIDEO_CPU_USED_BEST;
}

static int config_is_valid(const struct video_encoder_config *c) {
    return side_is_valid(c->width) && side_is_valid(c->height) &&
           is_between(c->frames_per_second, 1, VIDEO_FRAME_RATE_MAX) &&
           bitrate_is_valid(c->bitrate_bps) && cpu_used_is_valid(c->cpu_used) &&
           (c->profile == VIDEO_PROFILE_CAMERA || c->profile == VIDEO_PROFILE_SCREEN) &&
           c->temporal_layers >= 1 && c->temporal_layers <= LIMIT_TEMPORAL_LAYERS_COUNT &&
           c->threads >= 1 && c->threads <= VIDEO_THREADS_MAX &&
           c->rendition < LIMIT_RENDITIONS_COUNT;
}

static void set_bitrates(struct video_encoder *e, uint32_t bitrate_bps) {
    e->settings.rc_target_bitrate = bitrate_bps / 1000;
    for (unsigned i = 0; i < e->layers; i++)
        e->settings.ts_target_bitrate[i] =
            bitrate_bps / 1000 * temporal_bitrate_percent(e->layers, i) / 100;
}

static int fill_settings(struct video_encoder *e, const struct video_encoder_config *c) {
    vpx_codec_enc_cfg_t *const s = &e->settings;
    if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), s, 0) != VPX_CODEC_OK)
        return CODEC_ERR_ENCODE;
    s->g_w = c->width;
    s->g_h = c->height;
    s->g_timebase = (struct vpx_rational){1, TIMEBASE_HZ};
    s->g_threads = c->threads;
    s->g_pass = VPX_RC_ONE_PASS;
    s->g_lag_in_frames = 0;
    // Only so does every frame keep the entropy of the key frame, and a dropped layer leave no
    // trace.
    s->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    s->rc_end_usage = VPX_CBR;
    s->rc_resize_allowed = 0;
    s->rc_dropframe_thresh = 30;
    s->rc_undershoot_pct = 100;
    s->rc_overshoot_pct = 15;
    s->rc_buf_initial_sz = 500;
    s->rc_buf_optimal_sz = 600;
    s->rc_buf_sz = 1000;
    s->rc_min_quantizer = profiles[c->profile].min_quantizer;
    s->rc_max_quantizer = profiles[c->profile].max_quantizer;
    s->kf_mode = VPX_KF_DISABLED; // we ask for each key frame, so that the pattern knows of it
    s->ts_number_layers = e->layers;
    s->ts_periodicity = temporal_period(e->layers);
    for (unsigned i = 0; i < s->ts_periodicity; i++)
        s->ts_layer_id[i] = temporal_slot_at(e->layers, i)->layer;
    for (unsigned i = 0; i < e->layers; i++)
        s->ts_rate_decimator[i] = temporal_rate_decimator(e->layers, i);
    set_bitrates(e, c->bitrate_bps);
    return 0;
}

static int open_codec(struct video_encoder *e, const struct video_encoder_config *c) {
    const int filled = fill_settings(e, c);
    if (filled != 0)
        return filled;
    const vpx_codec_err_t opened =
        vpx_codec_enc_init(&e->codec, vpx_codec_vp8_cx(), &e->settings, 0);
    if (opened != VPX_CODEC_OK)
        return opened == VPX_CODEC_MEM_ERROR ? CODEC_ERR_MEMORY : CODEC_ERR_ENCODE;
    e->has_codec = 1;
    const struct profile_settings *const profile = &profiles[c->profile];
    const int failed =
        vpx_codec_control(&e->codec, VP8E_SET_CPUUSED, c->cpu_used) ||
        vpx_codec_control(&e->codec, VP8E_SET_STATIC_THRESHOLD, profile->static_threshold) ||
        vpx_codec_control(&e->codec, VP8E_SET_SCREEN_CONTENT_MODE, profile->screen_content_mode) ||
        vpx_codec_control(&e->codec, VP8E_SET_NOISE_SENSITIVITY, 0U) ||
        vpx_codec_control(&e->codec, VP8E_SET_TOKEN_PARTITIONS, (int)VP8_ONE_TOKENPARTITION) ||
        vpx_codec_control(&e->codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, MAX_INTRA_BITRATE_PERCENT);
    return failed ? CODEC_ERR_ENCODE : 0;
}

static unsigned align_up(unsigned value) {
    return (value + STRIDE_ALIGN - 1) / STRIDE_ALIGN * STRIDE_ALIGN;
}

// libvpx copies the picture into its own frames, so that one of ours is enough.
static int allocate_input(struct video_encoder *e, const struct video_encoder_config *c) {
    const unsigned stride = align_up(c->width);
    const unsigned chroma_stride = align_up(c->width / 2);
    const size_t luma_len = (size_t)stride * c->height;
    const size_t chroma_len = (size_t)chroma_stride * (c->height / 2);
    const size_t len = align_up((unsigned)(luma_len + 2 * chroma_len));
    e->input = aligned_alloc(STRIDE_ALIGN, len);
    if (e->input == NULL)
        return CODEC_ERR_MEMORY;
    memset(e->input, 16, luma_len); // black
    memset(e->input + luma_len, 128, len - luma_len);
    vpx_img_wrap(&e->picture, VPX_IMG_FMT_I420, c->width, c->height, 1, e->input);
    e->picture.planes[VPX_PLANE_U] = e->input + luma_len;
    e->picture.planes[VPX_PLANE_V] = e->input + luma_len + chroma_len;
    e->picture.stride[VPX_PLANE_Y] = (int)stride;
    e->picture.stride[VPX_PLANE_U] = (int)chroma_stride;
    e->picture.stride[VPX_PLANE_V] = (int)chroma_stride;
    return 0;
}

int video_encoder_create(struct video_encoder **out, const struct video_encoder_config *config) {
    *out = NULL;
    if (!config_is_valid(config))
        return CODEC_ERR_ARGUMENT;
    struct video_encoder *const e = calloc(1, sizeof *e);
    if (e == NULL)
        return CODEC_ERR_MEMORY;
    e->frames_per_second = config->frames_per_second;
    e->key_interval_us = (uint64_t)config->key_interval_ms * 1000;
    e->layers = config->temporal_layers;
    e->sequence = config->sequence;
    e->rendition = config->rendition;
    e->wants_key = 1;
    int status = allocate_input(e, config);
    if (status == 0)
        status = open_codec(e, config);
    if (status != 0) {
        video_encoder_destroy(e);
        return status;
    }
    *out = e;
    return 0;
}

void video_encoder_destroy(struct video_encoder *e) {
    if (e == NULL)
        return;
    if (e->has_codec)
        vpx_codec_destroy(&e->codec);
    message_writer_dispose(&e->message);
    free(e->input);
    free(e);
}

uint8_t *video_encoder_plane(struct video_encoder *e, unsigned plane) {
    return plane < 3 ? e->picture.planes[plane] : NULL;
}

unsigned video_encoder_stride(const struct video_encoder *e, unsigned plane) {
    return plane < 3 ? (unsigned)e->picture.stride[plane] : 0;
}

unsigned video_encoder_width(const struct video_encoder *e) { return e->picture.d_w; }
unsigned video_encoder_height(const struct video_encoder *e) { return e->picture.d_h; }

// libvpx reads and writes all references unless told otherwise.
static vpx_enc_frame_flags_t slot_flags(const struct temporal_slot *slot) {
    static const struct {
        uint8_t use;
        vpx_enc_frame_flags_t unless;
    } rules[] = {
        {TEMPORAL_READ_LAST, VP8_EFLAG_NO_REF_LAST},  {TEMPORAL_READ_GOLDEN, VP8_EFLAG_NO_REF_GF},
        {TEMPORAL_READ_ALTREF, VP8_EFLAG_NO_REF_ARF}, {TEMPORAL_WRITE_LAST, VP8_EFLAG_NO_UPD_LAST},
        {TEMPORAL_WRITE_GOLDEN, VP8_EFLAG_NO_UPD_GF},
    };
    vpx_enc_frame_flags_t flags = VP8_EFLAG_NO_UPD_ARF;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (!(slot->use & rules[i].use))
            flags |= rules[i].unless;
    }
    return flags;
}

static const vpx_codec_cx_pkt_t *take_frame(struct video_encoder *e) {
    vpx_codec_iter_t iterator = NULL;
    const vpx_codec_cx_pkt_t *packet;
    while ((packet = vpx_codec_get_cx_data(&e->codec, &iterator)) != NULL) {
        if (packet->kind == VPX_CODEC_CX_FRAME_PKT)
            return packet;
    }
    return NULL;
}

static int write_message(struct video_encoder *e, const vpx_codec_cx_pkt_t *packet,
                         const struct temporal_slot *slot, uint64_t timestamp_us) {
    const int is_key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
    const struct wire_header header = {
        .kind = WIRE_VIDEO,
        .flags = (uint8_t)((is_key ? WIRE_KEY : 0) | (slot->is_sync ? WIRE_SYNC : 0)),
        .rendition = e->rendition,
        .temporal_id = slot->layer,
        .sequence = e->sequence,
        .timestamp_us = timestamp_us,
    };
    const int status =
        message_writer_write(&e->message, &header, packet->data.frame.buf, packet->data.frame.sz);
    if (status != CODEC_READY) {
        // What was encoded is lost, and all that would build on it with it.
        e->wants_key = 1;
        return status;
    }
    if (is_key) {
        e->wants_key = 0;
        e->last_key_us = timestamp_us;
    }
    e->sequence++;
    e->position = (e->position + 1) % temporal_period(e->layers);
    return CODEC_READY;
}

int video_encoder_encode(struct video_encoder *e, uint64_t timestamp_us, int force_key) {
    e->message.len = 0;
    if (timestamp_us > LIMIT_TIMESTAMP_US || timestamp_us < e->last_us)
        return CODEC_ERR_ARGUMENT;
    e->last_us = timestamp_us;
    const int is_due =
        e->key_interval_us != 0 && timestamp_us - e->last_key_us >= e->key_interval_us;
    if (force_key || is_due)
        e->wants_key = 1;
    if (e->wants_key)
        e->position = 0;

    const struct temporal_slot *const slot = temporal_slot_at(e->layers, e->position);
    if (e->layers > 1 && vpx_codec_control(&e->codec, VP8E_SET_TEMPORAL_LAYER_ID, (int)slot->layer))
        return CODEC_ERR_ENCODE;
    // Rate control misbehaves with true durations (libwebrtc): each picture lasts the nominal time.
    const unsigned long duration = (unsigned long)(TIMEBASE_HZ / e->frames_per_second + 0.5);
    const vpx_codec_err_t encoded =
        vpx_codec_encode(&e->codec, &e->picture, e->ticks, duration,
                         e->wants_key ? VPX_EFLAG_FORCE_KF : slot_flags(slot), VPX_DL_REALTIME);
    if (encoded != VPX_CODEC_OK) {
        e->wants_key = 1;
        return encoded == VPX_CODEC_MEM_ERROR ? CODEC_ERR_MEMORY : CODEC_ERR_ENCODE;
    }
    e->ticks += (int64_t)duration;
    // A dropped picture leaves its slot to the next one, so that the pattern of what is sent has no
    // holes.
    const vpx_codec_cx_pkt_t *const packet = take_frame(e);
    return packet == NULL ? CODEC_NONE : write_message(e, packet, slot, timestamp_us);
}

const uint8_t *video_encoder_message(const struct video_encoder *e) { return e->message.bytes; }
size_t video_encoder_message_len(const struct video_encoder *e) { return e->message.len; }
uint32_t video_encoder_sequence(const struct video_encoder *e) { return e->sequence; }

int video_encoder_set_bitrate(struct video_encoder *e, uint32_t bitrate_bps) {
    if (!bitrate_is_valid(bitrate_bps))
        return CODEC_ERR_ARGUMENT;
    set_bitrates(e, bitrate_bps);
    return vpx_codec_enc_config_set(&e->codec, &e->settings) == VPX_CODEC_OK ? 0 : CODEC_ERR_ENCODE;
}

int video_encoder_set_cpu_used(struct video_encoder *e, int cpu_used) {
    if (!cpu_used_is_valid(cpu_used))
        return CODEC_ERR_ARGUMENT;
    return vpx_codec_control(&e->codec, VP8E_SET_CPUUSED, cpu_used) ? CODEC_ERR_ENCODE : 0;
}

int video_encoder_set_frame_rate(struct video_encoder *e, double frames_per_second) {
    if (!is_between(frames_per_second, 1, VIDEO_FRAME_RATE_MAX))
        return CODEC_ERR_ARGUMENT;
    e->frames_per_second = frames_per_second;
    return 0;
}
