// SPDX-License-Identifier: MIT
#include "relay/programme.h"

#include "relay/control.h"
#include "relay/room.h"
#include "relay/session.h"
#include <string.h>

// What fits into one text message with every member at its longest (84 bytes).
#define ITEMS_COUNT 46
// Changes told in one second; the others wait for the next.
#define MESSAGES_PER_TICK 8

struct page {
    struct control_programme_item items[ITEMS_COUNT];
    size_t count;
};

static uint32_t viewers_of(const struct show *show) {
    return show->room ? show->room->viewer_count : 0;
}

// What the programme says of a show now. A cancelled or hidden one that was told of is over.
static enum programme_state state_of(const struct relay *r, const struct show *show) {
    const bool is_shown = show->about.visibility == SHOW_PUBLIC && !show->is_cancelled;
    if (!is_shown)
        return show->told_state == PROGRAMME_NOTHING ? PROGRAMME_NOTHING : PROGRAMME_ENDED;
    switch (show->state) {
    case SHOW_SCHEDULED:
        return PROGRAMME_SCHEDULED;
    case SHOW_LIVE:
        return PROGRAMME_LIVE;
    case SHOW_RECONNECTING:
        return PROGRAMME_RECONNECTING;
    default:
        return replays_find(&r->replays, show->id) ? PROGRAMME_REPLAY : PROGRAMME_ENDED;
    }
}

static bool is_on(enum programme_state state) {
    return state == PROGRAMME_LIVE || state == PROGRAMME_RECONNECTING;
}

static void put(struct page *p, const struct show *show, enum programme_state state) {
    struct control_programme_item *const item = &p->items[p->count++];
    memcpy(item->show, show->id, sizeof(item->show));
    item->state = state;
    item->viewers = is_on(state) ? viewers_of(show) : 0;
}

static struct message *make(const struct page *p, bool is_whole) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    return message_create_text(
        json, control_write_programme(json, sizeof(json), p->items, p->count, is_whole));
}

void programme_join(struct session *s) {
    struct relay *const r = s->relay;
    struct page page = {.count = 0};
    for (size_t i = 0; i < r->shows.count && page.count < ITEMS_COUNT; i++) {
        const struct show *const show = r->shows.by_id[i];
        const enum programme_state state = state_of(r, show);
        if (is_on(state))
            put(&page, show, state);
    }
    s->is_listening = true;
    s->room_previous = NULL; // no room has it: the links are free
    s->room_next = r->listeners;
    if (s->room_next)
        s->room_next->room_previous = s;
    r->listeners = s;
    session_tell(s, make(&page, true));
}

void programme_leave(struct session *s) {
    if (!s->is_listening)
        return;
    s->is_listening = false;
    if (s->room_previous)
        s->room_previous->room_next = s->room_next;
    else
        s->relay->listeners = s->room_next;
    if (s->room_next)
        s->room_next->room_previous = s->room_previous;
    s->room_previous = s->room_next = NULL;
}

static void tell_all(struct relay *r, const struct page *p) {
    struct message *const m = r->listeners ? make(p, false) : NULL;
    for (struct session *s = m ? r->listeners : NULL; s; s = s->room_next)
        session_tell(s, message_ref(m));
    message_unref(m);
}

void programme_tick(struct relay *r, uint64_t now_us) {
    struct page page = {.count = 0};
    unsigned told = 0;
    if (now_us - r->programme_us < LIMIT_PROGRAMME_US)
        return;
    r->programme_us = now_us;
    for (size_t i = 0; i < r->shows.count && told < MESSAGES_PER_TICK; i++) {
        struct show *const show = r->shows.by_id[i];
        const enum programme_state state = state_of(r, show);
        const uint32_t viewers = is_on(state) ? viewers_of(show) : 0;
        if (state == show->told_state && viewers == show->told_viewers)
            continue;
        show->told_state = state;
        show->told_viewers = viewers;
        put(&page, show, state);
        if (page.count < ITEMS_COUNT)
            continue;
        tell_all(r, &page);
        page.count = 0;
        told++;
    }
    if (page.count)
        tell_all(r, &page);
}
