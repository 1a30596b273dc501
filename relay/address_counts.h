// SPDX-License-Identifier: MIT
// How many connections each address has open, so that one of them cannot take all there are. IPv6
// counts by network (/64), which is what one person has. Pure.
#ifndef TABCAST_RELAY_ADDRESS_COUNTS_H
#define TABCAST_RELAY_ADDRESS_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_counts {
    struct address_count {
        uint64_t key; // 0: free
        uint32_t count;
    } * slots;
    uint32_t capacity; // a power of two
    uint32_t used;
};

// For up to `addresses` at once. 0, or -1 when out of memory.
int address_counts_init(struct address_counts *c, uint32_t addresses);
void address_counts_dispose(struct address_counts *c); // also a zeroed one

// Never 0. `len` 4 or 16 bytes in network order; IPv4 inside IPv6 counts as IPv4.
uint64_t address_key(const uint8_t *address, size_t len);

// One more; false when it has `limit` already, or the table is full.
bool address_counts_take(struct address_counts *c, uint64_t key, uint32_t limit);
// One fewer. A key that was never taken does nothing.
void address_counts_give(struct address_counts *c, uint64_t key);

#endif
