// SPDX-License-Identifier: MIT
// The only file that knows libvpx's decoder.
#include "wasm/video_decoder.h"

#include "shared/limits.h"
#include "wasm/codec_status.h"

#include <stdlib.h>
#include <string.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

// The frame tag's first bit is 0 in key frames (RFC 6386 9.1).
#define FRAME_TAG_INTER 0x01

struct video_decoder {
    vpx_codec_ctx_t codec;
    int has_key; // a key frame was decoded, and nothing was damaged since
    int is_packed;
    uint8_t *packed; // the last picture, if is_packed
    size_t packed_cap;
};

int video_decoder_create(struct video_decoder **out, int is_packed) {
    *out = NULL;
    struct video_decoder *const d = calloc(1, sizeof *d);
    if (d == NULL)
        return CODEC_ERR_MEMORY;
    const vpx_codec_dec_cfg_t config = {.threads = 1};
    const vpx_codec_err_t opened = vpx_codec_dec_init(&d->codec, vpx_codec_vp8_dx(), &config, 0);
    if (opened != VPX_CODEC_OK) {
        free(d);
        return opened == VPX_CODEC_MEM_ERROR ? CODEC_ERR_MEMORY : CODEC_ERR_DECODE;
    }
    d->is_packed = is_packed;
    *out = d;
    return 0;
}

void video_decoder_destroy(struct video_decoder *d) {
    if (d == NULL)
        return;
    vpx_codec_destroy(&d->codec);
    free(d->packed);
    free(d);
}

// Sizes stand in key frames alone; libvpx would allocate whatever they say.
static int check_key_frame(const uint8_t *packet, size_t len) {
    vpx_codec_stream_info_t info = {.sz = sizeof info};
    if (vpx_codec_peek_stream_info(vpx_codec_vp8_dx(), packet, (unsigned)len, &info) !=
        VPX_CODEC_OK)
        return CODEC_ERR_DECODE;
    if (info.w == 0 || info.h == 0)
        return CODEC_ERR_DECODE;
    return info.w > LIMIT_VIDEO_SIDE_PIXELS || info.h > LIMIT_VIDEO_SIDE_PIXELS
               ? CODEC_ERR_TOO_LARGE
               : 0;
}

static int decode_packet(struct video_decoder *d, const uint8_t *packet, size_t len) {
    const vpx_codec_err_t decoded = vpx_codec_decode(&d->codec, packet, (unsigned)len, NULL, 0);
    int is_corrupt = 0;
    if (decoded == VPX_CODEC_MEM_ERROR)
        return CODEC_ERR_MEMORY;
    // libvpx goes on behind damage with what it can; a picture made so is not shown.
    if (decoded != VPX_CODEC_OK ||
        vpx_codec_control(&d->codec, VP8D_GET_FRAME_CORRUPTED, &is_corrupt) != VPX_CODEC_OK ||
        is_corrupt)
        return CODEC_ERR_DECODE;
    return 0;
}

// Copies the picture's planes one behind the other.
static int pack(struct video_decoder *d, struct video_frame *frame) {
    const size_t chroma_width = (frame->width + 1) / 2, chroma_height = (frame->height + 1) / 2;
    const size_t len = (size_t)frame->width * frame->height + 2 * chroma_width * chroma_height;
    if (len > d->packed_cap) {
        free(d->packed);
        d->packed = malloc(len);
        d->packed_cap = d->packed == NULL ? 0 : len;
        if (d->packed == NULL)
            return CODEC_ERR_MEMORY;
    }
    uint8_t *to = d->packed;
    for (int i = 0; i < 3; i++) {
        const size_t width = i == 0 ? frame->width : chroma_width;
        const size_t height = i == 0 ? frame->height : chroma_height;
        const uint8_t *from = frame->planes[i];
        const size_t stride = frame->strides[i];
        frame->planes[i] = to;
        frame->strides[i] = (uint32_t)width;
        for (size_t y = 0; y < height; y++, to += width, from += stride)
            memcpy(to, from, width);
    }
    return 0;
}

int video_decoder_decode(struct video_decoder *d, struct video_frame *out, const uint8_t *packet,
                         size_t len) {
    if (len == 0) // means "a frame was lost" to libvpx, which then repeats the last picture
        return CODEC_ERR_DECODE;
    if (len > LIMIT_MEDIA_MESSAGE_BYTES)
        return CODEC_ERR_TOO_LARGE;
    const int is_key = !(packet[0] & FRAME_TAG_INTER);
    if (!is_key && !d->has_key)
        return CODEC_NONE;
    int status = is_key ? check_key_frame(packet, len) : 0;
    if (status == 0)
        status = decode_packet(d, packet, len);
    d->has_key = status == 0;
    if (status != 0)
        return status;
    vpx_codec_iter_t iterator = NULL;
    const vpx_image_t *const image = vpx_codec_get_frame(&d->codec, &iterator);
    if (image == NULL)
        return CODEC_NONE;
    for (int i = 0; i < 3; i++) {
        out->planes[i] = image->planes[i];
        out->strides[i] = (uint32_t)image->stride[i];
    }
    out->width = image->d_w;
    out->height = image->d_h;
    const int packed = d->is_packed ? pack(d, out) : 0;
    return packed != 0 ? packed : CODEC_READY;
}
