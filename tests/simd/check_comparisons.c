// SPDX-License-Identifier: MIT
//
// Kernels that compare two blocks: SAD, variance, sub-pixel variance, squared errors.
#include "check.h"

#include <string.h>

#include "vpx_dsp_rtcd.h"

static struct canvas a;
static struct canvas b;

static void fill_both(enum fill kind) {
    check_fill(&a, kind);
    check_fill(&b, check_random() % 3 == 0 ? FILL_NOISE : kind);
}

#define A (a.pixels + BLOCK_AT)
#define B (b.pixels + BLOCK_AT)

typedef unsigned int sad_function(const uint8_t *, int, const uint8_t *, int);
typedef void sad_four_function(const uint8_t *, int, const uint8_t *const[4], int, uint32_t[4]);

static void check_sad(const char *name, sad_function *reference, sad_function *ours) {
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        fill_both(i % FILL_KINDS);
        const int at = check_random_between(-8, 8);
        check_equal_number(name, "sum", reference(A, CANVAS_STRIDE, B + at, CANVAS_STRIDE),
                           ours(A, CANVAS_STRIDE, B + at, CANVAS_STRIDE));
    }
    CHECK_SPEED(name, reference(A, CANVAS_STRIDE, B + 3, CANVAS_STRIDE),
                ours(A, CANVAS_STRIDE, B + 3, CANVAS_STRIDE));
}

static void check_sad_four(const char *name, sad_four_function *reference,
                           sad_four_function *ours) {
    uint32_t expected[4];
    uint32_t sums[4];
    const uint8_t *const places[4] = {B, B + 1, B - CANVAS_STRIDE, B + 5 * CANVAS_STRIDE + 2};
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        fill_both(i % FILL_KINDS);
        reference(A, CANVAS_STRIDE, places, CANVAS_STRIDE, expected);
        ours(A, CANVAS_STRIDE, places, CANVAS_STRIDE, sums);
        check_equal(name, "sums", expected, sums, sizeof(sums));
    }
    CHECK_SPEED(name, reference(A, CANVAS_STRIDE, places, CANVAS_STRIDE, expected),
                ours(A, CANVAS_STRIDE, places, CANVAS_STRIDE, sums));
}

typedef uint32_t variance_function(const uint8_t *, int, const uint8_t *, int, uint32_t *);
typedef uint32_t subpel_function(const uint8_t *, int, int, int, const uint8_t *, int, uint32_t *);

static void check_variance(const char *name, variance_function *reference,
                           variance_function *ours) {
    uint32_t expected_sse = 1;
    uint32_t sse = 2;
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        fill_both(i % FILL_KINDS);
        check_equal_number(name, "variance",
                           reference(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &expected_sse),
                           ours(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &sse));
        check_equal_number(name, "squared error", expected_sse, sse);
    }
    // The largest error there is.
    check_fill(&a, FILL_WHITE);
    check_fill(&b, FILL_BLACK);
    check_equal_number(name, "variance",
                       reference(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &expected_sse),
                       ours(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &sse));
    check_equal_number(name, "squared error", expected_sse, sse);
    CHECK_SPEED(name, reference(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &expected_sse),
                ours(A, CANVAS_STRIDE, B, CANVAS_STRIDE, &sse));
}

static void check_subpel(const char *name, subpel_function *reference, subpel_function *ours) {
    uint32_t expected_sse = 1;
    uint32_t sse = 2;
    for (int i = 0; i < FILL_KINDS * 64; i++) {
        const int x = i / FILL_KINDS % 8;
        const int y = i / FILL_KINDS / 8;
        fill_both(i % FILL_KINDS);
        check_equal_number(name, "variance",
                           reference(A, CANVAS_STRIDE, x, y, B, CANVAS_STRIDE, &expected_sse),
                           ours(A, CANVAS_STRIDE, x, y, B, CANVAS_STRIDE, &sse));
        check_equal_number(name, "squared error", expected_sse, sse);
    }
    static const int offsets[][2] = {{4, 0}, {0, 4}, {4, 4}, {2, 0}, {0, 2}, {2, 6}, {2, 4}};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        const int x = offsets[i][0];
        const int y = offsets[i][1];
        char label[64];
        snprintf(label, sizeof(label), "%s %d,%d", name, x, y);
        CHECK_SPEED(label, reference(A, CANVAS_STRIDE, x, y, B, CANVAS_STRIDE, &expected_sse),
                    ours(A, CANVAS_STRIDE, x, y, B, CANVAS_STRIDE, &sse));
    }
}

static void check_words(void) {
    _Alignas(16) int16_t words[256];
    for (int i = 0; i < CHECK_ROUNDS; i++) {
        check_fill_words(words, 256, 2000);
        check_equal_number("get_mb_ss", "sum", vpx_get_mb_ss_c(words),
                           vpx_get_mb_ss_simd128(words));
    }
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        fill_both(i % FILL_KINDS);
        check_equal_number("get4x4sse_cs", "squared error",
                           vpx_get4x4sse_cs_c(A, CANVAS_STRIDE, B, CANVAS_STRIDE),
                           vpx_get4x4sse_cs_simd128(A, CANVAS_STRIDE, B, CANVAS_STRIDE));
    }
}

#define SAD(SIZE)                                                                                  \
    check_sad("sad" #SIZE, vpx_sad##SIZE##_c, vpx_sad##SIZE##_simd128);                            \
    check_sad_four("sad" #SIZE "x4d", vpx_sad##SIZE##x4d_c, vpx_sad##SIZE##x4d_simd128)
#define VARIANCE(SIZE)                                                                             \
    check_variance("variance" #SIZE, vpx_variance##SIZE##_c, vpx_variance##SIZE##_simd128)
#define SUBPEL(SIZE)                                                                               \
    check_subpel("sub_pixel" #SIZE, vpx_sub_pixel_variance##SIZE##_c,                              \
                 vpx_sub_pixel_variance##SIZE##_simd128)

void check_comparisons(void) {
    SAD(16x16);
    SAD(16x8);
    SAD(8x16);
    SAD(8x8);
    SAD(4x4);
    VARIANCE(16x16);
    VARIANCE(16x8);
    VARIANCE(8x16);
    VARIANCE(8x8);
    VARIANCE(4x4);
    check_variance("mse16x16", vpx_mse16x16_c, vpx_mse16x16_simd128);
    SUBPEL(16x16);
    SUBPEL(16x8);
    SUBPEL(8x16);
    SUBPEL(8x8);
    check_words();
}
