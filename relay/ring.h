// SPDX-License-Identifier: MIT
// The newest messages of one room, in order, each held once for all viewers. A viewer keeps nothing
// but a 64-bit index (its cursor); indices grow for ever and are never reused. When the ring is
// full, by count or by bytes, the oldest message goes, whoever may still need it: a slow viewer
// costs nothing (slow_viewer.h). Pure: no I/O, no clock. One thread.
#ifndef TABCAST_RELAY_RING_H
#define TABCAST_RELAY_RING_H

#include "relay/message.h"
#include "shared/limits.h"

#define RING_NONE UINT64_MAX

struct ring_slot {
    struct message *message;
    // The same message with the GAP flag, made when the first viewer needs it and shared by all who
    // do: the flag lies inside the framed bytes, which never change. NULL until then.
    struct message *gap_twin;
    uint64_t arrived_us;  // monotonic
    uint64_t start_bytes; // framed bytes pushed before this message since ring_init
};

struct ring {
    struct ring_slot *slots;
    uint32_t capacity;    // messages, a power of two
    uint64_t limit_bytes; // of all messages held
    uint64_t first;       // index of the oldest message held; == next when empty
    uint64_t next;        // index the next message will get
    uint64_t end_bytes;   // framed bytes pushed since ring_init
    uint64_t newest_key[LIMIT_RENDITIONS_COUNT]; // index of the newest key frame still held, or
                                                 // RING_NONE
};

// `capacity` is a power of two. Returns 0, or -1 when out of memory.
int ring_init(struct ring *r, uint32_t capacity, uint64_t limit_bytes);
void ring_dispose(struct ring *r); // also a zeroed one

// Takes a reference of its own. The newest message always stays, even when it alone is over the
// limit.
void ring_push(struct ring *r, struct message *m, uint64_t now_us);

// first <= index < next. Borrowed until the next push.
const struct ring_slot *ring_peek(const struct ring *r, uint64_t index);

// The message at `index` with GAP set, as a reference for the caller; NULL when out of memory.
struct message *ring_take_gap_twin(struct ring *r, uint64_t index);

// Framed bytes from `index` to the end.
uint64_t ring_bytes_behind(const struct ring *r, uint64_t index);

// A new init segment makes older key frames of its rendition useless for joiners.
void ring_forget_key(struct ring *r, uint8_t rendition);

#endif
