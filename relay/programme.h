// SPDX-License-Identifier: MIT
// The programme over the socket: sessions that asked for it (front pages) are told which public
// shows are on, and from then on, once a second, what has changed of any: announced, begun, ended,
// its replay is there, how many watch. Under the relay's lock. Pure: time is an argument.
#ifndef TABCAST_RELAY_PROGRAMME_H
#define TABCAST_RELAY_PROGRAMME_H

#include "relay/relay.h"

struct session;

void programme_join(struct session *s);
// Also one that has not joined.
void programme_leave(struct session *s);
void programme_tick(struct relay *r, uint64_t now_us);

#endif
