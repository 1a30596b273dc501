// SPDX-License-Identifier: MIT
//
// Input, comparison and counting for the kernels' checks, and their main().
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint32_t random_state = 0x2545f491; // the same input in every run
static int comparisons;
static int differences;
static const char *last_told = "";
static int wants_speed;

uint32_t check_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

int check_random_between(int low, int high) {
    return low + (int)(check_random() % (uint32_t)(high - low + 1));
}

static uint8_t fill_pixel(enum fill kind, int x, int y, int base) {
    switch (kind) {
    case FILL_NOISE:
        return (uint8_t)check_random();
    case FILL_GENTLE: // what loop filters and motion search meet: little differences
        return (uint8_t)((base + x / 2 + y / 3 + check_random_between(-4, 4)) & 0xff);
    case FILL_BLACK:
        return 0;
    case FILL_WHITE:
        return 255;
    case FILL_CHEQUERS:
        return (x ^ y) & 1 ? 255 : 0;
    default: // FILL_STEPS: flat areas with an edge every four pixels
        return (uint8_t)(base + 9 * (x / 4) + 5 * (y / 4));
    }
}

void check_fill(struct canvas *canvas, enum fill kind) {
    const int base = check_random_between(0, 255);
    for (int y = 0; y < CANVAS_ROWS; y++) {
        for (int x = 0; x < CANVAS_STRIDE; x++) {
            canvas->pixels[y * CANVAS_STRIDE + x] = fill_pixel(kind, x, y, base);
        }
    }
}

void check_fill_words(int16_t *words, int count, int range) {
    const int only_ends = check_random() % 4 == 0;
    const int narrow = check_random() % 3 == 0 ? range / 16 : range;
    for (int i = 0; i < count; i++) {
        const int value = check_random_between(-narrow, narrow);
        words[i] = (int16_t)(only_ends ? (value < 0 ? -range : range) : value);
    }
}

static void tell_difference(const char *kernel, const char *what) {
    differences++;
    if (strcmp(kernel, last_told) != 0) {
        fprintf(stderr, "%s: %s differs from the reference\n", kernel, what);
        last_told = kernel;
    }
}

void check_equal(const char *kernel, const char *what, const void *reference, const void *ours,
                 size_t len) {
    comparisons++;
    if (memcmp(reference, ours, len) != 0) {
        tell_difference(kernel, what);
    }
}

void check_equal_number(const char *kernel, const char *what, uint32_t reference, uint32_t ours) {
    check_equal(kernel, what, &reference, &ours, sizeof(ours));
}

int check_wants_speed(void) { return wants_speed; }

void check_tell_speed(const char *kernel, double reference_ns, double ours_ns) {
    printf("%-28s %8.1f %8.1f %7.1f\n", kernel, reference_ns, ours_ns, reference_ns / ours_ns);
}

double check_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int count, char **words) {
    wants_speed = count > 1 && strcmp(words[1], "--speed") == 0;
    if (wants_speed) {
        printf("%-28s %8s %8s %7s\n", "kernel", "C ns", "ours ns", "times");
    }
    check_comparisons();
    check_transforms();
    check_predictions();
    check_loop_filters();
    printf("comparisons=%d differences=%d\n", comparisons, differences);
    return comparisons > 0 && differences == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
