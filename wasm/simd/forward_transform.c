// SPDX-License-Identifier: MIT
//
// The encoder's transforms of the residue: subtraction of the prediction, the 4 x 4 cosine
// transform, two blocks side by side, and the Walsh transform of the 16 mean values. The odd
// coefficients are pairs of products, which one dot product gives in 32 bits.
#include "simd.h"
#include "vp8_rtcd.h"
#include "vpx_dsp_rtcd.h"

SIMD_INLINE v128_t odd_coefficients(v128_t c, v128_t d, v128_t factors, int32_t add, int shift) {
    const v128_t low = wasm_i32x4_dot_i16x8(interleave_low_16(c, d), factors);
    const v128_t high = wasm_i32x4_dot_i16x8(interleave_high_16(c, d), factors);
    const v128_t rounding = wasm_i32x4_splat(add);
    return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(low, rounding), shift),
                                   wasm_i32x4_shr(wasm_i32x4_add(high, rounding), shift));
}

SIMD_INLINE void two_blocks(const v128_t input[4], v128_t output[4]) {
    const v128_t factors_1 = wasm_i16x8_const(2217, 5352, 2217, 5352, 2217, 5352, 2217, 5352);
    const v128_t factors_3 = wasm_i16x8_const(-5352, 2217, -5352, 2217, -5352, 2217, -5352, 2217);
    v128_t rows[4] = {input[0], input[1], input[2], input[3]};

    transpose_two_4x4_i16(rows);
    v128_t a = wasm_i16x8_shl(wasm_i16x8_add(rows[0], rows[3]), 3);
    v128_t b = wasm_i16x8_shl(wasm_i16x8_add(rows[1], rows[2]), 3);
    v128_t c = wasm_i16x8_shl(wasm_i16x8_sub(rows[1], rows[2]), 3);
    v128_t d = wasm_i16x8_shl(wasm_i16x8_sub(rows[0], rows[3]), 3);
    rows[0] = wasm_i16x8_add(a, b);
    rows[1] = odd_coefficients(c, d, factors_1, 14500, 12);
    rows[2] = wasm_i16x8_sub(a, b);
    rows[3] = odd_coefficients(c, d, factors_3, 7500, 12);

    transpose_two_4x4_i16(rows);
    const v128_t seven = wasm_i16x8_const_splat(7);
    a = wasm_i16x8_add(wasm_i16x8_add(rows[0], rows[3]), seven);
    b = wasm_i16x8_add(rows[1], rows[2]);
    c = wasm_i16x8_sub(rows[1], rows[2]);
    d = wasm_i16x8_sub(rows[0], rows[3]);
    output[0] = wasm_i16x8_shr(wasm_i16x8_add(a, b), 4);
    output[2] = wasm_i16x8_shr(wasm_i16x8_sub(a, b), 4);
    // Less a mask of ones is one more.
    output[1] = wasm_i16x8_sub(odd_coefficients(c, d, factors_1, 12000, 16),
                               wasm_i16x8_ne(d, wasm_i16x8_const_splat(0)));
    output[3] = odd_coefficients(c, d, factors_3, 51000, 16);
}

void vp8_short_fdct8x4_simd128(short *input, short *output, int pitch) {
    const ptrdiff_t stride = pitch / 2;
    v128_t rows[4];
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_v128_load(input + i * stride);
    }
    two_blocks(rows, rows);
    wasm_v128_store(output, interleave_low_64(rows[0], rows[1]));
    wasm_v128_store(output + 8, interleave_low_64(rows[2], rows[3]));
    wasm_v128_store(output + 16, interleave_high_64(rows[0], rows[1]));
    wasm_v128_store(output + 24, interleave_high_64(rows[2], rows[3]));
}

void vp8_short_fdct4x4_simd128(short *input, short *output, int pitch) {
    const ptrdiff_t stride = pitch / 2;
    v128_t rows[4];
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_v128_load64_zero(input + i * stride);
    }
    two_blocks(rows, rows);
    wasm_v128_store(output, interleave_low_64(rows[0], rows[1]));
    wasm_v128_store(output + 8, interleave_low_64(rows[2], rows[3]));
}

void vp8_short_walsh4x4_simd128(short *input, short *output, int pitch) {
    const ptrdiff_t stride = pitch / 2;
    v128_t rows[4];
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_i32x4_load16x4(input + i * stride);
    }
    transpose_4x4_i32(rows);
    const v128_t zero = wasm_i32x4_const_splat(0);
    v128_t a = wasm_i32x4_shl(wasm_i32x4_add(rows[0], rows[2]), 2);
    v128_t b = wasm_i32x4_shl(wasm_i32x4_sub(rows[0], rows[2]), 2);
    v128_t c = wasm_i32x4_shl(wasm_i32x4_sub(rows[1], rows[3]), 2);
    v128_t d = wasm_i32x4_shl(wasm_i32x4_add(rows[1], rows[3]), 2);
    rows[0] = wasm_i32x4_sub(wasm_i32x4_add(a, d), wasm_i32x4_ne(a, zero));
    rows[1] = wasm_i32x4_add(b, c);
    rows[2] = wasm_i32x4_sub(b, c);
    rows[3] = wasm_i32x4_sub(a, d);

    transpose_4x4_i32(rows);
    a = wasm_i32x4_add(rows[0], rows[2]);
    b = wasm_i32x4_sub(rows[0], rows[2]);
    c = wasm_i32x4_sub(rows[1], rows[3]);
    d = wasm_i32x4_add(rows[1], rows[3]);
    rows[0] = wasm_i32x4_add(a, d);
    rows[1] = wasm_i32x4_add(b, c);
    rows[2] = wasm_i32x4_sub(b, c);
    rows[3] = wasm_i32x4_sub(a, d);
    const v128_t three = wasm_i32x4_const_splat(3);
    for (int i = 0; i < 4; i++) {
        const v128_t away_from_zero = wasm_i32x4_sub(rows[i], wasm_i32x4_lt(rows[i], zero));
        rows[i] = wasm_i32x4_shr(wasm_i32x4_add(away_from_zero, three), 3);
    }
    wasm_v128_store(output, wasm_i16x8_narrow_i32x4(rows[0], rows[1]));
    wasm_v128_store(output + 8, wasm_i16x8_narrow_i32x4(rows[2], rows[3]));
}

SIMD_INLINE void subtract(int16_t *to, ptrdiff_t to_stride, const uint8_t *from,
                          ptrdiff_t from_stride, const uint8_t *prediction,
                          ptrdiff_t prediction_stride, int width, int height) {
    for (int y = 0; y < height; y++) {
        if (width == 4) {
            const v128_t difference = wasm_i16x8_sub(widen_low(wasm_v128_load32_zero(from)),
                                                     widen_low(wasm_v128_load32_zero(prediction)));
            wasm_v128_store64_lane(to, difference, 0);
        }
        for (int x = 0; x + 8 <= width; x += 8) {
            wasm_v128_store(to + x, wasm_i16x8_sub(wasm_u16x8_load8x8(from + x),
                                                   wasm_u16x8_load8x8(prediction + x)));
        }
        to += to_stride;
        from += from_stride;
        prediction += prediction_stride;
    }
}

// VP8 subtracts whole macroblocks of luma, of chroma, and single blocks.
void vpx_subtract_block_simd128(int rows, int cols, int16_t *diff_ptr, ptrdiff_t diff_stride,
                                const uint8_t *src_ptr, ptrdiff_t src_stride,
                                const uint8_t *pred_ptr, ptrdiff_t pred_stride) {
    switch (cols) {
    case 16:
        subtract(diff_ptr, diff_stride, src_ptr, src_stride, pred_ptr, pred_stride, 16, rows);
        break;
    case 8:
        subtract(diff_ptr, diff_stride, src_ptr, src_stride, pred_ptr, pred_stride, 8, rows);
        break;
    default:
        subtract(diff_ptr, diff_stride, src_ptr, src_stride, pred_ptr, pred_stride, 4, rows);
    }
}
