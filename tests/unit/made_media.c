// SPDX-License-Identifier: MIT
#include "made_media.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned noise(unsigned x) {
    x ^= x >> 16;
    x *= 0x7FEB352DU;
    x ^= x >> 15;
    x *= 0x846CA68BU;
    return x ^ x >> 16;
}

void made_picture(uint8_t *const planes[3], const unsigned strides[3], unsigned width,
                  unsigned height, unsigned number, unsigned grain) {
    const unsigned box = height / 4;
    const unsigned box_x = (number * 7) % (width - box), box_y = (number * 3) % (height - box);
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            const int is_box = x - box_x < box && y - box_y < box;
            const unsigned texture = ((x + 2 * number) / 8 * 29 ^ (y + number) / 8 * 43) % 96;
            const unsigned value = is_box ? 200 + (x + y) % 16 : 40 + texture + y * 48 / height;
            const unsigned grit = grain ? noise(number * 2654435761U + y * width + x) % grain : 0;
            planes[0][(size_t)y * strides[0] + x] =
                (uint8_t)(value + grit > 235 ? 235 : value + grit);
        }
    }
    for (unsigned y = 0; y < height / 2; y++) {
        for (unsigned x = 0; x < width / 2; x++) {
            planes[1][(size_t)y * strides[1] + x] = (uint8_t)(96 + x * 64 / width);
            planes[2][(size_t)y * strides[2] + x] = (uint8_t)(112 + (y + number) % 32);
        }
    }
}

void made_tone(float *samples, uint64_t first, size_t count) {
    for (size_t i = 0; i < count; i++)
        samples[i] = (float)(0.5 * sin(2 * 3.14159265358979 * 1000 / 48000 * (double)(first + i)));
}

double made_psnr(const uint8_t *a, size_t a_stride, const uint8_t *b, size_t b_stride,
                 unsigned width, unsigned height) {
    double sum = 0;
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            const double d = (double)a[y * a_stride + x] - b[y * b_stride + x];
            sum += d * d;
        }
    }
    return sum > 0 ? 10 * log10(255.0 * 255 * width * height / sum) : 99;
}

uint64_t made_hash(uint64_t seed, const uint8_t *plane, size_t stride, unsigned width,
                   unsigned height) {
    uint64_t hash = seed ^ 0xCBF29CE484222325ULL; // FNV-1a
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++)
            hash = (hash ^ plane[y * stride + x]) * 0x100000001B3ULL;
    }
    return hash;
}

void made_bytes_add(struct made_bytes *b, const void *bytes, size_t len) {
    if (b->len + len > b->cap) {
        b->cap = 2 * (b->len + len);
        b->bytes = realloc(b->bytes, b->cap);
        assert_non_null(b->bytes);
    }
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

void made_bytes_free(struct made_bytes *b) {
    free(b->bytes);
    *b = (struct made_bytes){0};
}

struct wire_header made_bytes_add_payload(struct made_bytes *b, const uint8_t *message,
                                          size_t len) {
    struct wire_header header;
    assert_int_equal(wire_header_read(&header, message, len), WIRE_OK);
    made_bytes_add(b, message + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN);
    return header;
}
