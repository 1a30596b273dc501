// SPDX-License-Identifier: MIT
//
// Variance and squared error of a block against another: sum over (a-b) and over (a-b)^2. The sum
// stays in 16-bit lanes (at most 32 differences of 255 each), the squares are added in pairs into
// 32 bits.
#include "simd.h"
#include "vpx_dsp_rtcd.h"

struct moments {
    v128_t sum;     // i16x8
    v128_t squares; // i32x4
};

SIMD_INLINE void add_differences(struct moments *moments, v128_t differences) {
    moments->sum = wasm_i16x8_add(moments->sum, differences);
    moments->squares =
        wasm_i32x4_add(moments->squares, wasm_i32x4_dot_i16x8(differences, differences));
}

SIMD_INLINE struct moments block_moments(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b,
                                         ptrdiff_t b_stride, int width, int height) {
    struct moments moments = {wasm_i16x8_const_splat(0), wasm_i32x4_const_splat(0)};
    if (width == 4) {
        const v128_t rows_a = load_4x4(a, a_stride);
        const v128_t rows_b = load_4x4(b, b_stride);
        add_differences(&moments, wasm_i16x8_sub(widen_low(rows_a), widen_low(rows_b)));
        add_differences(&moments, wasm_i16x8_sub(widen_high(rows_a), widen_high(rows_b)));
        return moments;
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x += 8) {
            add_differences(&moments,
                            wasm_i16x8_sub(wasm_u16x8_load8x8(a + x), wasm_u16x8_load8x8(b + x)));
        }
        a += a_stride;
        b += b_stride;
    }
    return moments;
}

SIMD_INLINE uint32_t block_variance(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b,
                                    ptrdiff_t b_stride, int width, int height, uint32_t *sse) {
    const struct moments moments = block_moments(a, a_stride, b, b_stride, width, height);
    const int64_t sum = sum_i16x8(moments.sum);
    *sse = (uint32_t)sum_i32x4(moments.squares);
    return *sse - (uint32_t)(sum * sum / (width * height));
}

#define VARIANCE(W, H)                                                                             \
    uint32_t vpx_variance##W##x##H##_simd128(const uint8_t *src_ptr, int src_stride,               \
                                             const uint8_t *ref_ptr, int ref_stride,               \
                                             uint32_t *sse) {                                      \
        return block_variance(src_ptr, src_stride, ref_ptr, ref_stride, W, H, sse);                \
    }

VARIANCE(16, 16)
VARIANCE(16, 8)
VARIANCE(8, 16)
VARIANCE(8, 8)
VARIANCE(4, 4)

uint32_t vpx_mse16x16_simd128(const uint8_t *src_ptr, int src_stride, const uint8_t *ref_ptr,
                              int ref_stride, uint32_t *sse) {
    const struct moments moments = block_moments(src_ptr, src_stride, ref_ptr, ref_stride, 16, 16);
    *sse = (uint32_t)sum_i32x4(moments.squares);
    return *sse;
}

uint32_t vpx_get4x4sse_cs_simd128(const uint8_t *src_ptr, int src_stride, const uint8_t *ref_ptr,
                                  int ref_stride) {
    return (uint32_t)sum_i32x4(
        block_moments(src_ptr, src_stride, ref_ptr, ref_stride, 4, 4).squares);
}

uint32_t vpx_get_mb_ss_simd128(const int16_t *src_ptr) {
    v128_t squares = wasm_i32x4_const_splat(0);
    for (int i = 0; i < 256; i += 8) {
        const v128_t words = wasm_v128_load(src_ptr + i);
        squares = wasm_i32x4_add(squares, wasm_i32x4_dot_i16x8(words, words));
    }
    return (uint32_t)sum_i32x4(squares);
}
