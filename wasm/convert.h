// SPDX-License-Identifier: MIT
// Pictures of any size and of the formats that browsers deliver, made into the I420 that an encoder
// takes: scaled to fit, aspect kept, black beside it. One matrix for the whole of Tabcast: BT.601,
// limited range. I420 and NV12 are taken as already so (browsers mislabel theirs: their colour
// spaces are not looked at). Alpha is ignored. Owns the source picture's memory, so that it can be
// written where it is read. Not thread-safe.
#ifndef TABCAST_WASM_CONVERT_H
#define TABCAST_WASM_CONVERT_H

#include <stdint.h>

enum pixel_format { // bytes in memory order
    PIXEL_I420 = 0,
    PIXEL_NV12 = 1,
    PIXEL_BGRA = 2,
    PIXEL_BGRX = 3,
    PIXEL_RGBA = 4,
    PIXEL_RGBX = 5,
};

// 5K and 6K screens are shared; 8K would not fit into the module's memory beside the encoder.
#define CONVERT_SIDE_MAX_PIXELS 8192

struct picture { // I420, somebody else's memory
    uint8_t *planes[3];
    unsigned strides[3]; // bytes
    unsigned width;      // even
    unsigned height;     // even
};

struct converter;

int converter_create(struct converter **out); // 0 or CODEC_ERR_MEMORY
void converter_destroy(struct converter *c);  // NULL is allowed

// Makes room for a source picture. Returns its number of planes (I420 3, NV12 2, else 1), or
// CODEC_ERR_ARGUMENT, CODEC_ERR_TOO_LARGE, CODEC_ERR_MEMORY. Planes lie one behind the other in one
// allocation, valid until the next call with other arguments.
int converter_source(struct converter *c, enum pixel_format format, unsigned width,
                     unsigned height);
uint8_t *converter_source_plane(struct converter *c, unsigned plane);
unsigned converter_source_stride(const struct converter *c, unsigned plane); // bytes

// Fills all of `to` from the source picture. 0, CODEC_ERR_ARGUMENT (no source yet) or
// CODEC_ERR_MEMORY.
int converter_convert(struct converter *c, const struct picture *to);

// The same from a picture that lies somewhere else, read where it is: one rendition from another.
// The converter's own source picture is gone afterwards. 0, CODEC_ERR_ARGUMENT or CODEC_ERR_MEMORY.
int converter_convert_picture(struct converter *c, const struct picture *from,
                              const struct picture *to);

#endif
