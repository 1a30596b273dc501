// SPDX-License-Identifier: MIT
// Owns the matrix. Plain C in a form that compilers vectorise. Pure; any thread.
#include "wasm/rgb_to_i420.h"

// Coefficients of 256, rounded so that each row sums up to that of the standard: grey stays grey
// exactly.
static inline uint8_t luma(int r, int g, int b) {
    return (uint8_t)(((66 * r + 129 * g + 25 * b + 128) >> 8) + 16);
}

// r, g, b are sums of four pixels. The offset keeps the value positive before the shift.
static inline uint8_t chroma_u(int r, int g, int b) {
    return (uint8_t)((-38 * r - 74 * g + 112 * b + (128 << 10) + 512) >> 10);
}

static inline uint8_t chroma_v(int r, int g, int b) {
    return (uint8_t)((112 * r - 94 * g - 18 * b + (128 << 10) + 512) >> 10);
}

static inline void convert_rows(uint8_t *restrict y0, uint8_t *restrict y1, uint8_t *restrict u,
                                uint8_t *restrict v, const uint8_t *restrict rgb0,
                                const uint8_t *restrict rgb1, unsigned red, unsigned green,
                                unsigned blue, unsigned width) {
    for (unsigned x = 0; x < width; x++) {
        y0[x] = luma(rgb0[4 * x + red], rgb0[4 * x + green], rgb0[4 * x + blue]);
        y1[x] = luma(rgb1[4 * x + red], rgb1[4 * x + green], rgb1[4 * x + blue]);
    }
    for (unsigned x = 0; x < width / 2; x++) {
        const uint8_t *const p = rgb0 + 8 * (size_t)x;
        const uint8_t *const q = rgb1 + 8 * (size_t)x;
        const int r = p[red] + p[4 + red] + q[red] + q[4 + red];
        const int g = p[green] + p[4 + green] + q[green] + q[4 + green];
        const int b = p[blue] + p[4 + blue] + q[blue] + q[4 + blue];
        u[x] = chroma_u(r, g, b);
        v[x] = chroma_v(r, g, b);
    }
}

void rgb_to_i420_rows(uint8_t *y0, uint8_t *y1, uint8_t *u, uint8_t *v, const uint8_t *rgb0,
                      const uint8_t *rgb1, struct rgb_order order, unsigned width) {
    // Constant offsets are what lets the compiler vectorise.
    if (order.red == 0 && order.green == 1 && order.blue == 2)
        convert_rows(y0, y1, u, v, rgb0, rgb1, 0, 1, 2, width);
    else if (order.red == 2 && order.green == 1 && order.blue == 0)
        convert_rows(y0, y1, u, v, rgb0, rgb1, 2, 1, 0, width);
    else
        convert_rows(y0, y1, u, v, rgb0, rgb1, order.red, order.green, order.blue, width);
}
