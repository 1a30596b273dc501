// SPDX-License-Identifier: MIT
// The viewers of one room that one event loop serves. Most of them are *in step*: each was given
// everything up to the branch's own place in the room's rings, so that what comes next is the same
// bytes for all, made once (span.h) and pushed without asking each. A viewer whose socket does not
// take it all falls out of step, gets a cursor of its own and pulls (viewer.h) until it has caught
// up. Sends nothing. A branch belongs to its loop's thread; whatever touches the room as well is
// called with the relay's lock held.
#ifndef TABCAST_RELAY_BRANCH_H
#define TABCAST_RELAY_BRANCH_H

#include "relay/ready_list.h"
#include "relay/span.h"
#include "relay/viewer.h"

struct branch {
    struct room *room;
    unsigned loop;
    struct branch *next;     // of the room
    struct viewer **viewers; // in no order
    uint32_t count, capacity;
    uint64_t media_at; // indices in the room's rings: viewers in step have all before them
    uint64_t texts_at;
    uint8_t offers;         // bits: the renditions that were on offer when it was last served
    struct ready_node news; // of the network: the room has something new
};

enum branch_news {
    BRANCH_NOTHING, // nothing new for viewers in step
    BRANCH_RIDES,   // sound or texts alone, which wait for company
    BRANCH_SPAN,    // to be pushed
    BRANCH_BROKEN,  // what is new cannot be pushed as one; all have fallen out of step
};

// Lock held. The room's branch on v->loop gets one viewer more, out of step; -1 when out of memory.
int branch_add(struct room *room, struct viewer *v);
// Lock held. The last viewer takes the branch along.
void branch_remove(struct viewer *v);

// Lock held. Moves the branch to the end of the rings and fills *span with what lies between.
// Sound may wait for a picture so long (0: it does not); texts for many wait for
// LIMIT_TEXTS_RIDE_US unless something else goes. *due_us gets until when.
enum branch_news branch_take(struct branch *b, struct span *span, uint64_t sound_waits_us,
                             uint64_t now_us, uint64_t *due_us);

// The viewer goes on by itself from these places on. On the loop's thread.
void branch_leave_step(struct viewer *v, uint64_t texts_at, uint64_t media_at);
// Lock held, on the loop's thread. Takes the viewer into step if it has all the branch has been
// given and lacks nothing.
void branch_try_step(struct viewer *v);

#endif
