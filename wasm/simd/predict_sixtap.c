// SPDX-License-Identifier: MIT
//
// Prediction between pixels by VP8's six-tap filters, first across, then down, each step rounded
// and clamped to a byte. An offset counts eighths of a pixel; 0 means no filter in that direction,
// and odd ones have four taps only.
//
// Across, each tap is a widening load of its own: cheaper than one load and byte shuffles. The two
// middle taps together can pass 32767, so they are kept apart and added with saturation, which the
// clamp to 255 then hides.
#include "simd.h"
#include "vp8_rtcd.h"

#include "vp8/common/filter.h"

struct taps {
    v128_t at[6];
    int count; // 4 or 6
};

SIMD_INLINE struct taps load_taps(int offset, int count) {
    struct taps taps = {.count = count};
    for (int i = 0; i < 6; i++) {
        taps.at[i] = wasm_i16x8_splat(vp8_sub_pel_filters[offset][i]);
    }
    return taps;
}

// `pixel` holds the words at -2 ... +3 around the place.
SIMD_INLINE v128_t filter_words(const v128_t pixel[6], const struct taps *taps) {
    v128_t sum = wasm_i16x8_add(wasm_i16x8_mul(pixel[1], taps->at[1]),
                                wasm_i16x8_mul(pixel[4], taps->at[4]));
    if (taps->count == 6) {
        sum = wasm_i16x8_add(sum, wasm_i16x8_mul(pixel[0], taps->at[0]));
        sum = wasm_i16x8_add(sum, wasm_i16x8_mul(pixel[5], taps->at[5]));
    }
    sum = wasm_i16x8_add(sum, wasm_i16x8_mul(pixel[2], taps->at[2]));
    sum = wasm_i16x8_add(sum, wasm_i16x8_const_splat(64));
    return wasm_i16x8_shr(wasm_i16x8_add_sat(sum, wasm_i16x8_mul(pixel[3], taps->at[3])), 7);
}

SIMD_INLINE v128_t filter_at(const uint8_t *from, ptrdiff_t step, const struct taps *taps) {
    v128_t pixel[6];
    for (int i = taps->count == 6 ? 0 : 1; i < (taps->count == 6 ? 6 : 5); i++) {
        pixel[i] = wasm_u16x8_load8x8(from + (i - 2) * step);
    }
    return filter_words(pixel, taps);
}

// `step` leads from tap to tap: 1 across, the stride down.
SIMD_INLINE void filter_block(const uint8_t *from, ptrdiff_t from_stride, ptrdiff_t step,
                              uint8_t *to, ptrdiff_t to_stride, int width, int height,
                              const struct taps *taps) {
    for (int y = 0; y < height; y++) {
        const v128_t low = filter_at(from, step, taps);
        if (width == 16) {
            wasm_v128_store(to, wasm_u8x16_narrow_i16x8(low, filter_at(from + 8, step, taps)));
        } else {
            wasm_v128_store64_lane(to, wasm_u8x16_narrow_i16x8(low, low), 0);
        }
        from += from_stride;
        to += to_stride;
    }
}

enum { ROWS_ABOVE = 2, ROWS_BELOW = 3, ROWS_AROUND = ROWS_ABOVE + ROWS_BELOW };

// The branches make the number of taps a constant in each of the inlined loops.
SIMD_INLINE void predict(const uint8_t *from, ptrdiff_t from_stride, int x_offset, int y_offset,
                         uint8_t *to, ptrdiff_t to_stride, int width, int height) {
    uint8_t between[(16 + ROWS_AROUND) * 16];
    if (x_offset != 0) {
        const int rows = y_offset != 0 ? height + ROWS_AROUND : height;
        const uint8_t *first = y_offset != 0 ? from - ROWS_ABOVE * from_stride : from;
        uint8_t *const across = y_offset != 0 ? between : to;
        const ptrdiff_t across_stride = y_offset != 0 ? width : to_stride;
        if (x_offset & 1) {
            const struct taps taps = load_taps(x_offset, 4);
            filter_block(first, from_stride, 1, across, across_stride, width, rows, &taps);
        } else {
            const struct taps taps = load_taps(x_offset, 6);
            filter_block(first, from_stride, 1, across, across_stride, width, rows, &taps);
        }
        if (y_offset == 0) {
            return;
        }
        from = between + ROWS_ABOVE * width;
        from_stride = width;
    }
    if (y_offset & 1) {
        const struct taps taps = load_taps(y_offset, 4);
        filter_block(from, from_stride, from_stride, to, to_stride, width, height, &taps);
    } else {
        const struct taps taps = load_taps(y_offset, 6);
        filter_block(from, from_stride, from_stride, to, to_stride, width, height, &taps);
    }
}

#define SIXTAP(W, H)                                                                               \
    void vp8_sixtap_predict##W##x##H##_simd128(unsigned char *src_ptr, int src_pixels_per_line,    \
                                               int xoffset, int yoffset, unsigned char *dst_ptr,   \
                                               int dst_pitch) {                                    \
        predict(src_ptr, src_pixels_per_line, xoffset, yoffset, dst_ptr, dst_pitch, W, H);         \
    }

SIXTAP(16, 16)
SIXTAP(8, 8)
SIXTAP(8, 4)

// --- 4 x 4: two rows of four in the eight lanes
// ---------------------------------------------------------

SIMD_INLINE v128_t widen_4x2(const uint8_t *from, ptrdiff_t stride) {
    return widen_low(wasm_v128_load32_lane(from + stride, wasm_v128_load32_zero(from), 1));
}

SIMD_INLINE v128_t filter_4x2(const uint8_t *from, ptrdiff_t stride, ptrdiff_t step,
                              const struct taps *taps) {
    v128_t pixel[6];
    for (int i = 0; i < 6; i++) {
        pixel[i] = widen_4x2(from + (i - 2) * step, stride);
    }
    return filter_words(pixel, taps);
}

void vp8_sixtap_predict4x4_simd128(unsigned char *src_ptr, int src_pixels_per_line, int xoffset,
                                   int yoffset, unsigned char *dst_ptr, int dst_pitch) {
    const uint8_t *from = src_ptr;
    ptrdiff_t stride = src_pixels_per_line;
    uint8_t between[(4 + ROWS_AROUND) * 4];
    if (xoffset != 0) {
        const struct taps taps = load_taps(xoffset, 6);
        const uint8_t *row = from - ROWS_ABOVE * stride;
        for (int y = 0; y < 4 + ROWS_AROUND; y += 2) {
            // The ninth row is filtered with itself.
            const ptrdiff_t next = y + 1 < 4 + ROWS_AROUND ? stride : 0;
            const v128_t words = filter_4x2(row, next, 1, &taps);
            const v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
            if (next != 0) {
                wasm_v128_store64_lane(between + 4 * y, bytes, 0);
            } else {
                wasm_v128_store32_lane(between + 4 * y, bytes, 0);
            }
            row += 2 * stride;
        }
        from = between + 4 * ROWS_ABOVE;
        stride = 4;
    }
    if (yoffset == 0) {
        store_4x4(dst_ptr, dst_pitch, load_4x4(from, stride));
        return;
    }
    const struct taps taps = load_taps(yoffset, 6);
    const v128_t upper = filter_4x2(from, stride, stride, &taps);
    const v128_t lower = filter_4x2(from + 2 * stride, stride, stride, &taps);
    store_4x4(dst_ptr, dst_pitch, wasm_u8x16_narrow_i16x8(upper, lower));
}
