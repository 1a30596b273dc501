// SPDX-License-Identifier: MIT
// Keeps the store in step with the catalogue of shows, and takes the shows up again after a restart
// of the relay. Without a store (relay->store NULL) it does nothing. Under the relay's lock.
#ifndef TABCAST_RELAY_SHOW_KEEPER_H
#define TABCAST_RELAY_SHOW_KEEPER_H

#include "relay/replays.h"
#include "relay/shows.h"
#include "relay/store.h"

struct relay;

// What the store keeps of a show. ended_us is the time now if it has ended.
void show_to_store(struct store_show *out, const struct show *show, int64_t unix_us);

// And back: scheduled, live as reconnecting, or ended; without a room.
void show_from_store(struct show *out, const struct store_show *kept);

// The show's state has changed. If the store cannot take it now it is tried again.
void show_save(struct relay *r, struct show *show, uint64_t now_us);
// Tries again, once a second, what could not be taken.
void show_save_again(struct relay *r, uint64_t now_us);

// Once at start, before the network: every show that had not ended comes back, those that were live
// with as long for their creators to return as after a lost connection. 0, or -1 when the store
// cannot be read. Blocks.
int show_restore_all(struct relay *r, uint64_t now_us);

// Once at start, when the replays are known: those of shows that are not public leave the lists,
// and get their doors.
void show_hide_replays(struct relay *r);
// The show is for others now, and so is its replay, if there is one.
void show_set_replay_door(struct relay *r, const struct store_show *kept);
// A replay has come: as its show was, it is listed, hidden or behind a door. Until that is known
// (the show may be in the store alone) it is behind one that nobody opens.
void show_add_replay(struct relay *r, struct replay *replay);

#endif
