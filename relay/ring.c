// SPDX-License-Identifier: MIT
#include "relay/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct ring_slot *slot_at(const struct ring *r, uint64_t index) {
    return &r->slots[index & (r->capacity - 1)];
}

int ring_init(struct ring *r, uint32_t capacity, uint64_t limit_bytes) {
    assert(capacity && !(capacity & (capacity - 1)));
    memset(r, 0, sizeof(*r));
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++)
        r->newest_key[i] = RING_NONE;
    r->slots = calloc(capacity, sizeof(*r->slots));
    if (!r->slots)
        return -1;
    r->capacity = capacity;
    r->limit_bytes = limit_bytes;
    return 0;
}

static void drop_oldest(struct ring *r) {
    struct ring_slot *const slot = slot_at(r, r->first);
    message_unref(slot->message);
    message_unref(slot->gap_twin);
    memset(slot, 0, sizeof(*slot));
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++)
        if (r->newest_key[i] == r->first)
            r->newest_key[i] = RING_NONE;
    r->first++;
}

void ring_dispose(struct ring *r) {
    while (r->first != r->next)
        drop_oldest(r);
    free(r->slots);
    r->slots = NULL;
}

void ring_push(struct ring *r, struct message *m, uint64_t now_us) {
    if (r->next - r->first == r->capacity)
        drop_oldest(r);
    struct ring_slot *const slot = slot_at(r, r->next);
    slot->message = message_ref(m);
    slot->gap_twin = NULL;
    slot->arrived_us = now_us;
    slot->start_bytes = r->end_bytes;
    r->end_bytes += m->framed_len;
    if (!m->is_text && m->header.kind == WIRE_VIDEO && (m->header.flags & WIRE_KEY))
        r->newest_key[m->header.rendition] = r->next;
    r->next++;
    while (r->next - r->first > 1 && ring_bytes_behind(r, r->first) > r->limit_bytes)
        drop_oldest(r);
}

const struct ring_slot *ring_peek(const struct ring *r, uint64_t index) {
    assert(index >= r->first && index < r->next);
    return slot_at(r, index);
}

struct message *ring_take_gap_twin(struct ring *r, uint64_t index) {
    assert(index >= r->first && index < r->next);
    struct ring_slot *const slot = slot_at(r, index);
    if (!slot->gap_twin) {
        const struct message *const m = slot->message;
        assert(!m->is_text);
        struct wire_header header = m->header;
        header.flags |= WIRE_GAP;
        slot->gap_twin = message_create_media(&header, m->bytes + m->frame_head_len,
                                              m->framed_len - m->frame_head_len);
        if (!slot->gap_twin)
            return NULL;
    }
    return message_ref(slot->gap_twin);
}

uint64_t ring_bytes_behind(const struct ring *r, uint64_t index) {
    return index == r->next ? 0 : r->end_bytes - ring_peek(r, index)->start_bytes;
}

void ring_forget_key(struct ring *r, uint8_t rendition) {
    assert(rendition < LIMIT_RENDITIONS_COUNT);
    r->newest_key[rendition] = RING_NONE;
}
