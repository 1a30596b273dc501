// SPDX-License-Identifier: MIT
//
// Kernels that write pixels from other pixels: six-tap and bilinear prediction, intra prediction,
// copies.
#include "check.h"

#include <string.h>

#include "vp8_rtcd.h"
#include "vpx_dsp_rtcd.h"

static struct canvas source;
static struct canvas expected;
static struct canvas result;

#define FROM (source.pixels + BLOCK_AT)
#define EXPECTED (expected.pixels + BLOCK_AT)
#define RESULT (result.pixels + BLOCK_AT)

static void fill_all(enum fill kind) {
    check_fill(&source, kind);
    check_fill(&expected, FILL_NOISE);
    result = expected;
}

typedef void predict_function(unsigned char *, int, int, int, unsigned char *, int);

// Of two-tap filters the reference forbids whole pixels in both directions.
static void check_subpixel(const char *name, predict_function *reference, predict_function *ours,
                           int allows_whole) {
    for (int i = 0; i < FILL_KINDS * 64; i++) {
        const int x = i / FILL_KINDS % 8;
        const int y = i / FILL_KINDS / 8;
        if (x == 0 && y == 0 && !allows_whole) {
            continue;
        }
        fill_all(i % FILL_KINDS);
        reference(FROM, CANVAS_STRIDE, x, y, EXPECTED, CANVAS_STRIDE);
        ours(FROM, CANVAS_STRIDE, x, y, RESULT, CANVAS_STRIDE);
        check_equal(name, "prediction", &expected, &result, sizeof(result));
    }
    static const int offsets[][2] = {{2, 0}, {0, 2}, {2, 6}, {3, 5}};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        const int x = offsets[i][0];
        const int y = offsets[i][1];
        char label[64];
        snprintf(label, sizeof(label), "%s %d,%d", name, x, y);
        CHECK_SPEED(label, reference(FROM, CANVAS_STRIDE, x, y, EXPECTED, CANVAS_STRIDE),
                    ours(FROM, CANVAS_STRIDE, x, y, RESULT, CANVAS_STRIDE));
    }
}

typedef void intra_function(uint8_t *, ptrdiff_t, const uint8_t *, const uint8_t *);

static void check_intra(const char *name, intra_function *reference, intra_function *ours) {
    uint8_t left[16];
    for (int i = 0; i < FILL_KINDS * CHECK_ROUNDS; i++) {
        fill_all(i % FILL_KINDS);
        for (int y = 0; y < 16; y++) {
            left[y] = source.pixels[CANVAS_STRIDE * y];
        }
        reference(EXPECTED, CANVAS_STRIDE, FROM, left);
        ours(RESULT, CANVAS_STRIDE, FROM, left);
        check_equal(name, "prediction", &expected, &result, sizeof(result));
    }
    CHECK_SPEED(name, reference(EXPECTED, CANVAS_STRIDE, FROM, left),
                ours(RESULT, CANVAS_STRIDE, FROM, left));
}

typedef void copy_function(unsigned char *, int, unsigned char *, int);

static void check_copy(const char *name, copy_function *reference, copy_function *ours) {
    for (int i = 0; i < CHECK_ROUNDS; i++) {
        fill_all(FILL_NOISE);
        reference(FROM, CANVAS_STRIDE, EXPECTED, CANVAS_STRIDE);
        ours(FROM, CANVAS_STRIDE, RESULT, CANVAS_STRIDE);
        check_equal(name, "copy", &expected, &result, sizeof(result));
    }
    CHECK_SPEED(name, reference(FROM, CANVAS_STRIDE, EXPECTED, CANVAS_STRIDE),
                ours(FROM, CANVAS_STRIDE, RESULT, CANVAS_STRIDE));
}

static void check_copy_rows(void) {
    for (int rows = 1; rows <= 32; rows++) {
        fill_all(FILL_NOISE);
        vp8_copy32xn_c(FROM, CANVAS_STRIDE, EXPECTED, CANVAS_STRIDE, rows);
        vp8_copy32xn_simd128(FROM, CANVAS_STRIDE, RESULT, CANVAS_STRIDE, rows);
        check_equal("copy32xn", "copy", &expected, &result, sizeof(result));
    }
}

#define SIXTAP(SIZE)                                                                               \
    check_subpixel("sixtap" #SIZE, vp8_sixtap_predict##SIZE##_c,                                   \
                   vp8_sixtap_predict##SIZE##_simd128, 1)
#define BILINEAR(SIZE)                                                                             \
    check_subpixel("bilinear" #SIZE, vp8_bilinear_predict##SIZE##_c,                               \
                   vp8_bilinear_predict##SIZE##_simd128, 0)
#define INTRA(KIND, SIZE)                                                                          \
    check_intra(#KIND "_predictor_" #SIZE, vpx_##KIND##_predictor_##SIZE##_c,                      \
                vpx_##KIND##_predictor_##SIZE##_simd128)
#define INTRAS(SIZE)                                                                               \
    INTRA(dc, SIZE);                                                                               \
    INTRA(dc_top, SIZE);                                                                           \
    INTRA(dc_left, SIZE);                                                                          \
    INTRA(v, SIZE);                                                                                \
    INTRA(h, SIZE);                                                                                \
    INTRA(tm, SIZE)
#define COPY(SIZE)                                                                                 \
    check_copy("copy_mem" #SIZE, vp8_copy_mem##SIZE##_c, vp8_copy_mem##SIZE##_simd128)

void check_predictions(void) {
    SIXTAP(16x16);
    SIXTAP(8x8);
    SIXTAP(8x4);
    SIXTAP(4x4);
    BILINEAR(16x16);
    BILINEAR(8x8);
    BILINEAR(8x4);
    BILINEAR(4x4);
    INTRAS(16x16);
    INTRAS(8x8);
    INTRA(tm, 4x4);
    COPY(16x16);
    COPY(8x8);
    COPY(8x4);
    check_copy_rows();
}
