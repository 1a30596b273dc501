// SPDX-License-Identifier: MIT
//
// Transforms in both directions, quantisation and what belongs to it.
//
// Ranges are those of VP8: a residue is within 255, so that coefficients stay within 2047 * 8
// before quantising; after dequantising a conforming stream keeps every sum of the inverse
// transform within 16 bits.
#include "check.h"

#include <string.h>

#include "vp8_rtcd.h"
#include "vpx_dsp_rtcd.h"

#include "vp8/encoder/block.h"

enum { RESIDUE_RANGE = 255, COEFFICIENT_RANGE = 2047 };

static _Alignas(16) int16_t input[400];
static _Alignas(16) int16_t expected[400];
static _Alignas(16) int16_t result[400];

static void fill_outputs(void) {
    check_fill_words(expected, 400, 1000);
    memcpy(result, expected, sizeof(result));
}

typedef void forward_function(short *, short *, int);

static void check_forward(const char *name, forward_function *reference, forward_function *ours,
                          int range, int pitch) {
    for (int i = 0; i < 20 * CHECK_ROUNDS; i++) {
        check_fill_words(input, 400, range);
        fill_outputs();
        reference(input, expected, pitch);
        ours(input, result, pitch);
        check_equal(name, "coefficients", expected, result, sizeof(result));
    }
    CHECK_SPEED(name, reference(input, expected, pitch), ours(input, result, pitch));
}

static void check_subtract(void) {
    static struct canvas source;
    static struct canvas prediction;
    static const int sizes[] = {16, 8, 4};
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        const int size = sizes[i % 3];
        check_fill(&source, FILL_NOISE);
        check_fill(&prediction, i % FILL_KINDS);
        fill_outputs();
        vpx_subtract_block_c(size, size, expected, size, source.pixels + BLOCK_AT, CANVAS_STRIDE,
                             prediction.pixels + BLOCK_AT, CANVAS_STRIDE);
        vpx_subtract_block_simd128(size, size, result, size, source.pixels + BLOCK_AT,
                                   CANVAS_STRIDE, prediction.pixels + BLOCK_AT, CANVAS_STRIDE);
        check_equal("subtract_block", "residue", expected, result, sizeof(result));
    }
    CHECK_SPEED("subtract_block 16x16",
                vpx_subtract_block_c(16, 16, expected, 16, source.pixels + BLOCK_AT, CANVAS_STRIDE,
                                     prediction.pixels + BLOCK_AT, CANVAS_STRIDE),
                vpx_subtract_block_simd128(16, 16, result, 16, source.pixels + BLOCK_AT,
                                           CANVAS_STRIDE, prediction.pixels + BLOCK_AT,
                                           CANVAS_STRIDE));
}

// --- quantisation
// ---------------------------------------------------------------------------------------

struct quantizer {
    _Alignas(16) short coeff[16];
    _Alignas(16) short quant[16];
    _Alignas(16) short quant_fast[16];
    _Alignas(16) short quant_shift[16];
    _Alignas(16) short zbin[16];
    _Alignas(16) short boost[16];
    _Alignas(16) short round[16];
    _Alignas(16) short dequant[16];
    struct block block;
};

// The tables of one step size as vp8/encoder/vp8_quantize.c makes them.
static void set_quantizer(struct quantizer *q, int step) {
    int log2 = 0;
    while (step >> (log2 + 1) != 0) {
        log2++;
    }
    for (int i = 0; i < 16; i++) {
        const int inverse = 1 + (1 << (16 + log2)) / step;
        q->quant[i] = (short)(inverse - (1 << 16));
        q->quant_shift[i] = (short)(1 << (16 - log2));
        q->quant_fast[i] = (short)((1 << 16) / step);
        q->zbin[i] = (short)((80 * step + 64) >> 7);
        q->round[i] = (short)((48 * step) >> 7);
        q->boost[i] = (short)((i * 4 * step) >> 7);
        q->dequant[i] = (short)step;
    }
    q->block = (struct block){.coeff = q->coeff,
                              .quant = q->quant,
                              .quant_fast = q->quant_fast,
                              .quant_shift = q->quant_shift,
                              .zbin = q->zbin,
                              .zrun_zbin_boost = q->boost,
                              .round = q->round,
                              .zbin_extra = (short)check_random_between(0, 20)};
}

struct quantized {
    _Alignas(16) short qcoeff[16];
    _Alignas(16) short dqcoeff[16];
    char end;
};

typedef void quantize_function(struct block *, struct blockd *);

static void quantize(quantize_function *function, struct quantizer *q, struct quantized *to) {
    struct blockd blockd;
    memset(&blockd, 0, sizeof(blockd));
    blockd.qcoeff = to->qcoeff;
    blockd.dqcoeff = to->dqcoeff;
    blockd.dequant = q->dequant;
    blockd.eob = &to->end;
    function(&q->block, &blockd);
}

static void check_quantize(const char *name, quantize_function *reference,
                           quantize_function *ours) {
    static struct quantizer q;
    static struct quantized wanted;
    static struct quantized got;
    for (int i = 0; i < 100 * CHECK_ROUNDS; i++) {
        set_quantizer(&q, check_random_between(4, 157));
        check_fill_words(q.coeff, 16, i % 2 ? 200 : COEFFICIENT_RANGE * 8);
        memset(&wanted, 0, sizeof(wanted));
        memset(&got, 0, sizeof(got));
        if (check_random() % 8 == 0) {
            memset(q.coeff, 0, sizeof(q.coeff));
        }
        quantize(reference, &q, &wanted);
        quantize(ours, &q, &got);
        check_equal(name, "levels", &wanted, &got, sizeof(got));
    }
    check_fill_words(q.coeff, 16, 200);
    CHECK_SPEED(name, quantize(reference, &q, &wanted), quantize(ours, &q, &got));
}

static void check_errors(void) {
    static struct macroblock mb;
    for (int i = 0; i < 25; i++) {
        mb.block[i].coeff = input + 16 * i;
        mb.e_mbd.block[i].dqcoeff = expected + 16 * i;
    }
    for (int i = 0; i < CHECK_ROUNDS; i++) {
        check_fill_words(input, 400, COEFFICIENT_RANGE);
        check_fill_words(expected, 400, COEFFICIENT_RANGE);
        check_equal_number("block_error", "error", (uint32_t)vp8_block_error_c(input, expected),
                           (uint32_t)vp8_block_error_simd128(input, expected));
        check_equal_number("mbblock_error", "error", (uint32_t)vp8_mbblock_error_c(&mb, i % 2),
                           (uint32_t)vp8_mbblock_error_simd128(&mb, i % 2));
        check_equal_number("mbuverror", "error", (uint32_t)vp8_mbuverror_c(&mb),
                           (uint32_t)vp8_mbuverror_simd128(&mb));
    }
}

// --- back to pixels
// -------------------------------------------------------------------------------------

static struct canvas expected_picture;
static struct canvas picture;
static _Alignas(16) short factors[16];

// A block of coefficients as an encoder makes it: the transform of a residue, coarsely quantised.
static void make_coefficients(int16_t *to, int step) {
    int16_t residue[16];
    check_fill_words(residue, 16, RESIDUE_RANGE);
    vp8_short_fdct4x4_c(residue, to, 8);
    for (int i = 0; i < 16; i++) {
        to[i] = (int16_t)(to[i] / step);
        factors[i] = (short)step;
    }
}

static void fill_pictures(enum fill kind) {
    check_fill(&expected_picture, kind);
    picture = expected_picture;
}

#define EXPECTED_PICTURE (expected_picture.pixels + BLOCK_AT)
#define PICTURE (picture.pixels + BLOCK_AT)

static void check_inverse(void) {
    for (int i = 0; i < FILL_KINDS * 10 * CHECK_ROUNDS; i++) {
        make_coefficients(input, 1);
        fill_pictures(i % FILL_KINDS);
        vp8_short_idct4x4llm_c(input, EXPECTED_PICTURE, CANVAS_STRIDE, EXPECTED_PICTURE,
                               CANVAS_STRIDE);
        vp8_short_idct4x4llm_simd128(input, PICTURE, CANVAS_STRIDE, PICTURE, CANVAS_STRIDE);
        check_equal("short_idct4x4llm", "pixels", &expected_picture, &picture, sizeof(picture));
        const short mean = (short)check_random();
        vp8_dc_only_idct_add_c(mean, EXPECTED_PICTURE, CANVAS_STRIDE, EXPECTED_PICTURE,
                               CANVAS_STRIDE);
        vp8_dc_only_idct_add_simd128(mean, PICTURE, CANVAS_STRIDE, PICTURE, CANVAS_STRIDE);
        check_equal("dc_only_idct_add", "pixels", &expected_picture, &picture, sizeof(picture));
    }
    CHECK_SPEED(
        "short_idct4x4llm",
        vp8_short_idct4x4llm_c(input, EXPECTED_PICTURE, CANVAS_STRIDE, EXPECTED_PICTURE,
                               CANVAS_STRIDE),
        vp8_short_idct4x4llm_simd128(input, PICTURE, CANVAS_STRIDE, PICTURE, CANVAS_STRIDE));
}

// Blocks of which some have nothing, some a mean value only, some more; coefficients are cleared on
// the way.
static void make_blocks(char *ends, int count) {
    const int step = check_random_between(4, 157);
    for (int i = 0; i < count; i++) {
        make_coefficients(input + 16 * i, step);
        const int kind = check_random_between(0, 3);
        ends[i] = (char)(kind < 2 ? kind : 16);
        if (kind < 2) {
            memset(input + 16 * i + 1, 0, 15 * sizeof(input[0]));
        }
        if (kind == 0 && check_random() % 2) {
            input[16 * i] = 0;
        }
    }
    memcpy(expected, input, sizeof(expected));
    memcpy(result, input, sizeof(result));
}

static void check_added(const char *name) {
    check_equal(name, "pixels", &expected_picture, &picture, sizeof(picture));
    check_equal(name, "cleared coefficients", expected, result, sizeof(result));
}

static void check_dequantize(void) {
    char ends[25];
    for (int i = 0; i < FILL_KINDS * 4 * CHECK_ROUNDS; i++) {
        fill_pictures(i % FILL_KINDS);
        make_blocks(ends, 25);
        vp8_dequant_idct_add_c(expected, factors, EXPECTED_PICTURE, CANVAS_STRIDE);
        vp8_dequant_idct_add_simd128(result, factors, PICTURE, CANVAS_STRIDE);
        check_added("dequant_idct_add");
        make_blocks(ends, 25);
        vp8_dequant_idct_add_y_block_c(expected, factors, EXPECTED_PICTURE, CANVAS_STRIDE, ends);
        vp8_dequant_idct_add_y_block_simd128(result, factors, PICTURE, CANVAS_STRIDE, ends);
        check_added("dequant_idct_add_y_block");
        make_blocks(ends, 25);
        vp8_dequant_idct_add_uv_block_c(expected, factors, EXPECTED_PICTURE, EXPECTED_PICTURE + 20,
                                        CANVAS_STRIDE, ends);
        vp8_dequant_idct_add_uv_block_simd128(result, factors, PICTURE, PICTURE + 20, CANVAS_STRIDE,
                                              ends);
        check_added("dequant_idct_add_uv_block");

        struct blockd reference = {.qcoeff = input, .dqcoeff = expected};
        struct blockd ours = {.qcoeff = input, .dqcoeff = result};
        vp8_dequantize_b_c(&reference, factors);
        vp8_dequantize_b_simd128(&ours, factors);
        check_equal("dequantize_b", "coefficients", expected, result, sizeof(result));
    }
}

static void check_inverse_walsh(void) {
    for (int i = 0; i < 20 * CHECK_ROUNDS; i++) {
        check_fill_words(input, 16, COEFFICIENT_RANGE);
        fill_outputs();
        vp8_short_inv_walsh4x4_c(input, expected);
        vp8_short_inv_walsh4x4_simd128(input, result);
        check_equal("short_inv_walsh4x4", "coefficients", expected, result, sizeof(result));
    }
    CHECK_SPEED("short_inv_walsh4x4", vp8_short_inv_walsh4x4_c(input, expected),
                vp8_short_inv_walsh4x4_simd128(input, result));
}

void check_transforms(void) {
    check_forward("short_fdct4x4", vp8_short_fdct4x4_c, vp8_short_fdct4x4_simd128, RESIDUE_RANGE,
                  32);
    check_forward("short_fdct8x4", vp8_short_fdct8x4_c, vp8_short_fdct8x4_simd128, RESIDUE_RANGE,
                  32);
    check_forward("short_walsh4x4", vp8_short_walsh4x4_c, vp8_short_walsh4x4_simd128,
                  COEFFICIENT_RANGE, 8);
    check_subtract();
    check_quantize("fast_quantize_b", vp8_fast_quantize_b_c, vp8_fast_quantize_b_simd128);
    check_quantize("regular_quantize_b", vp8_regular_quantize_b_c, vp8_regular_quantize_b_simd128);
    check_errors();
    check_inverse();
    check_dequantize();
    check_inverse_walsh();
}
