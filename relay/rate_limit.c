// SPDX-License-Identifier: MIT
#include "relay/rate_limit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// An address maps to a run of this many slots; the eldest of them makes room.
#define PROBE_COUNT 8

bool rate_limit_take(struct rate_limit *r, uint64_t now_us, uint64_t count, uint64_t per_second,
                     uint64_t burst) {
    assert(per_second && burst);
    const uint64_t elapsed_us = now_us > r->seen_us ? now_us - r->seen_us : 0;
    uint64_t level_us = r->level_us > elapsed_us ? r->level_us - elapsed_us : 0;
    const uint64_t cost_us = count * 1000000 / per_second;
    const uint64_t burst_us = burst * 1000000 / per_second;
    const bool is_allowed = level_us + cost_us <= burst_us;
    if (is_allowed)
        level_us += cost_us;
    r->level_us = level_us;
    r->seen_us = now_us;
    return is_allowed;
}

void rate_limit_give(struct rate_limit *r, uint64_t now_us, uint64_t count, uint64_t per_second) {
    const uint64_t elapsed_us = now_us > r->seen_us ? now_us - r->seen_us : 0;
    const uint64_t gone_us = elapsed_us + count * 1000000 / per_second;
    r->level_us = r->level_us > gone_us ? r->level_us - gone_us : 0;
    r->seen_us = now_us;
}

int address_limit_init(struct address_limit *a, size_t capacity) {
    assert(capacity >= PROBE_COUNT);
    a->slots = calloc(capacity, sizeof(*a->slots));
    a->capacity = capacity;
    return a->slots ? 0 : -1;
}

void address_limit_dispose(struct address_limit *a) {
    free(a->slots);
    a->slots = NULL;
}

static uint32_t
hash_text(const char *text) { // FNV-1a; the worst an attacker gains is eight shared buckets
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

bool address_limit_take(struct address_limit *a, const char *address, uint64_t now_us,
                        uint64_t per_second, uint64_t burst, uint64_t count) {
    const size_t start = hash_text(address) % a->capacity;
    struct address_limit_slot *eldest = NULL;
    for (size_t i = 0; i < PROBE_COUNT; i++) {
        struct address_limit_slot *const slot = &a->slots[(start + i) % a->capacity];
        if (strncmp(slot->address, address, sizeof(slot->address) - 1) == 0) {
            eldest = slot;
            break;
        }
        if (!eldest || (eldest->address[0] &&
                        (!slot->address[0] || slot->rate.seen_us < eldest->rate.seen_us)))
            eldest = slot;
    }
    if (strncmp(eldest->address, address, sizeof(eldest->address) - 1) != 0) {
        memset(eldest, 0, sizeof(*eldest));
        strncpy(eldest->address, address, sizeof(eldest->address) - 1);
    }
    return rate_limit_take(&eldest->rate, now_us, count, per_second, burst);
}

void address_limit_give(struct address_limit *a, const char *address, uint64_t now_us,
                        uint64_t per_second, uint64_t count) {
    const size_t start = hash_text(address) % a->capacity;
    for (size_t i = 0; i < PROBE_COUNT; i++) {
        struct address_limit_slot *const slot = &a->slots[(start + i) % a->capacity];
        if (strncmp(slot->address, address, sizeof(slot->address) - 1) == 0) {
            rate_limit_give(&slot->rate, now_us, count, per_second);
            return;
        }
    }
}
