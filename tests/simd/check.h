// SPDX-License-Identifier: MIT
//
// Checks kernels of wasm/simd/ against libvpx's C reference: both get the same input and a canvas
// each; afterwards results and whole canvases must be equal, so that a byte written outside is
// found too. With
// --speed a line per kernel says what each takes.
//
// One program for all kernels (check_main.c), built for WebAssembly and run in Node; each
// check_NAME.c holds the kernels of one kind.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Pixels around a block that kernels may read: filters look 2 back and 3 on, loop filters 4 back.
enum { CANVAS_STRIDE = 64, CANVAS_ROWS = 48, CANVAS_LEN = CANVAS_STRIDE * CANVAS_ROWS };
enum { BLOCK_AT = 12 * CANVAS_STRIDE + 17 }; // odd on purpose: nothing may lean on alignment

struct canvas {
    uint8_t pixels[CANVAS_LEN];
};

// The kinds of input: noise, and what reaches the ends of the scale.
enum fill {
    FILL_NOISE,
    FILL_GENTLE,
    FILL_BLACK,
    FILL_WHITE,
    FILL_CHEQUERS,
    FILL_STEPS,
    FILL_KINDS
};

uint32_t check_random(void);
int check_random_between(int low, int high);
void check_fill(struct canvas *canvas, enum fill kind);
// Words of a residue or of coefficients, between -range and range; now and then only the ends.
void check_fill_words(int16_t *words, int count, int range);

// Counts one comparison; tells stderr of a difference once per kernel and case.
void check_equal(const char *kernel, const char *what, const void *reference, const void *ours,
                 size_t len);
void check_equal_number(const char *kernel, const char *what, uint32_t reference, uint32_t ours);

int check_wants_speed(void);
void check_tell_speed(const char *kernel, double reference_ns, double ours_ns);
double check_now_ns(void);

// Nanoseconds of one CALL, the best of some rounds.
#define CHECK_TIME(CALL)                                                                           \
    __extension__({                                                                                \
        double best_ns = 1e12;                                                                     \
        for (int round_ = 0; round_ < 12; round_++) {                                              \
            const double start_ns = check_now_ns();                                                \
            for (int turn_ = 0; turn_ < 4000; turn_++) {                                           \
                CALL;                                                                              \
            }                                                                                      \
            const double took_ns = (check_now_ns() - start_ns) / 4000;                             \
            best_ns = took_ns < best_ns ? took_ns : best_ns;                                       \
        }                                                                                          \
        best_ns;                                                                                   \
    })
#define CHECK_SPEED(NAME, REFERENCE, OURS)                                                         \
    do {                                                                                           \
        if (check_wants_speed()) {                                                                 \
            const double reference_ns_ = CHECK_TIME(REFERENCE);                                    \
            check_tell_speed(NAME, reference_ns_, CHECK_TIME(OURS));                               \
        }                                                                                          \
    } while (0)

enum { CHECK_ROUNDS = 40 }; // per kernel, kind of input and case

void check_comparisons(void);
void check_transforms(void);
void check_predictions(void);
void check_loop_filters(void);
