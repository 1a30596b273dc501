// SPDX-License-Identifier: MIT
//
// Decodes an IVF file and prints the pictures as hashes over what is visible of their three planes.
#include "codec_tool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

enum { PACKET_CAPACITY = 8 << 20 };

struct decode_totals {
    int seen;   // pictures hashed
    int frames; // pictures counted in the time
    uint64_t hash;
    double cpu_us;
    double wall_us;
};

static uint64_t picture_hash(uint64_t hash, const vpx_image_t *image) {
    for (int plane = 0; plane < 3; plane++) {
        const size_t width = plane == 0 ? image->d_w : (image->d_w + 1) / 2;
        const size_t height = plane == 0 ? image->d_h : (image->d_h + 1) / 2;
        for (size_t y = 0; y < height; y++) {
            hash = fnv_add(hash, image->planes[plane] + y * (size_t)image->stride[plane], width);
        }
    }
    return hash;
}

// Hashing costs more than decoding, so pictures are hashed only outside the clock.
static int decode_packet(vpx_codec_ctx_t *codec, const unsigned char *bytes, size_t len,
                         const struct tool_settings *settings, struct decode_totals *totals) {
    const double cpu = cpu_clock_us();
    const double wall = wall_clock_us();
    if (vpx_codec_decode(codec, bytes, (unsigned)len, NULL, 0) != VPX_CODEC_OK) {
        fprintf(stderr, "decode: %s\n", vpx_codec_error(codec));
        return -1;
    }
    vpx_codec_iter_t at = NULL;
    const vpx_image_t *image = vpx_codec_get_frame(codec, &at);
    if (totals->seen >= settings->warm_frames) {
        totals->cpu_us += cpu_clock_us() - cpu;
        totals->wall_us += wall_clock_us() - wall;
        totals->frames++;
    }
    for (; image != NULL; image = vpx_codec_get_frame(codec, &at)) {
        if (settings->lists_hashes) {
            printf("%d %ux%u %016" PRIx64 "\n", totals->seen, image->d_w, image->d_h,
                   picture_hash(FNV_START, image));
        }
        totals->hash = picture_hash(totals->hash, image);
    }
    totals->seen++;
    return 0;
}

int tool_decode(const struct tool_settings *settings) {
    struct decode_totals totals = {.hash = FNV_START};
    struct ivf_header header;
    vpx_codec_ctx_t codec = {0};
    int status = 1;
    unsigned char *const packet = malloc(PACKET_CAPACITY);
    FILE *const input = fopen(settings->input, "rb");

    if (packet == NULL || input == NULL || ivf_read_header(input, &header) != 0) {
        fprintf(stderr, "%s is no VP8 in IVF that can be read\n", settings->input);
        goto done;
    }
    const vpx_codec_dec_cfg_t config = {.threads = (unsigned)settings->threads};
    if (vpx_codec_dec_init(&codec, vpx_codec_vp8_dx(), &config, 0) != VPX_CODEC_OK) {
        goto done;
    }
    for (;;) {
        const long len = ivf_read_frame(input, packet, PACKET_CAPACITY);
        if (len <= 0) {
            status = len < 0;
            break;
        }
        if (decode_packet(&codec, packet, (size_t)len, settings, &totals) != 0) {
            goto done;
        }
    }
    const double frames = totals.frames > 0 ? totals.frames : 1;
    printf("frames=%d bytes=0 hash=%016" PRIx64 " cpu_us_per_frame=%.0f wall_us_per_frame=%.0f\n",
           totals.frames, totals.hash, totals.cpu_us / frames, totals.wall_us / frames);
done:
    vpx_codec_destroy(&codec);
    free(packet);
    if (input != NULL) {
        fclose(input);
    }
    return status;
}
