// SPDX-License-Identifier: MIT
// One show with its publisher and two viewers, for tests of what they say to one another: the kit,
// the peers, and how a test begins and ends with them. Asks nothing by itself but assert_closed().
#ifndef TABCAST_TESTS_LIVE_ROOM_H
#define TABCAST_TESTS_LIVE_ROOM_H

#include "relay_kit.h"

extern struct kit kit;
extern struct kit_peer pub, ann, bob;

int live_room_setup(void **state);    // no peer is connected
int live_room_teardown(void **state); // closes those that are
// Made, with `pub` live in it and its init segment sent.
struct show *live_show(void);

// Pulls all and asserts how the connection ended (0 = open).
void assert_closed(struct kit_peer *p, uint16_t code, const char *error);

#endif
