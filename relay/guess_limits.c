// SPDX-License-Identifier: MIT
#include "relay/guess_limits.h"

#include "relay/address_counts.h"
#include "relay/relay_limits.h"
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

// A bucket counts in thousandths, so that a rate per minute is a whole number per second.
struct bucket {
    uint64_t per_second, burst;
    uint32_t wait_s;
};
#define ONE 1000
// Five slips of a finger, then one try each ten seconds: 8,640 a day.
static const struct bucket pair_bucket = {ONE / 10, 5 * ONE, 10};
// From addresses that the owner is not at: a botnet gets no more than this, however large.
static const struct bucket account_bucket = {ONE / 5, 30 * ONE, 5};

static struct bucket address_bucket(const struct guess_limits *g) {
    return (struct bucket){(uint64_t)g->per_minute * ONE / 60 + 1, (uint64_t)g->per_minute * ONE,
                           60 / g->per_minute + 1};
}

int guess_limits_init(struct guess_limits *g, uint32_t per_minute) {
    *g = (struct guess_limits){.per_minute = per_minute};
    if (address_limit_init(&g->addresses, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&g->pairs, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&g->accounts, LIMIT_ADDRESSES_COUNT) == 0)
        return 0;
    guess_limits_dispose(g);
    return -1;
}

void guess_limits_dispose(struct guess_limits *g) {
    address_limit_dispose(&g->addresses);
    address_limit_dispose(&g->pairs);
    address_limit_dispose(&g->accounts);
}

void guess_address(char out[17], const char *address) {
    uint8_t bytes[16];
    uint64_t key = 0;
    if (inet_pton(AF_INET, address, bytes) == 1)
        key = address_key(bytes, 4);
    else if (inet_pton(AF_INET6, address, bytes) == 1)
        key = address_key(bytes, 16);
    snprintf(out, 17, "%016" PRIx64, key);
}

// The bucket's key: at most 45 bytes (address_limit_slot).
uint64_t guess_name_hash(const char *name) { // FNV-1a
    uint64_t hash = 14695981039346656037u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 1099511628211u;
    return hash;
}

static void pair_key(char out[40], const char *canonical, const char *address) {
    char network[17];
    guess_address(network, address);
    snprintf(out, 40, "%s-%016" PRIx64, network, guess_name_hash(canonical));
}

static bool take(struct address_limit *a, const char *key, const struct bucket *b,
                 uint64_t now_us) {
    return address_limit_take(a, key, now_us, b->per_second, b->burst, ONE);
}

uint32_t guess_limits_take(struct guess_limits *g, const char *canonical, const char *address,
                           uint64_t now_us) {
    const struct bucket of_address = address_bucket(g);
    char network[17], pair[40];
    guess_address(network, address);
    pair_key(pair, canonical, address);
    if (!take(&g->addresses, network, &of_address, now_us))
        return of_address.wait_s;
    if (take(&g->pairs, pair, &pair_bucket, now_us))
        return 0;
    address_limit_give(&g->addresses, network, now_us, of_address.per_second, ONE);
    return pair_bucket.wait_s;
}

uint32_t guess_limits_take_account(struct guess_limits *g, const char *canonical,
                                   bool is_known_address, uint64_t now_us) {
    return is_known_address || take(&g->accounts, canonical, &account_bucket, now_us)
               ? 0
               : account_bucket.wait_s;
}

void guess_limits_give(struct guess_limits *g, const char *canonical, const char *address,
                       bool is_known_address, uint64_t now_us) {
    const struct bucket of_address = address_bucket(g);
    char network[17], pair[40];
    guess_address(network, address);
    pair_key(pair, canonical, address);
    address_limit_give(&g->addresses, network, now_us, of_address.per_second, ONE);
    address_limit_give(&g->pairs, pair, now_us, pair_bucket.per_second, ONE);
    if (!is_known_address)
        address_limit_give(&g->accounts, canonical, now_us, account_bucket.per_second, ONE);
}
