// SPDX-License-Identifier: MIT
// A stretch of a room's messages, and of it what the viewers of one rendition get as one run of
// bytes (a bundle): a single message as it lies, several copied behind each other once, however
// many viewers there are. Each message's end in it is known, with the places in the rings behind
// it, so that a socket which took a part only can go on from there. Pure.
#ifndef TABCAST_RELAY_SPAN_H
#define TABCAST_RELAY_SPAN_H

#include "relay/message.h"
#include "shared/limits.h"
#include <stdbool.h>

#define SPAN_MESSAGES_COUNT 64
#define SPAN_BUNDLE_BYTES (1 << 20) // of several messages together

struct span {
    struct message *messages[SPAN_MESSAGES_COUNT]; // references
    unsigned count;
    uint64_t texts_at, media_at; // in front of the first
};

struct bundle_end {
    size_t end; // byte behind the message
    uint64_t texts_at, media_at;
};

// What a number of whole messages is.
struct bundle_sum {
    uint64_t text_count, text_bytes, media_count, media_bytes;
};

struct bundle {
    const uint8_t *bytes; // valid while the span is
    size_t len;           // 0: nothing for this rendition
    struct bundle_end ends[SPAN_MESSAGES_COUNT];
    unsigned count;
    uint8_t *copy; // memory for several messages, kept for later ones
    size_t copy_cap;
};

void span_init(struct span *s, uint64_t texts_at, uint64_t media_at);
// Texts first, in the rings' order. Takes a reference; false when the span is full.
bool span_add(struct span *s, struct message *m);
void span_dispose(struct span *s); // drops the references

// False: too long for one run, or out of memory.
bool bundle_make(struct bundle *b, const struct span *s, uint8_t rendition);
// The number of the message in which a socket stopped that took `sent` bytes; the bundle's count
// when it took all.
unsigned bundle_stopped_in(const struct bundle *b, size_t sent);
// Adds the first `count` messages of the bundle to *sum, `times` times.
void bundle_add_up(struct bundle_sum *sum, const struct bundle *b, const struct span *s,
                   unsigned count, uint64_t times);
void bundle_dispose(struct bundle *b);

#endif
