// SPDX-License-Identifier: MIT
// Owns the arithmetic of scaling: rows are mixed first (long runs, which compilers vectorise), then
// the pixels of the mixed row. Weights are 8 bits and sum up to 256 exactly, so that a flat picture
// stays flat.
#include "wasm/plane_scaler.h"

#include "wasm/codec_status.h"

#include <stdlib.h>
#include <string.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#define WEIGHT_ONE 256
#define WEIGHT_HALF 128
#define WEIGHT_BITS 8

struct axis {
    uint32_t *firsts;  // per pixel of the result: the first source pixel it is made of
    uint16_t *weights; // per pixel of the result: `taps` of them, some of them 0
    unsigned taps;     // source pixels that each pixel of the result looks at
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

// Both write at most this many weights.
static unsigned taps_max_of(unsigned from, unsigned to) { return from / to + 2; }

static uint32_t make_taps(const struct axis *a, unsigned i, uint16_t *weights, uint32_t *first) {
    return a->from > a->to ? box_taps(a, i, weights, first) : line_taps(a, i, weights, first);
}

// Every pixel gets the same number of taps, so that the inner loops have a constant length.
static int axis_init(struct axis *a, unsigned from, unsigned to) {
    a->from = from;
    a->to = to;
    a->taps = 1;
    const unsigned taps_max = taps_max_of(from, to);
    uint16_t *const weights = calloc(taps_max, sizeof *weights);
    a->firsts = calloc(to, sizeof *a->firsts);
    a->weights = calloc((size_t)to * taps_max, sizeof *a->weights);
    if (weights == NULL || a->firsts == NULL || a->weights == NULL) {
        free(weights);
        return CODEC_ERR_MEMORY;
    }
    for (unsigned i = 0; i < to; i++) {
        const uint32_t count = make_taps(a, i, weights, &a->firsts[i]);
        a->taps = count > a->taps ? count : a->taps;
    }
    for (unsigned i = 0; i < to; i++) {
        const uint32_t count = make_taps(a, i, weights, &a->firsts[i]);
        // At the far edge the run is moved back into the source.
        const uint32_t last_first = from - a->taps;
        const uint32_t back = a->firsts[i] > last_first ? a->firsts[i] - last_first : 0;
        a->firsts[i] -= back;
        memcpy(a->weights + (size_t)i * a->taps + back, weights, count * sizeof *weights);
    }
    free(weights);
    return 0;
}

static void axis_dispose(struct axis *a) {
    free(a->firsts);
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

// Half as many: what all taps and weights come to when both sides are exactly half, with the same
// bits. Renditions mostly are.
static int is_half(const struct axis *a) { return a->from == 2 * a->to; }

static void halve_rows(uint8_t *restrict to, const uint8_t *restrict above,
                       const uint8_t *restrict below, size_t len) {
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)((above[i] + below[i] + 1) >> 1);
}

static void halve_bytes(uint8_t *restrict to, const uint8_t *restrict row, unsigned len) {
    unsigned i = 0;
#ifdef __wasm_simd128__
    const v128_t one = wasm_i16x8_const_splat(1);
    for (; i + 16 <= len; i += 16) {
        const v128_t a = wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(row + 2 * (size_t)i));
        const v128_t b = wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(row + 2 * (size_t)i + 16));
        wasm_v128_store(to + i, wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(wasm_i16x8_add(a, one), 1),
                                                        wasm_u16x8_shr(wasm_i16x8_add(b, one), 1)));
    }
#endif
    for (; i < len; i++)
        to[i] = (uint8_t)((row[2 * (size_t)i] + row[2 * (size_t)i + 1] + 1) >> 1);
}

// One row made of the source rows that pixel `y` of the result is made of; the source's own row
// when it is but one.
static const uint8_t *mix_rows(struct plane_scaler *s, unsigned y, const uint8_t *from,
                               size_t from_stride) {
    const uint8_t *row = from + s->y.firsts[y] * from_stride;
    const uint16_t *const weights = s->y.weights + (size_t)y * s->y.taps;
    if (s->y.taps == 1)
        return row;
    const size_t len = (size_t)s->x.from * s->components;
    if (is_half(&s->y)) {
        halve_rows(s->row, row, row + from_stride, len);
        return s->row;
    }
    sums_set(s->sums, row, weights[0], len);
    for (unsigned k = 1; k < s->y.taps; k++) {
        row += from_stride;
        if (weights[k] != 0)
            sums_add(s->sums, row, weights[k], len);
    }
    sums_take(s->row, s->sums, len);
    return s->row;
}

// One byte a pixel. Two taps, which shrinking to more than half mostly takes, are worth code of
// their own.
static void mix_bytes(const struct axis *x, uint8_t *restrict to, const uint8_t *restrict row) {
    const uint16_t *restrict weights = x->weights;
    if (x->taps == 2) {
        for (unsigned i = 0; i < x->to; i++, weights += 2) {
            const uint8_t *const pixel = row + x->firsts[i];
            to[i] = (uint8_t)((pixel[0] * weights[0] + pixel[1] * weights[1] + WEIGHT_HALF) >>
                              WEIGHT_BITS);
        }
        return;
    }
    for (unsigned i = 0; i < x->to; i++, weights += x->taps) {
        const uint8_t *const pixel = row + x->firsts[i];
        unsigned sum = WEIGHT_HALF;
        for (unsigned k = 0; k < x->taps; k++)
            sum += (unsigned)pixel[k] * weights[k];
        to[i] = (uint8_t)(sum >> WEIGHT_BITS);
    }
}

// Two bytes a pixel.
static void mix_pairs(const struct axis *x, uint8_t *restrict to, const uint8_t *restrict row) {
    const uint16_t *restrict weights = x->weights;
    for (unsigned i = 0; i < x->to; i++, weights += x->taps) {
        const uint8_t *const pixel = row + 2 * (size_t)x->firsts[i];
        unsigned first = WEIGHT_HALF, second = WEIGHT_HALF;
        for (unsigned k = 0; k < x->taps; k++) {
            first += (unsigned)pixel[2 * k] * weights[k];
            second += (unsigned)pixel[2 * k + 1] * weights[k];
        }
        to[2 * i] = (uint8_t)(first >> WEIGHT_BITS);
        to[2 * i + 1] = (uint8_t)(second >> WEIGHT_BITS);
    }
}

// Four bytes a pixel, two at once in the 16-bit halves of a word: weights sum up to 256, so that no
// half overflows.
static void mix_words(const struct axis *x, uint8_t *restrict to, const uint8_t *restrict row) {
    const uint32_t bytes_mask = 0x00FF00FF, halves = 0x00800080;
    const uint16_t *restrict weights = x->weights;
    for (unsigned i = 0; i < x->to; i++, weights += x->taps) {
        const uint8_t *pixel = row + 4 * (size_t)x->firsts[i];
        uint32_t even = halves, odd = halves;
        for (unsigned k = 0; k < x->taps; k++, pixel += 4) {
            uint32_t word;
            memcpy(&word, pixel, sizeof word);
            even += (word & bytes_mask) * weights[k];
            odd += (word >> 8 & bytes_mask) * weights[k];
        }
        const uint32_t word = (even >> WEIGHT_BITS & bytes_mask) | (odd & ~bytes_mask);
        memcpy(to + 4 * (size_t)i, &word, sizeof word);
    }
}

void plane_scaler_run(struct plane_scaler *s, uint8_t *to, size_t to_stride, const uint8_t *from,
                      size_t from_stride) {
    for (unsigned y = 0; y < s->y.to; y++, to += to_stride) {
        const uint8_t *const row = mix_rows(s, y, from, from_stride);
        // Constant component counts let the compiler unroll.
        if (s->x.from == s->x.to)
            memcpy(to, row, (size_t)s->x.to * s->components);
        else if (s->components == 1 && is_half(&s->x))
            halve_bytes(to, row, s->x.to);
        else if (s->components == 1)
            mix_bytes(&s->x, to, row);
        else if (s->components == 2)
            mix_pairs(&s->x, to, row);
        else
            mix_words(&s->x, to, row);
    }
}
