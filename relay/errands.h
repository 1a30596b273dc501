// SPDX-License-Identifier: MIT
// Ends what is on when an admin says so: by a route, or by the tabcast command, which writes an
// errand into the store that the relay looks for once a second. Under the relay's lock.
#ifndef TABCAST_RELAY_ERRANDS_H
#define TABCAST_RELAY_ERRANDS_H

#include "relay/relay.h"

struct errands {
    struct relay *relay;
    uint64_t now_us;
    uint64_t asked_us; // 0 = never
    bool is_asking;
};

// Runs what has been asked. Called often; asks the store seldom.
void errands_poll(struct errands *e, uint64_t now_us);

// The account is banned: its sockets are closed, its live shows end, its announced ones are
// cancelled: their keys open nothing more.
void errands_ban(struct relay *r, const char *account_id, uint64_t now_us);

#endif
