// SPDX-License-Identifier: MIT
// Scales 8-bit planes: averages what a smaller picture's pixel covers (box), interpolates a larger
// one's (bilinear). Owns weights and one row; the pictures are the caller's. Pure but for malloc in
// create.
#ifndef TABCAST_WASM_PLANE_SCALER_H
#define TABCAST_WASM_PLANE_SCALER_H

#include <stddef.h>
#include <stdint.h>

#define PLANE_SCALER_SIDE_MAX 16384

struct plane_scaler;

struct plane_size {
    unsigned width; // pixels, 1..PLANE_SCALER_SIDE_MAX
    unsigned height;
};

// `components` interleaved bytes per pixel: 1, 2 or 4. 0 and *out, or CODEC_ERR_ARGUMENT,
// CODEC_ERR_MEMORY.
int plane_scaler_create(struct plane_scaler **out, unsigned components, struct plane_size from,
                        struct plane_size to);
void plane_scaler_destroy(struct plane_scaler *s); // NULL is allowed

// Strides are in bytes. The planes do not overlap.
void plane_scaler_run(struct plane_scaler *s, uint8_t *to, size_t to_stride, const uint8_t *from,
                      size_t from_stride);

#endif
