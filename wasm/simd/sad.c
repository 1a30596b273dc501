// SPDX-License-Identifier: MIT
//
// Sum of absolute differences: how motion search compares a block with a place in another picture.
// The x4d forms compare one block with four places and load it once.
//
// Differences are taken in bytes and added pairwise into 16-bit lanes, which hold up to 128 rows.
#include "simd.h"
#include "vpx_dsp_rtcd.h"

// The next 16 bytes of a block: one row of 16, two of 8 or four of 4.
SIMD_INLINE v128_t load_rows(const uint8_t *from, ptrdiff_t stride, int width) {
    return width == 16  ? wasm_v128_load(from)
           : width == 8 ? load_8x2(from, stride)
                        : load_4x4(from, stride);
}

SIMD_INLINE uint32_t sad_block(const uint8_t *source, ptrdiff_t source_stride,
                               const uint8_t *reference, ptrdiff_t reference_stride, int width,
                               int height) {
    const int rows = 16 / width;
    v128_t sum = wasm_i16x8_const_splat(0);
    for (int y = 0; y < height; y += rows) {
        const v128_t difference = absolute_difference(
            load_rows(source, source_stride, width), load_rows(reference, reference_stride, width));
        sum = wasm_i16x8_add(sum, wasm_u16x8_extadd_pairwise_u8x16(difference));
        source += rows * source_stride;
        reference += rows * reference_stride;
    }
    return sum_u16x8(sum);
}

SIMD_INLINE void sad_block_x4(const uint8_t *source, ptrdiff_t source_stride,
                              const uint8_t *const references[4], ptrdiff_t reference_stride,
                              uint32_t sads[4], int width, int height) {
    const int rows = 16 / width;
    v128_t sums[4];
    for (int i = 0; i < 4; i++) {
        sums[i] = wasm_i16x8_const_splat(0);
    }
    for (int y = 0; y < height; y += rows) {
        const v128_t block = load_rows(source + y * source_stride, source_stride, width);
        for (int i = 0; i < 4; i++) {
            const v128_t place =
                load_rows(references[i] + y * reference_stride, reference_stride, width);
            const v128_t difference = absolute_difference(block, place);
            sums[i] = wasm_i16x8_add(sums[i], wasm_u16x8_extadd_pairwise_u8x16(difference));
        }
    }
    for (int i = 0; i < 4; i++) {
        sads[i] = sum_u16x8(sums[i]);
    }
}

#define SAD(W, H)                                                                                  \
    unsigned int vpx_sad##W##x##H##_simd128(const uint8_t *src_ptr, int src_stride,                \
                                            const uint8_t *ref_ptr, int ref_stride) {              \
        return sad_block(src_ptr, src_stride, ref_ptr, ref_stride, W, H);                          \
    }                                                                                              \
    void vpx_sad##W##x##H##x4d_simd128(const uint8_t *src_ptr, int src_stride,                     \
                                       const uint8_t *const ref_array[4], int ref_stride,          \
                                       uint32_t sad_array[4]) {                                    \
        sad_block_x4(src_ptr, src_stride, ref_array, ref_stride, sad_array, W, H);                 \
    }

SAD(16, 16)
SAD(16, 8)
SAD(8, 16)
SAD(8, 8)
SAD(4, 4)
