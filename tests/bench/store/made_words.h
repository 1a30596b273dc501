// SPDX-License-Identifier: MIT
// Words for made-up shows: the same for the same seed. Pure.
#ifndef TABCAST_BENCH_STORE_MADE_WORDS_H
#define TABCAST_BENCH_STORE_MADE_WORDS_H

#include <stddef.h>

unsigned made_random(unsigned *seed); // 24 bits

// Adds a word and a blank behind the text in `out`. Six of ten words are one of fifteen common
// ones, the earlier the commoner; the others are one of 20,000.
void made_word_add(char *out, size_t cap, unsigned *seed);

#endif
