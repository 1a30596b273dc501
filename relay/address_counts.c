// SPDX-License-Identifier: MIT
// An open hash table with linear probing; a freed slot is closed by moving those behind it up.
#include "relay/address_counts.h"

#include <stdlib.h>
#include <string.h>

#define TAG_V4 (1ULL << 32)
#define TAG_V6 (1ULL << 63)

int address_counts_init(struct address_counts *c, uint32_t addresses) {
    uint32_t capacity = 16;
    while (capacity < addresses * 2 && capacity < 1u << 31)
        capacity *= 2;
    *c =
        (struct address_counts){.slots = calloc(capacity, sizeof(*c->slots)), .capacity = capacity};
    return c->slots ? 0 : -1;
}

void address_counts_dispose(struct address_counts *c) {
    free(c->slots);
    *c = (struct address_counts){0};
}

static uint64_t read_be(const uint8_t *p, size_t len) {
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | p[i];
    return value;
}

uint64_t address_key(const uint8_t *address, size_t len) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (len == 16 && memcmp(address, mapped, sizeof(mapped)) == 0) {
        address += 12;
        len = 4;
    }
    return len == 4 ? TAG_V4 | read_be(address, 4) : TAG_V6 | read_be(address, 8);
}

static uint32_t home_of(const struct address_counts *c, uint64_t key) {
    return (uint32_t)(key * 0x9e3779b97f4a7c15ULL >> 32) & (c->capacity - 1);
}

// The key's slot, or the free one where it would stand.
static uint32_t find(const struct address_counts *c, uint64_t key) {
    uint32_t i = home_of(c, key);
    while (c->slots[i].key && c->slots[i].key != key)
        i = (i + 1) & (c->capacity - 1);
    return i;
}

bool address_counts_take(struct address_counts *c, uint64_t key, uint32_t limit) {
    struct address_count *const slot = &c->slots[find(c, key)];
    if (slot->count >= limit)
        return false;
    if (!slot->key) {
        if (c->used * 4 >= c->capacity * 3) // probing needs free slots to end at
            return false;
        slot->key = key;
        c->used++;
    }
    slot->count++;
    return true;
}

static void free_slot(struct address_counts *c, uint32_t hole) {
    const uint32_t mask = c->capacity - 1;
    for (uint32_t i = (hole + 1) & mask; c->slots[i].key; i = (i + 1) & mask) {
        // Moves up when its home does not lie behind the hole.
        if (((i - home_of(c, c->slots[i].key)) & mask) >= ((i - hole) & mask)) {
            c->slots[hole] = c->slots[i];
            hole = i;
        }
    }
    c->slots[hole] = (struct address_count){0};
    c->used--;
}

void address_counts_give(struct address_counts *c, uint64_t key) {
    const uint32_t i = find(c, key);
    if (!key || !c->slots[i].key)
        return;
    if (--c->slots[i].count == 0)
        free_slot(c, i);
}
