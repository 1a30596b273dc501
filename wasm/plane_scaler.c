// SPDX-License-Identifier: MIT
// Owns the arithmetic of scaling: rows are mixed first (long runs, which compilers vectorise), then
// the pixels of the mixed row. Weights are 8 bits and sum up to 256 exactly, so that a flat picture
// stays flat.
#include "wasm/plane_scaler.h"

#include "wasm/codec_status.h"

#include <stdlib.h>
#include <string.h>

#define WEIGHT_ONE 256
#define WEIGHT_HALF 128
#define WEIGHT_BITS 8

struct tap_run {           // what one pixel of the result is made of
    uint32_t first;        // pixel of the source
    uint32_t count;        // >= 1
    uint32_t first_weight; // index into weights
};

struct axis {
    struct tap_run *runs; // one per pixel of the result
    uint16_t *weights;
    unsigned from;
    unsigned to;
};

struct plane_scaler {
    struct axis x;
    struct axis y;
    unsigned components;
    uint16_t *sums; // one source row, WEIGHT_ONE-fold
    uint8_t *row;   // one source row, mixed
};

// --- Weights -------------------------------------------------------------------------------------

// Pixel i covers [i, i + 1) * from / to of the source, measured in units of 1 / to pixel.
static uint32_t box_taps(const struct axis *a, unsigned i, uint16_t *weights, uint32_t *first) {
    const uint64_t start = (uint64_t)i * a->from;
    const uint64_t end = start + a->from;
    *first = (uint32_t)(start / a->to);
    const uint32_t last = (uint32_t)((end - 1) / a->to);
    uint32_t given = 0;
    for (uint32_t k = *first; k <= last; k++) {
        const uint64_t edge = (uint64_t)(k + 1) * a->to;
        const uint64_t covered = (edge < end ? edge : end) - start;
        // Rounding the running sum, not each weight, is what makes them sum up.
        const uint32_t sum = (uint32_t)((covered * WEIGHT_ONE + a->from / 2) / a->from);
        weights[k - *first] = (uint16_t)(sum - given);
        given = sum;
    }
    return last - *first + 1;
}

// The middle of pixel i lies at (i + 0.5) * from / to - 0.5, here in units of 1 / (2 * to) pixel.
static uint32_t line_taps(const struct axis *a, unsigned i, uint16_t *weights, uint32_t *first) {
    const int64_t unit = 2 * (int64_t)a->to;
    int64_t middle = (2 * (int64_t)i + 1) * a->from - (int64_t)a->to;
    const int64_t max = ((int64_t)a->from - 1) * unit;
    middle = middle < 0 ? 0 : middle > max ? max : middle;
    *first = (uint32_t)(middle / unit);
    const uint32_t far = (uint32_t)((middle % unit * WEIGHT_ONE + unit / 2) / unit);
    if (far == 0) {
        weights[0] = WEIGHT_ONE;
        return 1;
    }
    weights[0] = (uint16_t)(WEIGHT_ONE - far);
    weights[1] = (uint16_t)far;
    return 2;
}

static int axis_init(struct axis *a, unsigned from, unsigned to) {
    a->from = from;
    a->to = to;
    // A box touches at most from / to + 2 pixels.
    const size_t taps_max = (size_t)from / to + 2;
    a->runs = calloc(to, sizeof *a->runs);
    a->weights = calloc(to * taps_max, sizeof *a->weights);
    if (a->runs == NULL || a->weights == NULL)
        return CODEC_ERR_MEMORY;
    for (unsigned i = 0; i < to; i++) {
        struct tap_run *const run = &a->runs[i];
        run->first_weight = (uint32_t)(i * taps_max);
        uint16_t *const weights = a->weights + run->first_weight;
        run->count = from > to ? box_taps(a, i, weights, &run->first)
                               : line_taps(a, i, weights, &run->first);
    }
    return 0;
}

static void axis_dispose(struct axis *a) {
    free(a->runs);
    free(a->weights);
}

// --- Life ----------------------------------------------------------------------------------------

static int side_is_valid(unsigned side) { return side >= 1 && side <= PLANE_SCALER_SIDE_MAX; }

int plane_scaler_create(struct plane_scaler **out, unsigned components, struct plane_size from,
                        struct plane_size to) {
    *out = NULL;
    if ((components != 1 && components != 2 && components != 4) || !side_is_valid(from.width) ||
        !side_is_valid(from.height) || !side_is_valid(to.width) || !side_is_valid(to.height))
        return CODEC_ERR_ARGUMENT;
    struct plane_scaler *const s = calloc(1, sizeof *s);
    if (s == NULL)
        return CODEC_ERR_MEMORY;
    s->components = components;
    const size_t row_len = (size_t)from.width * components;
    s->sums = malloc(row_len * sizeof *s->sums);
    s->row = malloc(row_len);
    if (s->sums == NULL || s->row == NULL || axis_init(&s->x, from.width, to.width) != 0 ||
        axis_init(&s->y, from.height, to.height) != 0) {
        plane_scaler_destroy(s);
        return CODEC_ERR_MEMORY;
    }
    *out = s;
    return 0;
}

void plane_scaler_destroy(struct plane_scaler *s) {
    if (s == NULL)
        return;
    axis_dispose(&s->x);
    axis_dispose(&s->y);
    free(s->sums);
    free(s->row);
    free(s);
}

// --- Work ----------------------------------------------------------------------------------------

static void sums_set(uint16_t *restrict sums, const uint8_t *restrict row, unsigned weight,
                     size_t len) {
    for (size_t i = 0; i < len; i++)
        sums[i] = (uint16_t)(row[i] * weight + WEIGHT_HALF);
}

static void sums_add(uint16_t *restrict sums, const uint8_t *restrict row, unsigned weight,
                     size_t len) {
    for (size_t i = 0; i < len; i++)
        sums[i] = (uint16_t)(sums[i] + row[i] * weight);
}

static void sums_take(uint8_t *restrict row, const uint16_t *restrict sums, size_t len) {
    for (size_t i = 0; i < len; i++)
        row[i] = (uint8_t)(sums[i] >> WEIGHT_BITS);
}

// One row made of the source rows that `run` names; the source's own row when it is but one.
static const uint8_t *mix_rows(struct plane_scaler *s, const struct tap_run *run,
                               const uint8_t *from, size_t from_stride) {
    const uint8_t *row = from + run->first * from_stride;
    if (run->count == 1)
        return row;
    const size_t len = (size_t)s->x.from * s->components;
    const uint16_t *const weights = s->y.weights + run->first_weight;
    sums_set(s->sums, row, weights[0], len);
    for (uint32_t k = 1; k < run->count; k++) {
        row += from_stride;
        sums_add(s->sums, row, weights[k], len);
    }
    sums_take(s->row, s->sums, len);
    return s->row;
}

static inline void mix_pixels(const struct axis *x, unsigned components, uint8_t *restrict to,
                              const uint8_t *restrict row) {
    for (unsigned i = 0; i < x->to; i++) {
        const struct tap_run run = x->runs[i];
        const uint16_t *const weights = x->weights + run.first_weight;
        const uint8_t *pixel = row + (size_t)run.first * components;
        uint32_t sums[4] = {WEIGHT_HALF, WEIGHT_HALF, WEIGHT_HALF, WEIGHT_HALF};
        for (uint32_t k = 0; k < run.count; k++, pixel += components) {
            for (unsigned c = 0; c < components; c++)
                sums[c] += (uint32_t)pixel[c] * weights[k];
        }
        for (unsigned c = 0; c < components; c++)
            to[i * components + c] = (uint8_t)(sums[c] >> WEIGHT_BITS);
    }
}

void plane_scaler_run(struct plane_scaler *s, uint8_t *to, size_t to_stride, const uint8_t *from,
                      size_t from_stride) {
    for (unsigned y = 0; y < s->y.to; y++, to += to_stride) {
        const uint8_t *const row = mix_rows(s, &s->y.runs[y], from, from_stride);
        // Constant component counts let the compiler unroll.
        if (s->x.from == s->x.to)
            memcpy(to, row, (size_t)s->x.to * s->components);
        else if (s->components == 1)
            mix_pixels(&s->x, 1, to, row);
        else if (s->components == 2)
            mix_pixels(&s->x, 2, to, row);
        else
            mix_pixels(&s->x, 4, to, row);
    }
}
