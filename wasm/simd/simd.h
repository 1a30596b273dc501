// SPDX-License-Identifier: MIT
//
// What the kernels share: loads and stores of small blocks, widening, sums across lanes and the
// transposition of 4 x 4 blocks. Everything here is inlined; nothing reads or writes a byte outside
// what its name says.
//
// A kernel is called NAME_simd128, where NAME is libvpx's run-time choice that it replaces;
// kernels.list has them all, and the build gives each the prototype of the C reference.
// Bit-exactness with that reference is the contract (tests/unit/test_simd_*.c), for all input that
// a VP8 codec can produce.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define SIMD_INLINE static inline __attribute__((always_inline))

// --- loads and stores
// ------------------------------------------------------------------------------

// Two rows of eight bytes, the first in the low half.
SIMD_INLINE v128_t load_8x2(const uint8_t *from, ptrdiff_t stride) {
    return wasm_v128_load64_lane(from + stride, wasm_v128_load64_zero(from), 1);
}

// Four rows of four bytes.
SIMD_INLINE v128_t load_4x4(const uint8_t *from, ptrdiff_t stride) {
    v128_t rows = wasm_v128_load32_zero(from);
    rows = wasm_v128_load32_lane(from + stride, rows, 1);
    rows = wasm_v128_load32_lane(from + 2 * stride, rows, 2);
    return wasm_v128_load32_lane(from + 3 * stride, rows, 3);
}

SIMD_INLINE void store_8x2(uint8_t *to, ptrdiff_t stride, v128_t rows) {
    wasm_v128_store64_lane(to, rows, 0);
    wasm_v128_store64_lane(to + stride, rows, 1);
}

SIMD_INLINE void store_4x4(uint8_t *to, ptrdiff_t stride, v128_t rows) {
    wasm_v128_store32_lane(to, rows, 0);
    wasm_v128_store32_lane(to + stride, rows, 1);
    wasm_v128_store32_lane(to + 2 * stride, rows, 2);
    wasm_v128_store32_lane(to + 3 * stride, rows, 3);
}

// --- bytes and words
// ---------------------------------------------------------------------------------

SIMD_INLINE v128_t widen_low(v128_t bytes) { return wasm_u16x8_extend_low_u8x16(bytes); }
SIMD_INLINE v128_t widen_high(v128_t bytes) { return wasm_u16x8_extend_high_u8x16(bytes); }

// |a - b| of unsigned bytes.
SIMD_INLINE v128_t absolute_difference(v128_t a, v128_t b) {
    return wasm_i8x16_sub(wasm_u8x16_max(a, b), wasm_u8x16_min(a, b));
}

SIMD_INLINE v128_t interleave_low_8(v128_t a, v128_t b) {
    return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
SIMD_INLINE v128_t interleave_high_8(v128_t a, v128_t b) {
    return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
SIMD_INLINE v128_t interleave_low_16(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
SIMD_INLINE v128_t interleave_high_16(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
SIMD_INLINE v128_t interleave_low_32(v128_t a, v128_t b) {
    return wasm_i32x4_shuffle(a, b, 0, 4, 1, 5);
}
SIMD_INLINE v128_t interleave_high_32(v128_t a, v128_t b) {
    return wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
}
SIMD_INLINE v128_t interleave_low_64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
SIMD_INLINE v128_t interleave_high_64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 1, 3); }

// --- sums across lanes
// -------------------------------------------------------------------------------

SIMD_INLINE int32_t sum_i32x4(v128_t lanes) {
    lanes = wasm_i32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
    lanes = wasm_i32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 1, 0, 3, 2));
    return wasm_i32x4_extract_lane(lanes, 0);
}
SIMD_INLINE int32_t sum_i16x8(v128_t lanes) {
    return sum_i32x4(wasm_i32x4_extadd_pairwise_i16x8(lanes));
}
SIMD_INLINE uint32_t sum_u16x8(v128_t lanes) {
    return (uint32_t)sum_i32x4(wasm_u32x4_extadd_pairwise_u16x8(lanes));
}

// --- 4 x 4
// -------------------------------------------------------------------------------------------

// Transposes the 4 x 4 block of words in the low halves, and that in the high halves, of four rows.
SIMD_INLINE void transpose_two_4x4_i16(v128_t rows[4]) {
    // By plain interleaving alone, which is one instruction each on every machine.
    const v128_t left_upper = interleave_low_16(rows[0], rows[1]);
    const v128_t left_lower = interleave_low_16(rows[2], rows[3]);
    const v128_t right_upper = interleave_high_16(rows[0], rows[1]);
    const v128_t right_lower = interleave_high_16(rows[2], rows[3]);
    const v128_t left_01 = interleave_low_32(left_upper, left_lower);
    const v128_t left_23 = interleave_high_32(left_upper, left_lower);
    const v128_t right_01 = interleave_low_32(right_upper, right_lower);
    const v128_t right_23 = interleave_high_32(right_upper, right_lower);
    rows[0] = interleave_low_64(left_01, right_01);
    rows[1] = interleave_high_64(left_01, right_01);
    rows[2] = interleave_low_64(left_23, right_23);
    rows[3] = interleave_high_64(left_23, right_23);
}

SIMD_INLINE void transpose_4x4_i32(v128_t rows[4]) {
    const v128_t a = interleave_low_32(rows[0], rows[1]);
    const v128_t b = interleave_low_32(rows[2], rows[3]);
    const v128_t c = interleave_high_32(rows[0], rows[1]);
    const v128_t d = interleave_high_32(rows[2], rows[3]);
    rows[0] = interleave_low_64(a, b);
    rows[1] = interleave_high_64(a, b);
    rows[2] = interleave_low_64(c, d);
    rows[3] = interleave_high_64(c, d);
}
