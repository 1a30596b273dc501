// SPDX-License-Identifier: MIT
// A short line of messages, references held, oldest first. Takes memory only while something waits:
// most sessions have nothing waiting most of the time. Pure.
#ifndef TABCAST_RELAY_MESSAGE_QUEUE_H
#define TABCAST_RELAY_MESSAGE_QUEUE_H

#include "relay/message.h"
#include "relay/relay_limits.h"
#include <stdbool.h>

struct message_queue {
    struct message **slots; // LIMIT_SESSION_QUEUE_COUNT of them; NULL while empty
    uint8_t first, count;
};

// Takes the reference when it returns true; false: full, or out of memory.
bool message_queue_put(struct message_queue *q, struct message *m);
// The oldest, as a reference for the caller; NULL when there is none.
struct message *message_queue_take(struct message_queue *q);
void message_queue_dispose(struct message_queue *q);

static inline bool message_queue_is_full(const struct message_queue *q) {
    return q->count == LIMIT_SESSION_QUEUE_COUNT;
}

#endif
