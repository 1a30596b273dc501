// SPDX-License-Identifier: MIT
// The one colour matrix of Tabcast: BT.601, limited range (ITU-R BT.601-7, 2.5), in 8-bit fixed
// point. Pure.
#ifndef TABCAST_WASM_RGB_TO_I420_H
#define TABCAST_WASM_RGB_TO_I420_H

#include <stddef.h>
#include <stdint.h>

// Offset of each colour in a pixel of 4 bytes.
struct rgb_order {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

// Converts two rows of `width` (even) pixels: two rows of Y, one of U and V (mean of 2x2 pixels).
void rgb_to_i420_rows(uint8_t *y0, uint8_t *y1, uint8_t *u, uint8_t *v, const uint8_t *rgb0,
                      const uint8_t *rgb1, struct rgb_order order, unsigned width);

#endif
