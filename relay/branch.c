// SPDX-License-Identifier: MIT
#include "relay/branch.h"

#include "relay/relay.h"
#include "relay/room.h"
#include "relay/session.h"
#include <assert.h>
#include <stdlib.h>

static uint8_t offers_of(const struct room *room) {
    uint8_t offers = 0;
    for (uint8_t r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
        offers |= (uint8_t)(renditions_has(room, r) << r);
    return offers;
}

static struct branch *find_or_create(struct room *room, unsigned loop) {
    struct branch *b = room->branches;
    while (b && b->loop != loop)
        b = b->next;
    if (b)
        return b;
    b = calloc(1, sizeof(*b));
    if (!b)
        return NULL;
    b->room = room;
    b->loop = loop;
    b->media_at = room->media.next;
    b->texts_at = room->texts.next;
    b->offers = offers_of(room);
    b->next = room->branches;
    room->branches = b;
    return b;
}

static void destroy(struct branch *b) {
    struct branch **link = &b->room->branches;
    while (*link != b)
        link = &(*link)->next;
    *link = b->next;
    if (b->room->relay->forget_branch)
        b->room->relay->forget_branch(b);
    free(b->viewers);
    free(b);
}

int branch_add(struct room *room, struct viewer *v) {
    struct branch *const b = find_or_create(room, v->loop);
    if (!b)
        return -1;
    if (b->count == b->capacity) {
        const uint32_t capacity = b->capacity ? b->capacity * 2 : 8;
        struct viewer **const grown = realloc(b->viewers, capacity * sizeof(*grown));
        if (!grown) {
            if (!b->count)
                destroy(b);
            return -1;
        }
        b->viewers = grown;
        b->capacity = capacity;
    }
    v->branch = b;
    v->slot = b->count;
    v->is_in_step = false;
    b->viewers[b->count++] = v;
    return 0;
}

void branch_remove(struct viewer *v) {
    struct branch *const b = v->branch;
    assert(b->viewers[v->slot] == v);
    struct viewer *const last = b->viewers[--b->count];
    b->viewers[v->slot] = last;
    last->slot = v->slot;
    v->branch = NULL;
    v->is_in_step = false;
    if (!b->count)
        destroy(b);
}

void branch_leave_step(struct viewer *v, uint64_t texts_at, uint64_t media_at) {
    v->is_in_step = false;
    v->cursor = media_at;
    if (!v->is_plain)
        session_of_viewer(v)->text_cursor = texts_at;
}

void branch_try_step(struct viewer *v) {
    const struct branch *const b = v->branch;
    if (!b || v->is_plain || v->is_in_step || v->cursor != b->media_at ||
        session_of_viewer(v)->text_cursor != b->texts_at)
        return;
    // Before the show there is chat alone; its first init segment then ends the step.
    const bool lacks_nothing =
        viewer_is_before_media(v) || (viewer_is_settled(v) && slow_viewer_is_untroubled(&v->slow));
    if (!lacks_nothing || !viewer_is_known(v))
        return;
    viewer_end(v);
    v->is_in_step = true;
}

// Until when what is new may wait for company; 0: it goes now.
static uint64_t waits_until_us(const struct branch *b, uint64_t sound_waits_us) {
    const struct room *const room = b->room;
    uint64_t due_us = UINT64_MAX;
    if (b->texts_at < room->texts.first || b->media_at < room->media.first || room->is_over)
        return 0;
    if (b->texts_at != room->texts.next) {
        if (b->count < LIMIT_TEXTS_RIDE_LEAST_COUNT)
            return 0;
        due_us = ring_peek(&room->texts, b->texts_at)->arrived_us + LIMIT_TEXTS_RIDE_US;
    }
    if (b->media_at == room->media.next)
        return due_us;
    for (uint64_t i = b->media_at; i < room->media.next; i++)
        if (!sound_waits_us || ring_peek(&room->media, i)->message->header.kind != WIRE_AUDIO)
            return 0;
    const uint64_t sound_us = ring_peek(&room->media, b->media_at)->arrived_us + sound_waits_us;
    return sound_us < due_us ? sound_us : due_us;
}

// Texts first: they are small, and a late "ended" helps nobody.
static bool fill(const struct branch *b, struct span *span) {
    const struct room *const room = b->room;
    // Who has lost its rendition, or may have the one it chose, sees to that by itself.
    if (b->texts_at < room->texts.first || b->media_at < room->media.first ||
        b->offers != offers_of(room))
        return false;
    span_init(span, b->texts_at, b->media_at);
    for (uint64_t i = b->texts_at; i < room->texts.next; i++)
        if (!span_add(span, ring_peek(&room->texts, i)->message))
            return false;
    for (uint64_t i = b->media_at; i < room->media.next; i++) {
        struct message *const m = ring_peek(&room->media, i)->message;
        if (m->header.kind == WIRE_INIT || !span_add(span, m))
            return false;
    }
    return true;
}

enum branch_news branch_take(struct branch *b, struct span *span, uint64_t sound_waits_us,
                             uint64_t now_us, uint64_t *due_us) {
    const struct room *const room = b->room;
    if (b->texts_at == room->texts.next && b->media_at == room->media.next)
        return BRANCH_NOTHING;
    *due_us = waits_until_us(b, sound_waits_us);
    if (now_us < *due_us)
        return BRANCH_RIDES;
    const bool is_whole = fill(b, span);
    if (!is_whole) {
        span_dispose(span);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->viewers[i]->is_in_step)
                branch_leave_step(b->viewers[i], b->texts_at, b->media_at);
    }
    b->texts_at = room->texts.next;
    b->media_at = room->media.next;
    b->offers = offers_of(room);
    return is_whole ? BRANCH_SPAN : BRANCH_BROKEN;
}
