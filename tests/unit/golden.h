// SPDX-License-Identifier: MIT
// Reads tests/golden: vectors line by line, and whole files. For tests, so anything wrong aborts
// with a sentence.
#ifndef TABCAST_TESTS_GOLDEN_H
#define TABCAST_TESTS_GOLDEN_H

#include <stddef.h>
#include <stdint.h>

struct golden_vector {
    char name[80];
    uint8_t *bytes; // exactly `len` bytes of their own: one byte too far is found by ASan
    size_t len;
    char json[512]; // flat object of our own making: no blanks, no escapes
};

// Calls `check` for each vector of tests/golden/FILE; returns how many there were (never 0).
size_t golden_each(const char *file, void (*check)(const struct golden_vector *v));

// A member's value; absent ones are 0 and "".
uint64_t golden_number(const struct golden_vector *v, const char *key);
int golden_true(const struct golden_vector *v, const char *key);
// Valid until the next call.
const char *golden_text(const struct golden_vector *v, const char *key);

// A whole file; free() it. `path` from the project's root on.
uint8_t *golden_file(const char *path, size_t *len);

#endif
