// SPDX-License-Identifier: MIT
// How fast passwords may be guessed: by one address, by one address at one account, and by all
// addresses together at one account. The last does not hold for addresses from which the account's
// owner is signed in, so that nobody can lock an owner out by guessing. A right password costs
// nothing. Pure: time is an argument (monotonic microseconds).
#ifndef TABCAST_RELAY_GUESS_LIMITS_H
#define TABCAST_RELAY_GUESS_LIMITS_H

#include "relay/rate_limit.h"

struct guess_limits {
    struct address_limit addresses, pairs, accounts;
    uint32_t per_minute; // of one address
};

int guess_limits_init(struct guess_limits *g, uint32_t per_minute); // 0, or -1: out of memory
void guess_limits_dispose(struct guess_limits *g);                  // also a zeroed one

// An address as all who share it count: IPv6 by its network (/64). `out` gets 17 bytes.
void guess_address(char out[17], const char *address);
// What is too long for a bucket's key, in 64 bits.
uint64_t guess_name_hash(const char *name);

// Before anything is looked up. Returns 0, or for how many seconds to wait; then nothing was taken.
uint32_t guess_limits_take(struct guess_limits *g, const char *canonical, const char *address,
                           uint64_t now_us);
// Once it is known whether the owner is signed in from this address.
uint32_t guess_limits_take_account(struct guess_limits *g, const char *canonical,
                                   bool is_known_address, uint64_t now_us);
// The password was right: what it took is given back.
void guess_limits_give(struct guess_limits *g, const char *canonical, const char *address,
                       bool is_known_address, uint64_t now_us);

#endif
