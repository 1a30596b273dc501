// SPDX-License-Identifier: MIT
// Token buckets: so many at once, then so many a second. Pure: time is an argument (monotonic
// microseconds).
#ifndef TABCAST_RELAY_RATE_LIMIT_H
#define TABCAST_RELAY_RATE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate_limit {
    uint64_t level_us; // spent, as the time it takes to refill; 0 = full bucket
    uint64_t seen_us;  // when level_us was true
};

// Takes `count` tokens from a bucket of `burst` which refills by `per_second` (both > 0). False,
// and nothing taken, when there are too few. A zeroed struct is a full bucket.
bool rate_limit_take(struct rate_limit *r, uint64_t now_us, uint64_t count, uint64_t per_second,
                     uint64_t burst);

// Gives back tokens that were taken.
void rate_limit_give(struct rate_limit *r, uint64_t now_us, uint64_t count, uint64_t per_second);

// One bucket for each address, in a table of fixed size. When it is full the bucket that was used
// longest ago makes room: an attacker with many addresses resets nobody's bucket sooner than after
// `capacity` others.
struct address_limit_slot {
    char address[46]; // longest IPv6 text and NUL; empty = free
    struct rate_limit rate;
};

struct address_limit {
    struct address_limit_slot *slots;
    size_t capacity;
};

int address_limit_init(struct address_limit *a, size_t capacity); // 0, or -1 when out of memory
void address_limit_dispose(struct address_limit *a);
bool address_limit_take(struct address_limit *a, const char *address, uint64_t now_us,
                        uint64_t per_second, uint64_t burst, uint64_t count);
// Gives back what was taken; nothing when the bucket had to make room meanwhile.
void address_limit_give(struct address_limit *a, const char *address, uint64_t now_us,
                        uint64_t per_second, uint64_t count);

#endif
