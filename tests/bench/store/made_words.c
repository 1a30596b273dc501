// SPDX-License-Identifier: MIT
#include "made_words.h"

#include <stdio.h>
#include <string.h>

static const char *const common[] = {"show",    "live",    "drawing", "birds",   "evening",
                                     "concert", "piano",   "garden",  "rabbits", "theatre",
                                     "reading", "talking", "games",   "kitchen", "learning"};
#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

unsigned made_random(unsigned *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

void made_word_add(char *out, size_t cap, unsigned *seed) {
    const size_t len = strlen(out);
    const unsigned r = made_random(seed);
    if (r % 10 < 6)
        snprintf(out + len, cap - len, "%s ",
                 common[(r / 10 % COMMON_COUNT) * (r / 512 % COMMON_COUNT) / COMMON_COUNT]);
    else
        snprintf(out + len, cap - len, "word%u ", r / 10 % 20000);
}
