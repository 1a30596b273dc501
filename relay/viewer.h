// SPDX-License-Identifier: MIT
// One consumer of a room's media, be it a WebSocket or a plain HTTP client: a cursor in the room's
// ring and the state of its slow-viewer policy. Says which message comes next; sends nothing. Pure:
// time is an argument.
#ifndef TABCAST_RELAY_VIEWER_H
#define TABCAST_RELAY_VIEWER_H

#include "relay/control.h"
#include "relay/delivery.h"
#include "relay/ring.h"
#include "relay/slow_viewer.h"

struct branch;
struct metrics;
struct room;

struct viewer {
    struct room *room;              // NULL: in no room
    struct branch *branch;          // of the room, on this viewer's loop; NULL without a room
    uint32_t slot;                  // its place there
    uint16_t loop;                  // set by whoever adds it to a room
    void (*wake)(struct viewer *v); // something is to be pulled; never pulls from within
    void *conn;                     // of whoever set `wake`
    uint64_t cursor;                // ring index of the next message to look at; when not in step
    uint64_t since_us;              // joined or jumped then: older messages do not make it slow
    uint64_t moved_us;              // when its socket last took a message, or had nothing to take
    uint64_t awaits_until_us; // for so long the key frame wished for is awaited; 0 = it is not
    struct slow_viewer slow;
    struct delivery *delivery;          // while it is slow or new; NULL: not measured
    uint8_t choice;                     // what it asked for: a rendition, or enum control_choice
    uint8_t best;                       // in *auto* the best it may be given
    uint8_t rendition;                  // what it is given
    uint8_t wanted_rendition;           // taken at its next key frame
    uint8_t told_stage, told_rendition; // what the viewer knows of it (session.c)
    bool is_in_step;                    // the branch pushes to it; it pulls nothing (branch.h)
    bool is_plain;                      // HTTP: one init segment at the start, none later
    bool has_init;                      // was given an init segment
    bool has_picture;                   // was given a key frame
    bool is_turned_out;                 // gets nothing more (insiders.h)
    bool is_joining;                    // what waits may be the backlog it began with
    bool is_new;                        // its line is not known yet
};

// Nothing but texts has come to the room yet.
bool viewer_is_before_media(const struct viewer *v);
// It asks for a rendition, for the best it can take, or for sound alone.
// `best`: in CHOICE_AUTO nothing better than this one is given.
void viewer_choose(struct viewer *v, uint8_t choice, uint8_t best, uint64_t now_us);
// The slow-viewer stage as it is told: sound alone counts as SLOW_AUDIO.
enum slow_stage viewer_stage(const struct viewer *v);
// It asked for something that the branch's common run of bytes can hold, and has it.
bool viewer_is_settled(const struct viewer *v);
// True once per change: the viewer gets more or less than it was told.
bool viewer_has_changed(struct viewer *v);

// Places the viewer at the newest key frame of rendition 0, or at the end of the ring.
void viewer_start(struct viewer *v, struct room *room, uint64_t now_us);

// The key frame it was placed at is old, and the one wished for will be here in a moment: it begins
// with that, or with the old one when it has not come until then.
void viewer_await_key(struct viewer *v, uint64_t until_us);
// What it was given it has read, as far as anybody knows: it may be pushed to.
bool viewer_is_known(const struct viewer *v);

// It is not measured any more: in step, or about to leave its room.
void viewer_end(struct viewer *v);

// The next message, as a reference for the caller, or NULL when there is none for now. NULL also
// when out of memory: the message is then left out.
struct message *viewer_take(struct viewer *v, struct metrics *metrics, uint64_t now_us);

// True when viewer_take may have something.
bool viewer_is_waiting(const struct viewer *v);

// A PING should be sent behind what was taken, and then viewer_marked called. Only of those who are
// slow, and once of those who come in: it costs the others nothing.
bool viewer_wants_mark(const struct viewer *v, uint64_t now_us);
void viewer_marked(struct viewer *v, uint64_t now_us);
// It has answered a PING.
void viewer_answered(struct viewer *v, uint64_t now_us);

#endif
