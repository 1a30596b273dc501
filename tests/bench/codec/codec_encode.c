// SPDX-License-Identifier: MIT
//
// Encodes raw I420 with the settings of a live show (one pass, constant bitrate, error resilient)
// and prints what came out as hashes. The settings follow wasm/'s encoder closely enough to be the
// same work; what matters here is that both builds get the very same ones.
#include "codec_tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

enum { TICKS_PER_FRAME = 3000, TICKS_PER_SECOND = 90000 };

struct encode_totals {
    int frames;
    uint64_t bytes;
    uint64_t hash;
    double cpu_us;
    double wall_us;
};

static void set_layers(vpx_codec_enc_cfg_t *config, int layers) {
    static const unsigned int ids[4][4] = {{0}, {0}, {0, 1}, {0, 2, 1, 2}};
    static const unsigned int shares[4][3] = {{0}, {100}, {60, 100}, {40, 60, 100}};
    config->ts_number_layers = (unsigned)layers;
    config->ts_periodicity = layers == 3 ? 4 : (unsigned)layers;
    for (int i = 0; i < layers; i++) {
        config->ts_rate_decimator[i] = 1U << (layers - 1 - i);
        config->ts_target_bitrate[i] = config->rc_target_bitrate * shares[layers][i] / 100;
    }
    memcpy(config->ts_layer_id, ids[layers], sizeof(ids[layers]));
}

// Which frames a frame of the layer pattern may use and update: layer 0 the last, 1 the golden, 2
// none.
static vpx_enc_frame_flags_t layer_flags(int layers, int frame, int *layer) {
    static const int ids[4][4] = {{0}, {0}, {0, 1, 0, 1}, {0, 2, 1, 2}};
    *layer = layers == 1 ? 0 : ids[layers][frame % 4];
    if (layers == 1) {
        return 0;
    }
    switch (*layer) {
    case 0:
        return VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_REF_GF |
               VP8_EFLAG_NO_REF_ARF;
    case 1:
        return VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_REF_ARF;
    default:
        return VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF |
               VP8_EFLAG_NO_UPD_ENTROPY;
    }
}

static int open_encoder(vpx_codec_ctx_t *codec, const struct tool_settings *settings) {
    vpx_codec_enc_cfg_t config;
    if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK) {
        return -1;
    }
    config.g_w = (unsigned)settings->width;
    config.g_h = (unsigned)settings->height;
    config.g_threads = (unsigned)settings->threads;
    config.g_profile = (unsigned)settings->profile;
    config.g_timebase.num = 1;
    config.g_timebase.den = TICKS_PER_SECOND;
    config.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    config.g_lag_in_frames = 0;
    config.g_pass = VPX_RC_ONE_PASS;
    config.rc_end_usage = VPX_CBR;
    config.rc_target_bitrate = (unsigned)settings->bitrate_kbps;
    config.rc_min_quantizer = settings->is_screen ? 12 : 2;
    config.rc_max_quantizer = 56;
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 15;
    config.rc_buf_initial_sz = 500;
    config.rc_buf_optimal_sz = 600;
    config.rc_buf_sz = 1000;
    config.rc_dropframe_thresh = 30;
    config.kf_mode = VPX_KF_AUTO;
    config.kf_max_dist = 90;
    set_layers(&config, settings->temporal_layers);
    if (vpx_codec_enc_init(codec, vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK) {
        return -1;
    }
    vpx_codec_control(codec, VP8E_SET_CPUUSED, settings->cpu_used);
    vpx_codec_control(codec, VP8E_SET_NOISE_SENSITIVITY, 0);
    vpx_codec_control(codec, VP8E_SET_TOKEN_PARTITIONS, 0);
    vpx_codec_control(codec, VP8E_SET_STATIC_THRESHOLD, settings->is_screen ? 100U : 1U);
    vpx_codec_control(codec, VP8E_SET_SCREEN_CONTENT_MODE, settings->is_screen ? 2U : 0U);
    vpx_codec_control(codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, 450U);
    return 0;
}

static int read_picture(FILE *file, vpx_image_t *image) {
    for (int plane = 0; plane < 3; plane++) {
        const size_t width = plane == 0 ? image->d_w : (image->d_w + 1) / 2;
        const size_t height = plane == 0 ? image->d_h : (image->d_h + 1) / 2;
        for (size_t y = 0; y < height; y++) {
            unsigned char *row = image->planes[plane] + y * (size_t)image->stride[plane];
            if (fread(row, 1, width, file) != width) {
                return -1;
            }
        }
    }
    return 0;
}

// Takes the packets of one frame: hashes, lists and stores them.
static int take_packets(vpx_codec_ctx_t *codec, const struct tool_settings *settings, FILE *output,
                        struct encode_totals *totals) {
    vpx_codec_iter_t at = NULL;
    const vpx_codec_cx_pkt_t *packet;
    while ((packet = vpx_codec_get_cx_data(codec, &at)) != NULL) {
        if (packet->kind != VPX_CODEC_CX_FRAME_PKT) {
            continue;
        }
        const size_t len = packet->data.frame.sz;
        if (settings->lists_hashes) {
            printf("%" PRIu64 " %zu %d %016" PRIx64 "\n", (uint64_t)packet->data.frame.pts, len,
                   (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0,
                   fnv_add(FNV_START, packet->data.frame.buf, len));
        }
        totals->bytes += len;
        totals->hash = fnv_add(totals->hash, packet->data.frame.buf, len);
        if (output != NULL && ivf_write_frame(output, packet->data.frame.buf, len,
                                              (uint64_t)packet->data.frame.pts) != 0) {
            return -1;
        }
    }
    return 0;
}

static int encode_frames(vpx_codec_ctx_t *codec, vpx_image_t *image, FILE *input, FILE *output,
                         const struct tool_settings *settings, struct encode_totals *totals) {
    for (int frame = 0; frame < settings->frames; frame++) {
        if (read_picture(input, image) != 0) {
            rewind(input);
            if (read_picture(input, image) != 0) {
                fprintf(stderr, "%s holds no whole picture\n", settings->input);
                return -1;
            }
        }
        int layer;
        const vpx_enc_frame_flags_t flags = layer_flags(settings->temporal_layers, frame, &layer);
        vpx_codec_control(codec, VP8E_SET_TEMPORAL_LAYER_ID, layer);
        const double cpu = cpu_clock_us();
        const double wall = wall_clock_us();
        if (vpx_codec_encode(codec, image, (vpx_codec_pts_t)frame * TICKS_PER_FRAME,
                             TICKS_PER_FRAME, flags, VPX_DL_REALTIME) != VPX_CODEC_OK) {
            fprintf(stderr, "encode: %s\n", vpx_codec_error_detail(codec));
            return -1;
        }
        if (frame >= settings->warm_frames) {
            totals->cpu_us += cpu_clock_us() - cpu;
            totals->wall_us += wall_clock_us() - wall;
            totals->frames++;
        }
        if (take_packets(codec, settings, output, totals) != 0) {
            return -1;
        }
    }
    return 0;
}

int tool_encode(const struct tool_settings *settings) {
    struct encode_totals totals = {.hash = FNV_START};
    vpx_codec_ctx_t codec = {0};
    vpx_image_t image = {0};
    FILE *output = NULL;
    int status = 1;

    FILE *const input = fopen(settings->input, "rb");
    if (input == NULL) {
        fprintf(stderr, "%s cannot be read\n", settings->input);
        return 1;
    }
    if (vpx_img_alloc(&image, VPX_IMG_FMT_I420, (unsigned)settings->width,
                      (unsigned)settings->height, 16) == NULL ||
        open_encoder(&codec, settings) != 0) {
        fprintf(stderr, "no encoder for %d x %d\n", settings->width, settings->height);
        goto done;
    }
    if (settings->output != NULL) {
        output = fopen(settings->output, "wb");
        if (output == NULL || ivf_write_header(output, settings->width, settings->height) != 0) {
            fprintf(stderr, "%s cannot be written\n", settings->output);
            goto done;
        }
    }
    if (encode_frames(&codec, &image, input, output, settings, &totals) == 0) {
        const double frames = totals.frames > 0 ? totals.frames : 1;
        printf("frames=%d bytes=%" PRIu64 " hash=%016" PRIx64
               " cpu_us_per_frame=%.0f wall_us_per_frame=%.0f\n",
               totals.frames, totals.bytes, totals.hash, totals.cpu_us / frames,
               totals.wall_us / frames);
        status = 0;
    }
done:
    vpx_codec_destroy(&codec);
    vpx_img_free(&image);
    fclose(input);
    if (output != NULL && fclose(output) != 0) {
        status = 1;
    }
    return status;
}
