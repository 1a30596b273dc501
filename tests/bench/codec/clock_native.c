// SPDX-License-Identifier: MIT
//
// The two clocks of the native build.
#include "codec_tool.h"

#include <time.h>

static double clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double cpu_clock_us(void) { return clock_us(CLOCK_PROCESS_CPUTIME_ID); }
double wall_clock_us(void) { return clock_us(CLOCK_MONOTONIC); }
