// SPDX-License-Identifier: MIT
//
// From coefficients back to pixels: dequantisation, the inverse 4 x 4 cosine transform added to the
// prediction, the short cut for blocks with a mean value only, and the inverse Walsh transform.
//
// A block is held as four rows of four 32-bit lanes whose values fit 16 bits; the two products by
// 16-bit fractions are dot products whose second term is multiplied by zero. 35468 does not fit a
// signed word: its bits stand for 35468 - 65536, and the row is added once more.
#include "simd.h"
#include "vp8_rtcd.h"

#include <string.h>

#include "vp8/common/blockd.h"

SIMD_INLINE v128_t times_20091(v128_t row) {
    return wasm_i32x4_shr(wasm_i32x4_dot_i16x8(row, wasm_i32x4_const_splat(20091)), 16);
}
SIMD_INLINE v128_t times_35468(v128_t row) {
    const v128_t product = wasm_i32x4_dot_i16x8(row, wasm_i32x4_const_splat(35468));
    return wasm_i32x4_add(row, wasm_i32x4_shr(product, 16));
}

SIMD_INLINE void inverse_columns(v128_t rows[4]) {
    const v128_t a = wasm_i32x4_add(rows[0], rows[2]);
    const v128_t b = wasm_i32x4_sub(rows[0], rows[2]);
    const v128_t c =
        wasm_i32x4_sub(times_35468(rows[1]), wasm_i32x4_add(rows[3], times_20091(rows[3])));
    const v128_t d =
        wasm_i32x4_add(wasm_i32x4_add(rows[1], times_20091(rows[1])), times_35468(rows[3]));
    rows[0] = wasm_i32x4_add(a, d);
    rows[1] = wasm_i32x4_add(b, c);
    rows[2] = wasm_i32x4_sub(b, c);
    rows[3] = wasm_i32x4_sub(a, d);
}

// `first` and `second` hold rows 0, 1 and 2, 3 of the coefficients.
SIMD_INLINE void inverse_block(v128_t first, v128_t second, const uint8_t *prediction,
                               ptrdiff_t prediction_stride, uint8_t *to, ptrdiff_t stride) {
    v128_t rows[4] = {wasm_i32x4_extend_low_i16x8(first), wasm_i32x4_extend_high_i16x8(first),
                      wasm_i32x4_extend_low_i16x8(second), wasm_i32x4_extend_high_i16x8(second)};
    inverse_columns(rows);
    transpose_4x4_i32(rows);
    rows[0] = wasm_i32x4_add(rows[0], wasm_i32x4_const_splat(4)); // enters every sum once
    inverse_columns(rows);
    transpose_4x4_i32(rows);
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_i32x4_shr(rows[i], 3);
    }
    const v128_t upper = wasm_i16x8_narrow_i32x4(rows[0], rows[1]);
    const v128_t lower = wasm_i16x8_narrow_i32x4(rows[2], rows[3]);
    const v128_t predicted = load_4x4(prediction, prediction_stride);
    store_4x4(to, stride,
              wasm_u8x16_narrow_i16x8(wasm_i16x8_add(upper, widen_low(predicted)),
                                      wasm_i16x8_add(lower, widen_high(predicted))));
}

void vp8_short_idct4x4llm_simd128(short *input, unsigned char *pred_ptr, int pred_stride,
                                  unsigned char *dst_ptr, int dst_stride) {
    inverse_block(wasm_v128_load(input), wasm_v128_load(input + 8), pred_ptr, pred_stride, dst_ptr,
                  dst_stride);
}

void vp8_dc_only_idct_add_simd128(short input_dc, unsigned char *pred_ptr, int pred_stride,
                                  unsigned char *dst_ptr, int dst_stride) {
    const v128_t mean = wasm_i16x8_splat((int16_t)((input_dc + 4) >> 3));
    const v128_t predicted = load_4x4(pred_ptr, pred_stride);
    store_4x4(dst_ptr, dst_stride,
              wasm_u8x16_narrow_i16x8(wasm_i16x8_add(mean, widen_low(predicted)),
                                      wasm_i16x8_add(mean, widen_high(predicted))));
}

void vp8_dequantize_b_simd128(struct blockd *blockd, short *DQC) {
    for (int i = 0; i < 16; i += 8) {
        wasm_v128_store(blockd->dqcoeff + i, wasm_i16x8_mul(wasm_v128_load(blockd->qcoeff + i),
                                                            wasm_v128_load(DQC + i)));
    }
}

void vp8_dequant_idct_add_simd128(short *input, short *dq, unsigned char *dest, int stride) {
    const v128_t first = wasm_i16x8_mul(wasm_v128_load(input), wasm_v128_load(dq));
    const v128_t second = wasm_i16x8_mul(wasm_v128_load(input + 8), wasm_v128_load(dq + 8));
    inverse_block(first, second, dest, stride, dest, stride);
    wasm_v128_store(input, wasm_i16x8_const_splat(0));
    wasm_v128_store(input + 8, wasm_i16x8_const_splat(0));
}

// Two neighbouring blocks with a mean value only: eight columns at once.
SIMD_INLINE void add_two_means(short *coefficients, short factor, uint8_t *to, ptrdiff_t stride) {
    const int16_t left = (int16_t)(((int16_t)(coefficients[0] * factor) + 4) >> 3);
    const int16_t right = (int16_t)(((int16_t)(coefficients[16] * factor) + 4) >> 3);
    const v128_t means = wasm_i16x8_make(left, left, left, left, right, right, right, right);
    for (int y = 0; y < 4; y++) {
        const v128_t words = wasm_i16x8_add(wasm_u16x8_load8x8(to), means);
        wasm_v128_store64_lane(to, wasm_u8x16_narrow_i16x8(words, words), 0);
        to += stride;
    }
    memset(coefficients, 0, 2 * sizeof(coefficients[0]));
    memset(coefficients + 16, 0, 2 * sizeof(coefficients[0]));
}

SIMD_INLINE void add_block(short *coefficients, short *factors, uint8_t *to, int stride, int end) {
    if (end > 1) {
        vp8_dequant_idct_add_simd128(coefficients, factors, to, stride);
    } else {
        vp8_dc_only_idct_add_simd128((short)(coefficients[0] * factors[0]), to, stride, to, stride);
        memset(coefficients, 0, 2 * sizeof(coefficients[0]));
    }
}

// Rows of blocks, `columns` in each; their ends of block lie in the same order. Two blocks without
// anything to add are passed over.
SIMD_INLINE void add_blocks(short *coefficients, short *factors, uint8_t *to, int stride,
                            const char *ends, int columns, int rows) {
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x += 2) {
            if (ends[0] > 1 || ends[1] > 1) {
                add_block(coefficients, factors, to + 4 * x, stride, ends[0]);
                add_block(coefficients + 16, factors, to + 4 * x + 4, stride, ends[1]);
            } else if (coefficients[0] != 0 || coefficients[16] != 0) {
                add_two_means(coefficients, factors[0], to + 4 * x, stride);
            }
            coefficients += 32;
            ends += 2;
        }
        to += 4 * stride;
    }
}

void vp8_dequant_idct_add_y_block_simd128(short *q, short *dq, unsigned char *dst, int stride,
                                          char *eobs) {
    add_blocks(q, dq, dst, stride, eobs, 4, 4);
}

void vp8_dequant_idct_add_uv_block_simd128(short *q, short *dq, unsigned char *dst_u,
                                           unsigned char *dst_v, int stride, char *eobs) {
    add_blocks(q, dq, dst_u, stride, eobs, 2, 2);
    add_blocks(q + 64, dq, dst_v, stride, eobs + 4, 2, 2);
}

SIMD_INLINE void inverse_walsh_columns(v128_t rows[4]) {
    const v128_t a = wasm_i32x4_add(rows[0], rows[3]);
    const v128_t b = wasm_i32x4_add(rows[1], rows[2]);
    const v128_t c = wasm_i32x4_sub(rows[1], rows[2]);
    const v128_t d = wasm_i32x4_sub(rows[0], rows[3]);
    rows[0] = wasm_i32x4_add(a, b);
    rows[1] = wasm_i32x4_add(c, d);
    rows[2] = wasm_i32x4_sub(a, b);
    rows[3] = wasm_i32x4_sub(d, c);
}

void vp8_short_inv_walsh4x4_simd128(short *input, short *mb_dqcoeff) {
    v128_t rows[4];
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_i32x4_load16x4(input + 4 * i);
    }
    inverse_walsh_columns(rows);
    transpose_4x4_i32(rows);
    inverse_walsh_columns(rows);
    transpose_4x4_i32(rows);
    for (int i = 0; i < 4; i++) {
        rows[i] = wasm_i32x4_shr(wasm_i32x4_add(rows[i], wasm_i32x4_const_splat(3)), 3);
        short *to = mb_dqcoeff + 64 * i;
        to[0] = (short)wasm_i32x4_extract_lane(rows[i], 0);
        to[16] = (short)wasm_i32x4_extract_lane(rows[i], 1);
        to[32] = (short)wasm_i32x4_extract_lane(rows[i], 2);
        to[48] = (short)wasm_i32x4_extract_lane(rows[i], 3);
    }
}
