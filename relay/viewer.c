// SPDX-License-Identifier: MIT
#include "relay/viewer.h"

#include "relay/metrics.h"
#include "relay/room.h"
#include <assert.h>
#include <stdlib.h>

// So long after it came in, what waits for a viewer may be a backlog that it began with.
#define JOINING_US 3000000ULL

void viewer_end(struct viewer *v) {
    free(v->delivery);
    v->delivery = NULL;
    v->is_new = false;
}

void viewer_start(struct viewer *v, struct room *room, uint64_t now_us) {
    slow_viewer_init(&v->slow);
    viewer_end(v);
    v->rendition = v->wanted_rendition = v->told_rendition = 0;
    v->choice = CHOICE_AUTO;
    v->best = 0;
    v->told_stage = SLOW_NONE;
    const uint64_t key = room->media.newest_key[v->rendition];
    v->cursor = key != RING_NONE ? key : room->media.next;
    v->since_us = v->moved_us = now_us;
    v->awaits_until_us = 0;
    v->has_init = v->has_picture = false;
    v->is_joining = v->is_new = true;
}

void viewer_await_key(struct viewer *v, uint64_t until_us) { v->awaits_until_us = until_us; }

bool viewer_is_known(const struct viewer *v) {
    return !v->delivery || !delivery_is_on_trial(v->delivery);
}

bool viewer_is_waiting(const struct viewer *v) {
    if (!v->room || v->is_in_step)
        return false;
    return v->cursor != v->room->media.next ||
           (!v->has_init && renditions_has(v->room, v->rendition));
}

// Marks go along for whoever is slow, and behind the first that somebody gets: they cost something,
// and who lacks nothing needs none. Without memory for them the socket alone has to tell.
static void measure(struct viewer *v) {
    if (v->delivery && v->delivery->is_tried && !v->delivery->speed)
        v->is_new = false;
    if (v->is_plain || (v->slow.stage == SLOW_NONE && !v->is_new))
        viewer_end(v);
    else if (!v->delivery && (v->delivery = calloc(1, sizeof(*v->delivery))))
        v->delivery->is_tried = !v->is_new; // by what it had until now
}

static uint64_t age_us(const struct viewer *v, uint64_t arrived_us, uint64_t now_us) {
    const uint64_t from_us = arrived_us > v->since_us ? arrived_us : v->since_us;
    return now_us > from_us ? now_us - from_us : 0;
}

static void jump(struct viewer *v, uint64_t index, uint64_t now_us) {
    slow_viewer_skipped(&v->slow, index - v->cursor);
    v->cursor = index;
    v->since_us = now_us;
}

// Whoever comes in begins with a key frame that may be seconds old. When the one it came for is
// there before a thin line has carried that off, it goes on with the new one.
static void skip_backlog(struct viewer *v, struct metrics *metrics, uint64_t now_us) {
    const struct ring *const ring = &v->room->media;
    const uint64_t key = ring->newest_key[v->rendition];
    if (v->is_joining && now_us - v->since_us >= JOINING_US)
        v->is_joining = false;
    if (!v->is_joining || key == RING_NONE || v->cursor == ring->next || key <= v->cursor)
        return;
    v->is_joining = false;
    if (now_us - ring_peek(ring, v->cursor)->arrived_us < SLOW_JUMP_OLDEST_US)
        return;
    metrics->jumps++;
    jump(v, key, now_us);
}

// Until the key frame that was wished for has come: then that one is the beginning.
static bool is_awaiting(struct viewer *v, uint64_t now_us) {
    const struct ring *const ring = &v->room->media;
    const uint64_t key = ring->newest_key[v->rendition];
    if (!v->awaits_until_us)
        return false;
    if (key != RING_NONE && key > v->cursor && !v->has_picture) {
        v->cursor = key;
        v->since_us = now_us;
        v->is_joining = false;
    } else if (now_us < v->awaits_until_us) {
        return true;
    }
    v->awaits_until_us = 0;
    return false;
}

// The ring went on without this viewer: what it needed is gone.
static void catch_up(struct viewer *v, struct metrics *metrics, uint64_t now_us) {
    const struct ring *const ring = &v->room->media;
    const uint64_t key = ring->newest_key[v->rendition];
    const uint64_t target = key != RING_NONE ? key : ring->next;
    metrics->drops[SLOW_KEYS] += target - v->cursor;
    metrics->jumps++;
    jump(v, target, now_us);
}

enum slow_stage viewer_stage(const struct viewer *v) {
    return v->choice == CHOICE_AUDIO && v->slow.stage < SLOW_AUDIO ? SLOW_AUDIO : v->slow.stage;
}

bool viewer_is_before_media(const struct viewer *v) { return !v->has_init && !v->room->media.next; }

bool viewer_is_settled(const struct viewer *v) {
    if (!v->has_init || !v->has_picture || v->choice == CHOICE_AUDIO)
        return false;
    // Whoever was lowered is watched for the chance of more.
    const uint8_t wish = v->choice == CHOICE_AUTO ? v->best : v->choice;
    return v->wanted_rendition == v->rendition && v->rendition == renditions_nearest(v->room, wish);
}

bool viewer_has_changed(struct viewer *v) {
    const enum slow_stage stage = viewer_stage(v);
    if (v->told_stage == stage && v->told_rendition == v->rendition)
        return false;
    v->told_stage = (uint8_t)stage;
    v->told_rendition = v->rendition;
    return true;
}

static void want(struct viewer *v, uint8_t rendition) {
    renditions_count(v->room, v, -1);
    v->wanted_rendition = rendition;
    renditions_count(v->room, v, 1);
}

// In *auto* it begins with the best it may have, and stays below that when it had to be lowered.
static uint8_t auto_rendition(const struct viewer *v, uint8_t best) {
    const uint8_t top = renditions_nearest(v->room, best);
    const bool is_lowered =
        v->choice == CHOICE_AUTO && v->wanted_rendition > renditions_nearest(v->room, v->best);
    return is_lowered && v->wanted_rendition > top ? v->wanted_rendition : top;
}

void viewer_choose(struct viewer *v, uint8_t choice, uint8_t best, uint64_t now_us) {
    if (choice != CHOICE_AUTO)
        best = 0;
    if (choice == v->choice && best == v->best)
        return;
    renditions_count(v->room, v, -1);
    if (v->choice == CHOICE_AUDIO && choice != CHOICE_AUDIO) { // pictures were left out meanwhile
        slow_viewer_skipped(&v->slow, 0);
        v->has_picture = false;
    }
    if (choice == CHOICE_AUTO)
        v->wanted_rendition = auto_rendition(v, best);
    else
        v->wanted_rendition =
            choice == CHOICE_AUDIO ? v->rendition : renditions_nearest(v->room, choice);
    v->choice = choice;
    v->best = best;
    renditions_count(v->room, v, 1);
    if (choice != CHOICE_AUDIO && (v->wanted_rendition != v->rendition || !v->has_picture))
        room_wish_keyframe(v->room, v->wanted_rendition, now_us);
}

// What was withdrawn is left, what was chosen and has come back is taken. Asks for the key frame
// that is waited for, unless one is ahead already.
static void follow_offers(struct viewer *v, uint64_t now_us) {
    if (v->is_plain || v->choice == CHOICE_AUDIO)
        return;
    const uint8_t wish = v->choice == CHOICE_AUTO ? v->wanted_rendition : v->choice;
    uint8_t nearest = renditions_nearest(v->room, wish);
    if (v->choice == CHOICE_AUTO && nearest < renditions_nearest(v->room, v->best))
        nearest = renditions_nearest(v->room, v->best);
    if (nearest != v->wanted_rendition)
        want(v, nearest);
    if (v->wanted_rendition == v->rendition && v->has_picture)
        return;
    const uint64_t key = v->room->media.newest_key[v->wanted_rendition];
    if (key == RING_NONE || key < v->cursor)
        room_wish_keyframe(v->room, v->wanted_rendition, now_us);
}

// The next rendition in this direction that is on offer; the same one when there is none.
static uint8_t neighbour(const struct viewer *v, int direction) {
    const int top = renditions_nearest(v->room, v->best);
    int r = v->wanted_rendition + direction;
    while (r >= top && r < LIMIT_RENDITIONS_COUNT && !renditions_has(v->room, (uint8_t)r))
        r += direction;
    const bool is_free = v->choice == CHOICE_AUTO && !v->is_plain;
    return r >= top && r < LIMIT_RENDITIONS_COUNT && is_free ? (uint8_t)r : v->wanted_rendition;
}

static struct slow_view look(struct viewer *v, uint64_t now_us) {
    const struct ring *const ring = &v->room->media;
    struct slow_view view = {.now_us = now_us,
                             .unread_us = v->delivery ? delivery_unread_us(v->delivery, now_us) : 0,
                             .can_lower = neighbour(v, 1) != v->wanted_rendition,
                             .can_raise = neighbour(v, -1) != v->wanted_rendition};
    if (v->cursor != ring->next) {
        view.unsent_us = age_us(v, ring_peek(ring, v->cursor)->arrived_us, now_us);
        view.unsent_bytes = ring_bytes_behind(ring, v->cursor);
    }
    return view;
}

// To the newest key frame, if there is one ahead that is fresh.
static void try_jump(struct viewer *v, struct metrics *metrics, const struct slow_view *view) {
    const struct ring *const ring = &v->room->media;
    const uint64_t key = ring->newest_key[v->rendition];
    if (key == RING_NONE || key <= v->cursor || view->unsent_us <= SLOW_JUMP_OLDEST_US ||
        view->now_us - ring_peek(ring, key)->arrived_us > SLOW_JUMP_OLDEST_US)
        return;
    metrics->drops[SLOW_KEYS] += key - v->cursor;
    metrics->jumps++;
    jump(v, key, view->now_us);
}

// Moves the stage and does what the policy asks for.
static void assess(struct viewer *v, struct metrics *metrics, uint64_t now_us) {
    const struct slow_view view = look(v, now_us);
    const uint8_t stage = v->slow.stage;
    const enum slow_action action = slow_viewer_assess(&v->slow, &view);
    measure(v);
    if (v->slow.stage != stage || action == SLOW_HIGHER || action == SLOW_LOWER)
        metrics->slow_steps[v->slow.stage][action]++;
    if (action == SLOW_JUMP || (action == SLOW_STAY && stage == SLOW_KEYS))
        try_jump(v, metrics, &view);
    else if (action == SLOW_LOWER || action == SLOW_HIGHER)
        want(v, neighbour(v, action == SLOW_LOWER ? 1 : -1));
}

// At a key frame of the rendition that is waited for: that one begins, with its own init segment.
static bool changes_at(const struct viewer *v, const struct wire_header *h) {
    return v->wanted_rendition != v->rendition && h->kind == WIRE_VIDEO &&
           h->rendition == v->wanted_rendition && (h->flags & WIRE_KEY) &&
           viewer_stage(v) < SLOW_AUDIO && renditions_has(v->room, h->rendition);
}

// The first init segment does not come through the ring: it may have left it long ago.
static struct message *take_init(struct viewer *v) {
    const uint64_t index = v->room->renditions.init_index[v->rendition];
    v->has_init = true;
    if (v->cursor <= index)
        v->cursor = index + 1; // what lies before it belongs to an older stream
    return message_ref(v->room->renditions.init[v->rendition]);
}

// Judges the message at the cursor: a reference to send, or NULL to go on.
static struct message *take_at(struct viewer *v, struct metrics *metrics, uint64_t index,
                               uint64_t now_us) {
    struct ring *const ring = &v->room->media;
    const struct ring_slot *const slot = ring_peek(ring, index);
    const struct wire_header *const h = &slot->message->header;

    if (h->kind == WIRE_INIT) {
        if (h->rendition != v->rendition)
            return NULL;
        slow_viewer_skipped(&v->slow, 0); // what follows is a stream of its own
        v->has_picture = false;
        if (v->is_plain && v->has_init)
            return NULL; // VP8 key frames carry their size; a second head would end the file
        v->has_init = true;
        return message_ref(slot->message);
    }
    if (!v->has_init ||
        (h->kind == WIRE_VIDEO && (h->rendition != v->rendition || v->choice == CHOICE_AUDIO)))
        return NULL;
    if (h->kind == WIRE_VIDEO && !v->has_picture) {
        if (!(h->flags & WIRE_KEY))
            return NULL; // a joiner before its first key frame is not slow
        v->has_picture = true;
    }
    const uint64_t unsent_us = age_us(v, slot->arrived_us, now_us);
    const uint64_t expected_us =
        v->delivery ? delivery_expected_us(v->delivery, slot->message->framed_len) : 0;
    const bool is_newest_key = index == ring->newest_key[v->rendition];
    const enum slow_verdict verdict =
        slow_viewer_judge(&v->slow, h, unsent_us, expected_us, is_newest_key);
    if (verdict == SLOW_DROP) {
        metrics->drops[v->slow.stage]++;
        return NULL;
    }
    if (v->delivery)
        delivery_wrote(v->delivery, slot->message->framed_len, now_us);
    return verdict == SLOW_SEND ? message_ref(slot->message) : ring_take_gap_twin(ring, index);
}

bool viewer_wants_mark(const struct viewer *v, uint64_t now_us) {
    return v->room && !v->is_in_step && v->delivery && delivery_wants_mark(v->delivery, now_us);
}

void viewer_marked(struct viewer *v, uint64_t now_us) { delivery_marked(v->delivery, now_us); }

void viewer_answered(struct viewer *v, uint64_t now_us) {
    if (v->delivery)
        delivery_answered(v->delivery, now_us);
}

struct message *viewer_take(struct viewer *v, struct metrics *metrics, uint64_t now_us) {
    if (v->is_turned_out)
        v->slow.stage = SLOW_CLOSED;
    if (!v->room || v->is_in_step || v->slow.stage == SLOW_CLOSED)
        return NULL;
    const struct ring *const ring = &v->room->media;
    v->moved_us = now_us;
    if (v->cursor < ring->first)
        catch_up(v, metrics, now_us);
    if (!v->has_init && renditions_has(v->room, v->rendition))
        return take_init(v);
    if (is_awaiting(v, now_us))
        return NULL;
    skip_backlog(v, metrics, now_us);
    assess(v, metrics, now_us);
    follow_offers(v, now_us);
    if (v->delivery && delivery_is_full(v->delivery))
        return NULL;
    while (v->cursor != ring->next) {
        if (changes_at(v, &ring_peek(ring, v->cursor)->message->header)) {
            v->rendition = v->wanted_rendition;
            v->has_picture = false;
            slow_viewer_skipped(&v->slow, 0);
            return take_init(v);
        }
        struct message *const m = take_at(v, metrics, v->cursor, now_us);
        v->cursor++;
        if (m)
            return m;
    }
    return NULL;
}
