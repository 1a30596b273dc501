// SPDX-License-Identifier: MIT
// Owns the matrix: in plain C, which says what is right, and for WebAssembly 16 pixels at once,
// which gives the same bits (compilers do not vectorise loads that are 4 bytes apart). Pure; any
// thread.
#include "wasm/rgb_to_i420.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

// Coefficients of 256, rounded so that each row sums up to that of the standard: grey stays grey
// exactly. All sums fit into 16 bits.
static inline uint8_t luma(int r, int g, int b) {
    return (uint8_t)(((66 * r + 129 * g + 25 * b + 128) >> 8) + 16);
}

static inline uint8_t chroma_u(int r, int g, int b) {
    return (uint8_t)(((112 * b - 38 * r - 74 * g + 128) >> 8) + 128);
}

static inline uint8_t chroma_v(int r, int g, int b) {
    return (uint8_t)(((112 * r - 94 * g - 18 * b + 128) >> 8) + 128);
}

static inline int mean(int a, int b, int c, int d) { return (a + b + c + d + 2) >> 2; }

// Two rows as in the header.
struct rows {
    uint8_t *y[2];
    uint8_t *u;
    uint8_t *v;
    const uint8_t *rgb[2];
};

// From pixel `x`, which is even, to the end of the row.
static inline void convert_from(const struct rows *rows, unsigned x, unsigned width, unsigned red,
                                unsigned green, unsigned blue) {
    for (; x < width; x += 2) {
        const uint8_t *const p = rows->rgb[0] + 4 * (size_t)x;
        const uint8_t *const q = rows->rgb[1] + 4 * (size_t)x;
        for (unsigned i = 0; i < 2; i++) {
            rows->y[0][x + i] = luma(p[4 * i + red], p[4 * i + green], p[4 * i + blue]);
            rows->y[1][x + i] = luma(q[4 * i + red], q[4 * i + green], q[4 * i + blue]);
        }
        const int r = mean(p[red], p[4 + red], q[red], q[4 + red]);
        const int g = mean(p[green], p[4 + green], q[green], q[4 + green]);
        const int b = mean(p[blue], p[4 + blue], q[blue], q[4 + blue]);
        rows->u[x / 2] = chroma_u(r, g, b);
        rows->v[x / 2] = chroma_v(r, g, b);
    }
}

#ifdef __wasm_simd128__

struct colours { // of 8 pixels, 16 bits each
    v128_t red;
    v128_t green;
    v128_t blue;
};

static inline v128_t colour_at(v128_t a, v128_t b, unsigned offset) {
    const v128_t byte = wasm_i32x4_const_splat(0xFF);
    return wasm_u16x8_narrow_i32x4(wasm_v128_and(wasm_u32x4_shr(a, 8 * offset), byte),
                                   wasm_v128_and(wasm_u32x4_shr(b, 8 * offset), byte));
}

static inline struct colours load8(const uint8_t *rgb, unsigned red, unsigned green,
                                   unsigned blue) {
    const v128_t a = wasm_v128_load(rgb), b = wasm_v128_load(rgb + 16);
    return (struct colours){colour_at(a, b, red), colour_at(a, b, green), colour_at(a, b, blue)};
}

// a * x + b * y + c * z + 128, modulo 2^16.
static inline v128_t weigh(v128_t x, int a, v128_t y, int b, v128_t z, int c) {
    const v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(x, wasm_i16x8_splat((int16_t)a)),
                                      wasm_i16x8_mul(y, wasm_i16x8_splat((int16_t)b)));
    return wasm_i16x8_add(wasm_i16x8_add(sum, wasm_i16x8_const_splat(128)),
                          wasm_i16x8_mul(z, wasm_i16x8_splat((int16_t)c)));
}

static inline v128_t luma8(const struct colours *c) {
    const v128_t sum = weigh(c->red, 66, c->green, 129, c->blue, 25);
    return wasm_i16x8_add(wasm_u16x8_shr(sum, 8), wasm_i16x8_const_splat(16));
}

// Means of 2x2: 16 pixels of two rows, in two halves, give 8.
static inline v128_t mean8(v128_t left0, v128_t right0, v128_t left1, v128_t right1) {
    const v128_t left = wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_add(left0, left1));
    const v128_t right = wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_add(right0, right1));
    const v128_t sums = wasm_i16x8_narrow_i32x4(left, right);
    return wasm_u16x8_shr(wasm_i16x8_add(sums, wasm_i16x8_const_splat(2)), 2);
}

static inline void store_chroma8(uint8_t *to, v128_t sum) {
    const v128_t chroma = wasm_i16x8_add(wasm_i16x8_shr(sum, 8), wasm_i16x8_const_splat(128));
    wasm_v128_store64_lane(to, wasm_u8x16_narrow_i16x8(chroma, chroma), 0);
}

// 16 pixels at a time; returns where it stopped.
static inline unsigned convert_runs(const struct rows *rows, unsigned width, unsigned red,
                                    unsigned green, unsigned blue) {
    unsigned x = 0;
    for (; x + 16 <= width; x += 16) {
        struct colours c[2][2]; // of each row the left and the right half
        for (unsigned row = 0; row < 2; row++) {
            const uint8_t *const rgb = rows->rgb[row] + 4 * (size_t)x;
            c[row][0] = load8(rgb, red, green, blue);
            c[row][1] = load8(rgb + 32, red, green, blue);
            wasm_v128_store(rows->y[row] + x,
                            wasm_u8x16_narrow_i16x8(luma8(&c[row][0]), luma8(&c[row][1])));
        }
        const v128_t r = mean8(c[0][0].red, c[0][1].red, c[1][0].red, c[1][1].red);
        const v128_t g = mean8(c[0][0].green, c[0][1].green, c[1][0].green, c[1][1].green);
        const v128_t b = mean8(c[0][0].blue, c[0][1].blue, c[1][0].blue, c[1][1].blue);
        store_chroma8(rows->u + x / 2, weigh(b, 112, r, -38, g, -74));
        store_chroma8(rows->v + x / 2, weigh(r, 112, g, -94, b, -18));
    }
    return x;
}

#else

static inline unsigned convert_runs(const struct rows *rows, unsigned width, unsigned red,
                                    unsigned green, unsigned blue) {
    (void)rows, (void)width, (void)red, (void)green, (void)blue;
    return 0;
}

#endif

static inline void convert(const struct rows *rows, unsigned width, unsigned red, unsigned green,
                           unsigned blue) {
    convert_from(rows, convert_runs(rows, width, red, green, blue), width, red, green, blue);
}

void rgb_to_i420_rows(uint8_t *y0, uint8_t *y1, uint8_t *u, uint8_t *v, const uint8_t *rgb0,
                      const uint8_t *rgb1, struct rgb_order order, unsigned width) {
    const struct rows rows = {{y0, y1}, u, v, {rgb0, rgb1}};
    // Constant offsets are what makes it fast.
    if (order.red == 0 && order.green == 1 && order.blue == 2)
        convert(&rows, width, 0, 1, 2);
    else if (order.red == 2 && order.green == 1 && order.blue == 0)
        convert(&rows, width, 2, 1, 0);
    else
        convert(&rows, width, order.red, order.green, order.blue);
}
