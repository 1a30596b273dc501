// SPDX-License-Identifier: MIT
#include "relay/message_queue.h"

#include <stdlib.h>

bool message_queue_put(struct message_queue *q, struct message *m) {
    if (message_queue_is_full(q))
        return false;
    if (!q->slots) {
        q->slots = malloc(LIMIT_SESSION_QUEUE_COUNT * sizeof(*q->slots));
        if (!q->slots)
            return false;
        q->first = 0;
    }
    q->slots[(q->first + q->count) % LIMIT_SESSION_QUEUE_COUNT] = m;
    q->count++;
    return true;
}

struct message *message_queue_take(struct message_queue *q) {
    if (!q->count)
        return NULL;
    struct message *const m = q->slots[q->first];
    q->first = (uint8_t)((q->first + 1) % LIMIT_SESSION_QUEUE_COUNT);
    if (--q->count == 0) {
        free(q->slots);
        q->slots = NULL;
    }
    return m;
}

void message_queue_dispose(struct message_queue *q) {
    while (q->count)
        message_unref(message_queue_take(q));
}
