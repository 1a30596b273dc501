// SPDX-License-Identifier: MIT
// Which sizes of a show there are and which of them somebody wants. On offer is what the publisher
// has sent an init segment for and not withdrawn; it encodes the best one always, and of the others
// those that are wanted (`wanted`). What a viewer is given follows from what it chose and from what
// is on offer. Part of room.h; the relay's lock is held.
#ifndef TABCAST_RELAY_RENDITIONS_H
#define TABCAST_RELAY_RENDITIONS_H

#include "shared/limits.h"
#include "shared/webm_writer.h"
#include <stdbool.h>
#include <stdint.h>

struct message;
struct room;
struct session;
struct viewer;

// A rendition nobody wants any more is still encoded for so long: whoever leaves it watches it
// until the other one's key frame is there, and some come back at once.
#define LIMIT_RENDITION_IDLE_US 5000000ULL

struct renditions {
    struct message *init[LIMIT_RENDITIONS_COUNT]; // newest init segments; NULL: not on offer
    uint64_t init_index[LIMIT_RENDITIONS_COUNT];  // their indices in the ring of media
    struct webm_tracks tracks[LIMIT_RENDITIONS_COUNT];
    struct webm_tracks told[LIMIT_RENDITIONS_COUNT]; // as the room knows them; zero: not on offer
    uint32_t wanting[LIMIT_RENDITIONS_COUNT];        // viewers that are given it or wait for it
    uint64_t wanted_us[LIMIT_RENDITIONS_COUNT];      // when it was last wanted; 0 = never
    uint64_t asked_us[LIMIT_RENDITIONS_COUNT];   // when its last key frame was asked for; 0 = never
    uint64_t awaited_us[LIMIT_RENDITIONS_COUNT]; // the same; 0 = it has come
    uint64_t answer_us[LIMIT_RENDITIONS_COUNT];  // how long that took last; 0 = not known
    uint8_t told_wanted;                         // bits: what the publisher was told
};

void renditions_dispose(struct room *room);
// A publisher begins: nothing before its init segments counts. The best one's stays for joiners.
void renditions_begin(struct room *room);
// An init segment has come, and goes into the ring next.
void renditions_offer(struct room *room, struct message *init, uint64_t now_us);
// The publisher makes this one no more.
void renditions_withdraw(struct room *room, uint8_t rendition, uint64_t now_us);
bool renditions_has(const struct room *room, uint8_t rendition);
// What comes nearest to it: itself, else the next better one, else the next lesser one.
uint8_t renditions_nearest(const struct room *room, uint8_t rendition);

// A key frame of this rendition is asked for, or has come.
void renditions_asked(struct room *room, uint8_t rendition, uint64_t now_us);
void renditions_key_came(struct room *room, uint8_t rendition, uint64_t now_us);
// Until when the one that was asked for is worth waiting for; 0: it is not.
uint64_t renditions_key_due_us(const struct room *room, uint8_t rendition, uint64_t now_us);

// `by` is 1 or -1; audio only wants none.
void renditions_count(struct room *room, const struct viewer *v, int by);

void renditions_tell(struct room *room, struct session *s); // to one that has just come in
// Tells the publisher which are wanted when that has changed. Often.
void renditions_tick(struct room *room, uint64_t now_us);

#endif
