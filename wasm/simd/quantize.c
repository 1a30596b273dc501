// SPDX-License-Identifier: MIT
//
// Quantisation of one block of 16 coefficients, and the errors that quantising makes. The end of
// block is one past the last coefficient, in zig-zag order, that is not zero.
#include "simd.h"
#include "vp8_rtcd.h"

#include "vp8/encoder/block.h"

// (a * b) >> 16 for words a >= 0 and any b: a dot product whose second term is zero.
SIMD_INLINE v128_t high_product(v128_t a, v128_t b) {
    const v128_t low =
        wasm_i32x4_dot_i16x8(wasm_u32x4_extend_low_u16x8(a), wasm_u32x4_extend_low_u16x8(b));
    const v128_t high =
        wasm_i32x4_dot_i16x8(wasm_u32x4_extend_high_u16x8(a), wasm_u32x4_extend_high_u16x8(b));
    return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, 16), wasm_i32x4_shr(high, 16));
}

// One past the last set lane in zig-zag order, of sixteen words that are zero or not.
SIMD_INLINE char end_of_block(v128_t first, v128_t second) {
    const v128_t zero = wasm_i16x8_const_splat(0);
    const v128_t is_set =
        wasm_i8x16_narrow_i16x8(wasm_i16x8_ne(first, zero), wasm_i16x8_ne(second, zero));
    const v128_t scanned =
        wasm_i8x16_shuffle(is_set, is_set, 0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15);
    // With the lowest bit set below, the count of leading zeros is defined.
    return (char)(31 - __builtin_clz((unsigned)wasm_i8x16_bitmask(scanned) << 1 | 1));
}

SIMD_INLINE v128_t with_sign_of(v128_t magnitude, v128_t sign) {
    return wasm_i16x8_sub(wasm_v128_xor(magnitude, sign), sign);
}

void vp8_fast_quantize_b_simd128(struct block *block, struct blockd *blockd) {
    v128_t levels[2];
    for (int i = 0; i < 2; i++) {
        const v128_t coefficients = wasm_v128_load(block->coeff + 8 * i);
        const v128_t sign = wasm_i16x8_shr(coefficients, 15);
        const v128_t rounded =
            wasm_i16x8_add(wasm_i16x8_abs(coefficients), wasm_v128_load(block->round + 8 * i));
        const v128_t magnitude = high_product(rounded, wasm_v128_load(block->quant_fast + 8 * i));
        levels[i] = with_sign_of(magnitude, sign);
        wasm_v128_store(blockd->qcoeff + 8 * i, levels[i]);
        wasm_v128_store(blockd->dqcoeff + 8 * i,
                        wasm_i16x8_mul(levels[i], wasm_v128_load(blockd->dequant + 8 * i)));
    }
    *blockd->eob = end_of_block(levels[0], levels[1]);
}

// The dead zone grows with the run of zeros before a coefficient, so what lies outside it is found
// one by one; magnitudes and levels are computed beforehand for all sixteen.
void vp8_regular_quantize_b_simd128(struct block *block, struct blockd *blockd) {
    static const uint8_t scan[16] = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    _Alignas(16) int16_t beyond[16]; // magnitude less the dead zone without a run
    _Alignas(16) int16_t levels[16];
    const v128_t extra = wasm_i16x8_splat(block->zbin_extra);

    for (int i = 0; i < 16; i += 8) {
        const v128_t coefficients = wasm_v128_load(block->coeff + i);
        const v128_t magnitude = wasm_i16x8_abs(coefficients);
        const v128_t zone = wasm_i16x8_add(wasm_v128_load(block->zbin + i), extra);
        const v128_t rounded = wasm_i16x8_add(magnitude, wasm_v128_load(block->round + i));
        const v128_t scaled =
            wasm_i16x8_add(rounded, high_product(rounded, wasm_v128_load(block->quant + i)));
        const v128_t level = high_product(scaled, wasm_v128_load(block->quant_shift + i));
        wasm_v128_store(beyond + i, wasm_i16x8_sub(magnitude, zone));
        wasm_v128_store(levels + i, with_sign_of(level, wasm_i16x8_shr(coefficients, 15)));
        wasm_v128_store(blockd->qcoeff + i, wasm_i16x8_const_splat(0));
    }
    const short *boost = block->zrun_zbin_boost;
    int end = 0;
    for (int i = 0; i < 16; i++) {
        const int at = scan[i];
        if (beyond[at] < *boost++ || levels[at] == 0) {
            continue;
        }
        blockd->qcoeff[at] = levels[at];
        boost = block->zrun_zbin_boost;
        end = i + 1;
    }
    for (int i = 0; i < 16; i += 8) {
        wasm_v128_store(blockd->dqcoeff + i, wasm_i16x8_mul(wasm_v128_load(blockd->qcoeff + i),
                                                            wasm_v128_load(blockd->dequant + i)));
    }
    *blockd->eob = (char)end;
}

SIMD_INLINE v128_t squared_difference(const short *a, const short *b) {
    const v128_t difference = wasm_i16x8_sub(wasm_v128_load(a), wasm_v128_load(b));
    return wasm_i32x4_dot_i16x8(difference, difference);
}

int vp8_block_error_simd128(short *coeff, short *dqcoeff) {
    return sum_i32x4(wasm_i32x4_add(squared_difference(coeff, dqcoeff),
                                    squared_difference(coeff + 8, dqcoeff + 8)));
}

// The squared error of the 16 blocks of luma; with `dc` 1 their first coefficients do not count,
// being coded apart.
int vp8_mbblock_error_simd128(struct macroblock *mb, int dc) {
    const v128_t counted =
        dc ? wasm_i16x8_const(0, -1, -1, -1, -1, -1, -1, -1) : wasm_i16x8_const_splat(-1);
    v128_t error = wasm_i32x4_const_splat(0);
    for (int i = 0; i < 16; i++) {
        const short *coeff = mb->block[i].coeff;
        const short *dqcoeff = mb->e_mbd.block[i].dqcoeff;
        const v128_t first =
            wasm_v128_and(wasm_i16x8_sub(wasm_v128_load(coeff), wasm_v128_load(dqcoeff)), counted);
        error = wasm_i32x4_add(error, wasm_i32x4_dot_i16x8(first, first));
        error = wasm_i32x4_add(error, squared_difference(coeff + 8, dqcoeff + 8));
    }
    return sum_i32x4(error);
}

int vp8_mbuverror_simd128(struct macroblock *mb) {
    v128_t error = wasm_i32x4_const_splat(0);
    for (int i = 16; i < 24; i++) {
        const short *coeff = mb->block[i].coeff;
        const short *dqcoeff = mb->e_mbd.block[i].dqcoeff;
        error = wasm_i32x4_add(error, squared_difference(coeff, dqcoeff));
        error = wasm_i32x4_add(error, squared_difference(coeff + 8, dqcoeff + 8));
    }
    return sum_i32x4(error);
}
