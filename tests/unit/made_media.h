// SPDX-License-Identifier: MIT
// Made-up pictures and sound for the codec's tests: the same at every run, moving enough to
// exercise an encoder.
#ifndef TABCAST_TESTS_MADE_MEDIA_H
#define TABCAST_TESTS_MADE_MEDIA_H

#include "shared/wire.h"
#include <stddef.h>
#include <stdint.h>

// Fills an I420 picture of the size given: texture that drifts, a box that jumps, grain that never
// repeats. `grain` 0..64 is its strength.
void made_picture(uint8_t *const planes[3], const unsigned strides[3], unsigned width,
                  unsigned height, unsigned number, unsigned grain);

// Samples first..first+count of a 1 kHz tone at half scale, 48 kHz.
void made_tone(float *samples, uint64_t first, size_t count);

// Peak signal-to-noise ratio in dB over one plane; 99 when equal.
double made_psnr(const uint8_t *a, size_t a_stride, const uint8_t *b, size_t b_stride,
                 unsigned width, unsigned height);

// A hash over the visible part of one plane, to be chained.
uint64_t made_hash(uint64_t seed, const uint8_t *plane, size_t stride, unsigned width,
                   unsigned height);

struct made_bytes { // a buffer that grows; all zero is empty
    uint8_t *bytes;
    size_t len;
    size_t cap;
};

void made_bytes_add(struct made_bytes *b, const void *bytes, size_t len);
void made_bytes_free(struct made_bytes *b);
// Appends what stands behind the wire header of a message; returns the header. Fails the test when
// it is refused.
struct wire_header made_bytes_add_payload(struct made_bytes *b, const uint8_t *message, size_t len);

#endif
