// SPDX-License-Identifier: MIT
// How long what is written to a peer takes until it has read it, and how fast it reads. Systems and
// lines hold a second and more of a show, of which the socket says nothing; so a mark goes along (a
// PING, which is answered behind everything written before it), one at a time. Once the speed is
// known, no more is written than the peer reads in half a second. Pure: sends nothing, time is an
// argument.
#ifndef TABCAST_RELAY_DELIVERY_H
#define TABCAST_RELAY_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// No more marks than this: answers count as words of the peer, which are rationed.
#define DELIVERY_INTERVAL_US 150000ULL
// Whoever does not answer for so long knows no PINGs; its socket alone has to tell then.
#define DELIVERY_PATIENCE_US 8000000ULL
// The way itself is no slowness, but nobody's way is longer than this.
#define DELIVERY_WAY_US 300000ULL
// An answer this much later than the way takes shows what the line carries at most.
#define DELIVERY_BUSY_US 100000ULL
// Under way at most: what is read in so long, or so many bytes if that is more.
#define DELIVERY_WINDOW_US 500000ULL
#define DELIVERY_WINDOW_BYTES 16384ULL
// A line that is not used up may have become wider, or have stood still rather than been slow:
// twice as much is believed after so long, which doubles each time that it proves as slow as
// before.
#define DELIVERY_GROWTH_FIRST_US 2000000ULL
#define DELIVERY_GROWTH_LONGEST_US 64000000ULL
// Of a line that nobody knows yet, one mark behind so many bytes is waited for, and not for longer
// than this; meanwhile so many are under way, and one message more.
#define DELIVERY_PROOF_BYTES 16384ULL
#define DELIVERY_PROOF_US 2000000ULL
#define DELIVERY_FIRST_BYTES 32768ULL

struct delivery {
    uint64_t asked_us;      // when the mark under way was sent; 0 = none is
    uint64_t last_us;       // when the last one was sent; 0 = never
    uint64_t answered_us;   // when one was answered last
    uint64_t began_us;      // when something was written last while nothing was under way
    uint64_t trip_us;       // how long that took
    uint64_t least_us;      // the shortest trip; 0 = none yet
    uint64_t written_bytes; // in all
    uint64_t marked_bytes;  // of those, before the last mark
    uint64_t read_bytes;    // of those, before the last answer
    uint64_t speed;         // bytes a second it reads; 0 = not known
    uint64_t speed_us;      // when that was learned
    uint64_t busy_speed;    // what it was when the line was busy last; 0 = never
    uint64_t growth_us;     // until twice as much is believed
    bool is_deaf;           // has answered nothing for DELIVERY_PATIENCE_US
    bool is_tried;          // a first lot was read, or took too long
};

void delivery_wrote(struct delivery *d, size_t len, uint64_t now_us);
bool delivery_wants_mark(const struct delivery *d, uint64_t now_us);
void delivery_marked(struct delivery *d, uint64_t now_us);
// The peer has answered a PING, be it a mark or not.
void delivery_answered(struct delivery *d, uint64_t now_us);
// How long what is under way takes to be read, less the way itself; 0 when not known.
uint64_t delivery_unread_us(struct delivery *d, uint64_t now_us);
// How long it would take to read what is under way and so many bytes more; 0 when not known.
uint64_t delivery_expected_us(const struct delivery *d, size_t len);
// Nothing more should be written before an answer has come.
bool delivery_is_full(const struct delivery *d);
// A first lot was written, and has not been read yet: it may be a slow line.
bool delivery_is_on_trial(const struct delivery *d);
// It lacks nothing any more: what was learned of its speed was of a bad time.
void delivery_forget_speed(struct delivery *d);

#endif
