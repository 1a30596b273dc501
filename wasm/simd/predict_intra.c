// SPDX-License-Identifier: MIT
//
// Prediction from the row above and the column to the left: "true motion" adds the gradient of the
// column to the row, the others spread the mean, the row or the column. `above[-1]` is the corner.
#include "simd.h"
#include "vpx_dsp_rtcd.h"

SIMD_INLINE void store_row(uint8_t *to, v128_t row, int size) {
    switch (size) {
    case 16:
        wasm_v128_store(to, row);
        break;
    case 8:
        wasm_v128_store64_lane(to, row, 0);
        break;
    default:
        wasm_v128_store32_lane(to, row, 0);
    }
}

SIMD_INLINE void fill(uint8_t *to, ptrdiff_t stride, v128_t row, int size) {
    for (int y = 0; y < size; y++) {
        store_row(to + y * stride, row, size);
    }
}

SIMD_INLINE v128_t load_edge(const uint8_t *edge, int size) {
    return size == 16 ? wasm_v128_load(edge) : wasm_v128_load64_zero(edge);
}

SIMD_INLINE uint32_t edge_sum(const uint8_t *edge, int size) {
    return sum_u16x8(wasm_u16x8_extadd_pairwise_u8x16(load_edge(edge, size)));
}

SIMD_INLINE void mean(uint8_t *to, ptrdiff_t stride, const uint8_t *above, const uint8_t *left,
                      int size) {
    const uint32_t sum = edge_sum(above, size) + edge_sum(left, size);
    const int shift = size == 16 ? 5 : 4;
    fill(to, stride, wasm_u8x16_splat((uint8_t)((sum + (uint32_t)size) >> shift)), size);
}

SIMD_INLINE void mean_of_one(uint8_t *to, ptrdiff_t stride, const uint8_t *edge, int size) {
    const int shift = size == 16 ? 4 : 3;
    fill(to, stride,
         wasm_u8x16_splat((uint8_t)((edge_sum(edge, size) + (uint32_t)size / 2) >> shift)), size);
}

SIMD_INLINE void from_left(uint8_t *to, ptrdiff_t stride, const uint8_t *left, int size) {
    for (int y = 0; y < size; y++) {
        store_row(to + y * stride, wasm_u8x16_splat(left[y]), size);
    }
}

SIMD_INLINE void true_motion(uint8_t *to, ptrdiff_t stride, const uint8_t *above,
                             const uint8_t *left, int size) {
    const v128_t corner = wasm_i16x8_splat(above[-1]);
    const v128_t row = size == 4 ? wasm_v128_load32_zero(above) : load_edge(above, size);
    const v128_t low = wasm_i16x8_sub(widen_low(row), corner);
    const v128_t high = wasm_i16x8_sub(widen_high(row), corner);
    for (int y = 0; y < size; y++) {
        const v128_t add = wasm_i16x8_splat(left[y]);
        store_row(to + y * stride,
                  wasm_u8x16_narrow_i16x8(wasm_i16x8_add(low, add), wasm_i16x8_add(high, add)),
                  size);
    }
}

#define EDGES uint8_t *dst, ptrdiff_t stride, const uint8_t *above, const uint8_t *left

#define PREDICTORS(SIZE)                                                                           \
    void vpx_dc_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                       \
        mean(dst, stride, above, left, SIZE);                                                      \
    }                                                                                              \
    void vpx_dc_top_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                   \
        (void)left;                                                                                \
        mean_of_one(dst, stride, above, SIZE);                                                     \
    }                                                                                              \
    void vpx_dc_left_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                  \
        (void)above;                                                                               \
        mean_of_one(dst, stride, left, SIZE);                                                      \
    }                                                                                              \
    void vpx_v_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                        \
        (void)left;                                                                                \
        fill(dst, stride, load_edge(above, SIZE), SIZE);                                           \
    }                                                                                              \
    void vpx_h_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                        \
        (void)above;                                                                               \
        from_left(dst, stride, left, SIZE);                                                        \
    }                                                                                              \
    void vpx_tm_predictor_##SIZE##x##SIZE##_simd128(EDGES) {                                       \
        true_motion(dst, stride, above, left, SIZE);                                               \
    }

PREDICTORS(16)
PREDICTORS(8)

void vpx_tm_predictor_4x4_simd128(EDGES) { true_motion(dst, stride, above, left, 4); }
