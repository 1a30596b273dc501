// SPDX-License-Identifier: MIT
// How much mail may be caused: by one address (of the network), and about one thing: an account, a
// name somebody typed, an address mail goes to. So nobody's mailbox is flooded, whoever asks. Pure:
// time is an argument (monotonic microseconds).
#ifndef TABCAST_RELAY_MAIL_LIMITS_H
#define TABCAST_RELAY_MAIL_LIMITS_H

#include "relay/rate_limit.h"

struct mail_limits {
    struct address_limit networks, subjects;
};

int mail_limits_init(struct mail_limits *m); // 0, or -1: out of memory
void mail_limits_dispose(struct mail_limits *m);

// Returns 0, or for how many seconds to wait; then nothing was taken.
uint32_t mail_limits_take_address(struct mail_limits *m, const char *address, uint64_t now_us);
// `kind` keeps an account from being mistaken for a name.
uint32_t mail_limits_take(struct mail_limits *m, char kind, const char *subject, uint64_t now_us);

#endif
