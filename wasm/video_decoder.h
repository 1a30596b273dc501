// SPDX-License-Identifier: MIT
// VP8 packets in, I420 pictures out: libvpx. After a damaged packet nothing is handed out up to the
// next key frame, so that no smear is ever shown. Owns the decoder and its pictures. Not
// thread-safe; one thread.
#ifndef TABCAST_WASM_VIDEO_DECODER_H
#define TABCAST_WASM_VIDEO_DECODER_H

#include <stddef.h>
#include <stdint.h>

struct video_frame { // valid until the next decode or destroy
    const uint8_t *planes[3];
    uint32_t strides[3]; // bytes
    uint32_t width;      // pixels; chroma planes have half, rounded up
    uint32_t height;
};

struct video_decoder;

// is_packed: planes follow each other without gap or padding, at the price of a copy; else they lie
// as libvpx has them. 0, CODEC_ERR_MEMORY or CODEC_ERR_DECODE.
int video_decoder_create(struct video_decoder **out, int is_packed);
void video_decoder_destroy(struct video_decoder *d); // NULL is allowed

// CODEC_READY and *out; CODEC_NONE: a frame that is not shown, or no key frame has come since the
// start or the last damage; CODEC_ERR_DECODE, CODEC_ERR_TOO_LARGE (packet or picture over its cap),
// CODEC_ERR_MEMORY.
int video_decoder_decode(struct video_decoder *d, struct video_frame *out, const uint8_t *packet,
                         size_t len);

#endif
