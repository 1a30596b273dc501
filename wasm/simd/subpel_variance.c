// SPDX-License-Identifier: MIT
//
// Variance of a block against a place between pixels: the place is filtered bilinearly, first
// across, then down, each step rounded to a byte, and compared at once, without a block in between.
//
// An offset counts eighths of a pixel. The encoder asks for whole, half and quarter pixels, so the
// common forms have code of their own: whole needs no filter and half is a rounding average.
// Otherwise
//     (a * (128 - f) + b * f + 64) >> 7  =  a + (((b - a) * f + 64) >> 7)
// and the latter term is just what the rounding Q15 product gives for a factor of 256 * f.
#include "simd.h"
#include "vpx_dsp_rtcd.h"

enum filter { FILTER_NONE, FILTER_HALF, FILTER_ANY };

struct words {
    v128_t low;
    v128_t high; // unused in blocks of eight columns
};

SIMD_INLINE v128_t between(v128_t a, v128_t b, v128_t factor) {
    return wasm_i16x8_add(a, wasm_i16x8_q15mulr_sat(wasm_i16x8_sub(b, a), factor));
}

// One row of the place, filtered across.
SIMD_INLINE struct words row_across(const uint8_t *from, enum filter filter, v128_t factor,
                                    int width) {
    struct words row = {0};
    if (width == 8) {
        row.low = wasm_u16x8_load8x8(from);
        if (filter == FILTER_ANY) {
            row.low = between(row.low, wasm_u16x8_load8x8(from + 1), factor);
        } else if (filter == FILTER_HALF) {
            row.low = wasm_u16x8_avgr(row.low, wasm_u16x8_load8x8(from + 1));
        }
        return row;
    }
    if (filter == FILTER_ANY) {
        row.low = between(wasm_u16x8_load8x8(from), wasm_u16x8_load8x8(from + 1), factor);
        row.high = between(wasm_u16x8_load8x8(from + 8), wasm_u16x8_load8x8(from + 9), factor);
        return row;
    }
    v128_t bytes = wasm_v128_load(from);
    if (filter == FILTER_HALF) {
        bytes = wasm_u8x16_avgr(bytes, wasm_v128_load(from + 1));
    }
    row.low = widen_low(bytes);
    row.high = widen_high(bytes);
    return row;
}

SIMD_INLINE v128_t between_rows(v128_t above, v128_t below, enum filter filter, v128_t factor) {
    switch (filter) {
    case FILTER_NONE:
        return above;
    case FILTER_HALF:
        return wasm_u16x8_avgr(above, below);
    default:
        return between(above, below, factor);
    }
}

struct place {
    const uint8_t *pixels;
    ptrdiff_t stride;
    v128_t factor_across;
    v128_t factor_down;
};

SIMD_INLINE uint32_t place_variance(const struct place *place, const uint8_t *block,
                                    ptrdiff_t block_stride, uint32_t *sse, int width, int height,
                                    enum filter across, enum filter down) {
    v128_t sum = wasm_i16x8_const_splat(0);
    v128_t squares = wasm_i32x4_const_splat(0);
    const uint8_t *pixels = place->pixels;
    struct words above = row_across(pixels, across, place->factor_across, width);
    for (int y = 0; y < height; y++) {
        pixels += place->stride;
        struct words below = above;
        if (down != FILTER_NONE || y + 1 < height) {
            below = row_across(pixels, across, place->factor_across, width);
        }
        const v128_t low =
            wasm_i16x8_sub(between_rows(above.low, below.low, down, place->factor_down),
                           wasm_u16x8_load8x8(block));
        sum = wasm_i16x8_add(sum, low);
        squares = wasm_i32x4_add(squares, wasm_i32x4_dot_i16x8(low, low));
        if (width == 16) {
            const v128_t high =
                wasm_i16x8_sub(between_rows(above.high, below.high, down, place->factor_down),
                               wasm_u16x8_load8x8(block + 8));
            sum = wasm_i16x8_add(sum, high);
            squares = wasm_i32x4_add(squares, wasm_i32x4_dot_i16x8(high, high));
        }
        above = below;
        block += block_stride;
    }
    const int64_t total = sum_i16x8(sum);
    *sse = (uint32_t)sum_i32x4(squares);
    return *sse - (uint32_t)(total * total / (width * height));
}

SIMD_INLINE enum filter filter_of(int offset) {
    return offset == 0 ? FILTER_NONE : offset == 4 ? FILTER_HALF : FILTER_ANY;
}

// `across` and `down` become constants in each of the nine calls.
SIMD_INLINE uint32_t subpel_variance(const struct place *place, int x_offset, int y_offset,
                                     const uint8_t *block, ptrdiff_t block_stride, uint32_t *sse,
                                     int width, int height) {
#define WITH(ACROSS, DOWN)                                                                         \
    case (ACROSS)*3 + (DOWN):                                                                      \
        return place_variance(place, block, block_stride, sse, width, height, ACROSS, DOWN)
    switch (filter_of(x_offset) * 3 + filter_of(y_offset)) {
        WITH(FILTER_NONE, FILTER_NONE);
        WITH(FILTER_NONE, FILTER_HALF);
        WITH(FILTER_NONE, FILTER_ANY);
        WITH(FILTER_HALF, FILTER_NONE);
        WITH(FILTER_HALF, FILTER_HALF);
        WITH(FILTER_HALF, FILTER_ANY);
        WITH(FILTER_ANY, FILTER_NONE);
        WITH(FILTER_ANY, FILTER_HALF);
    default:
        return place_variance(place, block, block_stride, sse, width, height, FILTER_ANY,
                              FILTER_ANY);
    }
#undef WITH
}

#define SUBPEL_VARIANCE(W, H)                                                                      \
    uint32_t vpx_sub_pixel_variance##W##x##H##_simd128(                                            \
        const uint8_t *src_ptr, int src_stride, int x_offset, int y_offset,                        \
        const uint8_t *ref_ptr, int ref_stride, uint32_t *sse) {                                   \
        const struct place place = {src_ptr, src_stride,                                           \
                                    wasm_i16x8_splat((int16_t)(x_offset * 16 * 256)),              \
                                    wasm_i16x8_splat((int16_t)(y_offset * 16 * 256))};             \
        return subpel_variance(&place, x_offset, y_offset, ref_ptr, ref_stride, sse, W, H);        \
    }

SUBPEL_VARIANCE(16, 16)
SUBPEL_VARIANCE(16, 8)
SUBPEL_VARIANCE(8, 16)
SUBPEL_VARIANCE(8, 8)
