// SPDX-License-Identifier: MIT
#include "relay/room.h"

#include "relay/control.h"
#include "relay/presence.h"
#include "relay/relay.h"
#include "relay/session.h"
#include "relay/show_keeper.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct room *room_open(struct relay *relay, struct show *show) {
    if (show->room)
        return show->room;
    if (relay->room_count >= relay->config.rooms_count)
        return NULL;
    struct room *const room = calloc(1, sizeof(*room));
    if (!room)
        return NULL;
    if (ring_init(&room->media, LIMIT_RING_MESSAGES_COUNT, LIMIT_RING_BYTES) != 0 ||
        ring_init(&room->texts, LIMIT_RING_TEXTS_COUNT, LIMIT_RING_TEXTS_BYTES) != 0) {
        ring_dispose(&room->media);
        free(room);
        return NULL;
    }
    room->relay = relay;
    room->show = show;
    room->next = relay->rooms;
    if (room->next)
        room->next->previous = room;
    relay->rooms = room;
    relay->room_count++;
    show->room = room;
    return room;
}

static bool is_on(const struct room *room) {
    return room->show->state == SHOW_LIVE || room->show->state == SHOW_RECONNECTING;
}

void room_close_if_idle(struct room *room) {
    if (room->member_count || is_on(room))
        return;
    struct relay *const relay = room->relay;
    assert(!room->recording && !room->publisher);
    if (room->previous)
        room->previous->next = room->next;
    else
        relay->rooms = room->next;
    if (room->next)
        room->next->previous = room->previous;
    relay->room_count--;
    room->show->room = NULL;
    renditions_dispose(room);
    chat_dispose(&room->chat);
    ring_dispose(&room->media);
    ring_dispose(&room->texts);
    free(room);
}

bool room_is_full(const struct room *room) {
    return room->member_count >= room->relay->config.members_count;
}

uint64_t room_media_time_us(const struct room *room, uint64_t now_us) {
    return room->show->started_unix_us ? now_us - room->epoch_us : 0;
}

static void tell_branches(struct room *room) {
    for (struct branch *b = room->branches; b; b = b->next)
        room->relay->wake_branch(b);
}

static bool has_fresh_key(const struct room *room, uint8_t rendition, uint64_t now_us) {
    const uint64_t key = room->media.newest_key[rendition];
    return key != RING_NONE &&
           now_us - ring_peek(&room->media, key)->arrived_us < LIMIT_KEYFRAME_FRESH_US;
}

void room_expect_viewer(struct room *room, uint64_t now_us) {
    if (!has_fresh_key(room, 0, now_us))
        room_wish_keyframe(room, 0, now_us);
}

int room_add_viewer(struct room *room, struct viewer *v, uint64_t now_us) {
    if (branch_add(room, v) != 0)
        return -1;
    v->room = room;
    room->viewer_count++;
    room->relay->viewer_count++;
    if (v->is_plain)
        room->member_count++; // a session counts itself
    viewer_start(v, room, now_us);
    renditions_count(room, v, 1);
    const bool is_fresh = has_fresh_key(room, v->rendition, now_us);
    if (!is_fresh)
        room_wish_keyframe(room, v->rendition, now_us);
    if (!is_fresh && !v->is_plain)
        viewer_await_key(v, renditions_key_due_us(room, v->rendition, now_us));
    if (viewer_is_waiting(v))
        v->wake(v);
    return 0;
}

void room_remove_viewer(struct room *room, struct viewer *v) {
    assert(v->room == room);
    renditions_count(room, v, -1);
    branch_remove(v);
    viewer_end(v);
    v->room = NULL;
    room->viewer_count--;
    room->relay->viewer_count--;
    if (v->is_plain) {
        room->member_count--;
        room_close_if_idle(room);
    }
}

int room_add_session(struct room *room, struct session *s, uint64_t now_us) {
    s->text_cursor = room->texts.next;
    s->viewer.loop = s->loop;
    if (!s->is_publisher && room_add_viewer(room, &s->viewer, now_us) != 0)
        return -1;
    s->room = room;
    s->room_previous = NULL;
    s->room_next = room->sessions;
    if (s->room_next)
        s->room_next->room_previous = s;
    room->sessions = s;
    room->member_count++;
    room->show->touched_us = now_us;
    if (s->is_publisher) {
        room->publisher = s;
        room->relay->publisher_count++;
    } else {
        presence_coming(room, s, true, now_us);
    }
    return 0;
}

void room_remove_session(struct room *room, struct session *s, uint64_t now_us) {
    assert(s->room == room);
    if (s->room_previous)
        s->room_previous->room_next = s->room_next;
    else
        room->sessions = s->room_next;
    if (s->room_next)
        s->room_next->room_previous = s->room_previous;
    s->room = NULL;
    room->member_count--;
    room->show->touched_us = now_us;
    if (s->viewer.room) {
        room_remove_viewer(room, &s->viewer);
        presence_coming(room, s, false, now_us);
    }
    if (s->is_publisher)
        room->relay->publisher_count--;
    if (room->publisher == s) {
        room->publisher = NULL;
        if (is_on(room))
            room_publisher_lost(room, now_us);
    }
    room_close_if_idle(room);
}

void room_tell(struct room *room, struct message *take_text, uint64_t now_us) {
    if (!take_text)
        return;
    ring_push(&room->texts, take_text, now_us);
    message_unref(take_text);
    tell_branches(room);
    if (room->publisher)
        room->relay->wake(room->publisher->conn);
}

void room_tell_state(struct room *room, uint64_t now_us) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    const size_t len =
        control_write_state(json, sizeof(json), show_state_name(room->show->state),
                            room->show->started_unix_us != 0, room->show->started_unix_us);
    room_tell(room, message_create_text(json, len), now_us);
}

// `id`: the show's, or another one when a replay has that already.
static void open_recording(struct room *room, const char *id, bool goes_on) {
    struct relay *const relay = room->relay;
    // Nothing would keep a replay with an id of its own out of the lists.
    const bool is_others = strcmp(id, room->show->id) != 0;
    if (!relay->recorder || room->show->about.is_unrecorded ||
        (is_others && room->show->about.visibility != SHOW_PUBLIC))
        return;
    memcpy(room->recording_id, id, sizeof(room->recording_id));
    const struct recording_info info = {.id = room->recording_id,
                                        .title = room->show->about.title,
                                        .started_at_ms = room->show->started_unix_us / 1000,
                                        .goes_on = goes_on};
    room->recording = recording_open(relay->recorder, &info);
    room->recording_state = room->recording ? ROOM_RECORDING_ON : ROOM_RECORDING_OFF;
}

void room_start(struct room *room, uint64_t timestamp_us, uint64_t now_us) {
    struct relay *const relay = room->relay;
    struct show *const show = room->show;
    const bool is_first = show->state == SHOW_SCHEDULED;
    if (is_first) {
        room->epoch_us = now_us - timestamp_us;
        show->started_unix_us = relay_unix_us(relay, now_us) - (int64_t)timestamp_us;
        open_recording(room, show->id, false);
        relay->metrics.shows_started++;
    } else {
        relay->metrics.publisher_returns++;
        if (room->is_restored && !room->recording) {
            // What was recorded before the relay ended is a replay; this part becomes its own.
            char id[LIMIT_ID_CHARS + 1];
            random_id(id);
            open_recording(room, id, false);
        }
    }
    room->is_restored = false;
    // The encoder is a new one: nothing before its init segments counts.
    renditions_begin(room);
    show->state = SHOW_LIVE;
    room->publisher_lost_us = 0;
    log_event(relay->log, relay_unix_us(relay, now_us), LOG_LEVEL_INFO,
              is_first ? "show-started" : "show-resumed", LOG_TEXT("show", show->id),
              LOG_TEXT("title", show->about.title), LOG_NUMBER("viewers", room->viewer_count));
    show_save(relay, show, now_us);
    room_tell_state(room, now_us);
}

struct room *room_restore(struct relay *relay, struct show *show, uint64_t now_us) {
    struct room *const room = room_open(relay, show);
    if (!room)
        return NULL;
    show->state = SHOW_RECONNECTING;
    // Wraps when the machine started after the show did; differences of it come out right.
    room->epoch_us = (uint64_t)(show->started_unix_us - relay->unix_offset_us);
    room->publisher_lost_us = now_us;
    room->is_restored = true;
    return room;
}

void room_resume_recording(struct room *room) { open_recording(room, room->show->id, true); }

void room_publisher_lost(struct room *room, uint64_t now_us) {
    struct relay *const relay = room->relay;
    room->show->state = SHOW_RECONNECTING;
    room->publisher_lost_us = now_us;
    relay->metrics.publisher_losses++;
    log_event(relay->log, relay_unix_us(relay, now_us), LOG_LEVEL_WARN, "publisher-lost",
              LOG_TEXT("show", room->show->id));
    room_tell_state(room, now_us);
}

void room_end(struct room *room, uint64_t now_us) {
    struct relay *const relay = room->relay;
    struct show *const show = room->show;
    if (room->is_over)
        return;
    room->is_over = true;
    show->state = SHOW_ENDED;
    show->touched_us = now_us;
    relay->metrics.shows_ended++;
    show_save(relay, show, now_us);
    if (room->recording)
        recording_finish(room->recording);
    room->recording = NULL;
    log_event(relay->log, relay_unix_us(relay, now_us), LOG_LEVEL_INFO, "show-ended",
              LOG_TEXT("show", show->id), LOG_NUMBER("viewers", room->viewer_count),
              LOG_NUMBER("chat_lines", room->chat.count));
    room_tell_state(room, now_us);
    for (struct session *s = room->sessions; s; s = s->room_next)
        session_close(s, 1000, now_us);
    tell_branches(room);
}

// Sound comes 50 times a second: a publisher that says nothing sleeps, or its line is dead. It
// keeps its seat and its time until its socket ends.
static void watch_publisher(struct room *room, uint64_t now_us) {
    const struct session *const publisher = room->publisher;
    if (room->show->state != SHOW_LIVE || !publisher || publisher->state != SESSION_PUBLISHING ||
        now_us - publisher->heard_us < LIMIT_PUBLISHER_QUIET_US)
        return;
    room->show->state = SHOW_RECONNECTING;
    room_tell_state(room, now_us);
}

// The same publisher speaks again.
static void wake_up(struct room *room, uint64_t now_us) {
    room->show->state = SHOW_LIVE;
    room_tell_state(room, now_us);
}

void room_publish(struct room *room, struct message *m, uint64_t now_us) {
    const uint8_t rendition = m->header.rendition;
    if (room->show->state == SHOW_RECONNECTING)
        wake_up(room, now_us);
    if (m->header.kind == WIRE_INIT) {
        renditions_offer(room, m, now_us);
        room->needs_key[rendition] = true;
    } else if (m->header.kind == WIRE_VIDEO) {
        if (room->needs_key[rendition] && !(m->header.flags & WIRE_KEY)) {
            room->relay->metrics.media_messages_waiting_key++;
            return;
        }
        room->needs_key[rendition] = false;
        if (m->header.flags & WIRE_KEY)
            renditions_key_came(room, rendition, now_us);
    }
    if (room->recording)
        recording_append(room->recording, m);
    if (m->header.kind == WIRE_POSTER) {
        message_unref(room->show->poster);
        room->show->poster = message_ref(m);
        return;
    }
    ring_push(&room->media, m, now_us);
    tell_branches(room);
}

void room_wish_keyframe(struct room *room, uint8_t rendition, uint64_t now_us) {
    const uint64_t asked_us = room->renditions.asked_us[rendition];
    char json[64];
    if (!room->publisher || room->publisher->state != SESSION_PUBLISHING)
        return;
    if (asked_us && now_us - asked_us < LIMIT_KEYFRAME_WISH_US)
        return;
    renditions_asked(room, rendition, now_us);
    room->relay->metrics.keyframes_asked++;
    session_tell(room->publisher,
                 message_create_text(json, control_write_keyframe(json, sizeof(json), rendition)));
}

void room_recorder_event(struct room *room, const struct recorder_event *event, uint64_t now_us) {
    static const struct {
        const char *code, *message;
        enum room_recording state;
    } warnings[] = {
        [RECORDER_FAILED] = {"recording-disk-full", "This show cannot be recorded.",
                             ROOM_RECORDING_OFF},
        [RECORDER_LAGGING] = {"recording-lagging",
                              "The relay's disk is too slow: the recording has gaps.",
                              ROOM_RECORDING_LAGGING},
        [RECORDER_DISK_FULL] = {"recording-disk-full",
                                "The relay's disk is full: recording has paused.",
                                ROOM_RECORDING_OFF},
        [RECORDER_RECOVERED] = {"recording-recovered", "The recording goes on.", ROOM_RECORDING_ON},
    };
    char json[512];
    if (event->kind >= sizeof(warnings) / sizeof(warnings[0]) || !warnings[event->kind].code ||
        room->is_over)
        return;
    room->recording_state = warnings[event->kind].state;
    if (room->publisher)
        session_tell(
            room->publisher,
            message_create_text(json, control_write_notice(json, sizeof(json), "warning",
                                                           warnings[event->kind].code,
                                                           warnings[event->kind].message)));
    (void)now_us;
}

static void tell_ack(struct room *room, uint64_t now_us) {
    static const char *const recording[] = {"off", "on", "lagging"};
    struct publishing *const p = room->publisher ? room->publisher->publishing : NULL;
    char json[256];
    if (!p || p->media_bytes == p->acked_bytes || now_us - p->acked_us < LIMIT_ACK_US)
        return;
    const size_t len = control_write_ack(json, sizeof(json), p->media_bytes, p->newest_us,
                                         recording[room->recording_state]);
    if (!session_tell(room->publisher, message_create_text(json, len)))
        return; // its socket is busy; a later one says more
    p->acked_bytes = p->media_bytes;
    p->acked_us = now_us;
}

void room_tick(struct room *room, uint64_t now_us) {
    if (room->show->state == SHOW_RECONNECTING && room->publisher_lost_us &&
        now_us - room->publisher_lost_us > LIMIT_PUBLISHER_AWAY_US) {
        room_end(room, now_us);
        room_close_if_idle(room);
        return;
    }
    watch_publisher(room, now_us);
    if (room->is_restored && room->recording &&
        now_us - room->publisher_lost_us > LIMIT_RECORDING_AWAITED_US) {
        recording_finish(room->recording);
        room->recording = NULL;
    }
    if (room->is_over)
        return; // "ended" is its last word
    presence_tell(room, now_us);
    tell_ack(room, now_us);
    renditions_tick(room, now_us);
}
