// SPDX-License-Identifier: MIT
//
// Prediction between pixels by the two-tap filters of VP8's profiles 1 to 3, which only a decoder
// of other people's streams meets: first across, then down, each step rounded to a byte. See
// subpel_variance.c for the arithmetic.
#include "simd.h"
#include "vp8_rtcd.h"

SIMD_INLINE v128_t between(v128_t a, v128_t b, v128_t factor) {
    return wasm_i16x8_add(a, wasm_i16x8_q15mulr_sat(wasm_i16x8_sub(b, a), factor));
}

SIMD_INLINE v128_t load_words(const uint8_t *from, int width) {
    return width == 4 ? widen_low(wasm_v128_load32_zero(from)) : wasm_u16x8_load8x8(from);
}

// A strip of four or eight columns. The reference reads a column more and a row more even when
// their weight is zero; here they are read only when they count.
SIMD_INLINE void predict_strip(const uint8_t *from, ptrdiff_t from_stride, v128_t across,
                               int is_across, v128_t down, int is_down, uint8_t *to,
                               ptrdiff_t to_stride, int width, int height) {
    v128_t above = load_words(from, width);
    if (is_across) {
        above = between(above, load_words(from + 1, width), across);
    }
    for (int y = 0; y < height; y++) {
        from += from_stride;
        v128_t below = above;
        if (is_down || y + 1 < height) {
            below = load_words(from, width);
            if (is_across) {
                below = between(below, load_words(from + 1, width), across);
            }
        }
        const v128_t words = is_down ? between(above, below, down) : above;
        const v128_t bytes = wasm_u8x16_narrow_i16x8(words, words);
        if (width == 4) {
            wasm_v128_store32_lane(to, bytes, 0);
        } else {
            wasm_v128_store64_lane(to, bytes, 0);
        }
        above = below;
        to += to_stride;
    }
}

SIMD_INLINE void predict(const uint8_t *from, ptrdiff_t from_stride, int x_offset, int y_offset,
                         uint8_t *to, ptrdiff_t to_stride, int width, int height) {
    const v128_t across = wasm_i16x8_splat((int16_t)(x_offset * 16 * 256));
    const v128_t down = wasm_i16x8_splat((int16_t)(y_offset * 16 * 256));
    for (int x = 0; x < width; x += 8) {
        predict_strip(from + x, from_stride, across, x_offset != 0, down, y_offset != 0, to + x,
                      to_stride, width < 8 ? width : 8, height);
    }
}

#define BILINEAR(W, H)                                                                             \
    void vp8_bilinear_predict##W##x##H##_simd128(unsigned char *src_ptr, int src_pixels_per_line,  \
                                                 int xoffset, int yoffset, unsigned char *dst_ptr, \
                                                 int dst_pitch) {                                  \
        predict(src_ptr, src_pixels_per_line, xoffset, yoffset, dst_ptr, dst_pitch, W, H);         \
    }

BILINEAR(16, 16)
BILINEAR(8, 8)
BILINEAR(8, 4)
BILINEAR(4, 4)
