// SPDX-License-Identifier: MIT
//
// Copies of blocks: prediction by whole pixels, and the encoder's working copies.
#include "simd.h"
#include "vp8_rtcd.h"

void vp8_copy_mem16x16_simd128(unsigned char *src, int src_stride, unsigned char *dst,
                               int dst_stride) {
#pragma clang loop unroll(full)
    for (int y = 0; y < 16; y++) {
        wasm_v128_store(dst, wasm_v128_load(src));
        src += src_stride;
        dst += dst_stride;
    }
}

SIMD_INLINE void copy_8(const uint8_t *from, ptrdiff_t from_stride, uint8_t *to,
                        ptrdiff_t to_stride, int height) {
#pragma clang loop unroll(full)
    for (int y = 0; y < height; y++) {
        wasm_v128_store64_lane(to, wasm_v128_load64_zero(from), 0);
        from += from_stride;
        to += to_stride;
    }
}

void vp8_copy_mem8x8_simd128(unsigned char *src, int src_stride, unsigned char *dst,
                             int dst_stride) {
    copy_8(src, src_stride, dst, dst_stride, 8);
}

void vp8_copy_mem8x4_simd128(unsigned char *src, int src_stride, unsigned char *dst,
                             int dst_stride) {
    copy_8(src, src_stride, dst, dst_stride, 4);
}

void vp8_copy32xn_simd128(const unsigned char *src_ptr, int src_stride, unsigned char *dst_ptr,
                          int dst_stride, int height) {
    for (int y = 0; y < height; y++) {
        wasm_v128_store(dst_ptr, wasm_v128_load(src_ptr));
        wasm_v128_store(dst_ptr + 16, wasm_v128_load(src_ptr + 16));
        src_ptr += src_stride;
        dst_ptr += dst_stride;
    }
}
