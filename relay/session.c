// SPDX-License-Identifier: MIT
// Hello, texts and what is pulled. The publisher's media: publish.c.
#include "relay/session.h"

#include "relay/presence.h"
#include "relay/programme.h"
#include "relay/publish.h"
#include "relay/relay.h"
#include "relay/room.h"
#include "relay/seen_text.h"
#include "relay/session_door.h"
#include "shared/utf8.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void wake_session(struct viewer *v) {
    struct session *const s = session_of_viewer(v);
    s->relay->wake(s->conn);
}

struct session *session_create(struct relay *relay, unsigned loop, void *conn, const char *address,
                               uint64_t now_us) {
    struct relay_loop *const own = &relay->loops[loop];
    struct session *const s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->relay = relay;
    s->loop = (uint16_t)loop;
    s->conn = conn;
    s->entered_us = s->heard_us = s->took_us = now_us;
    s->viewer.wake = wake_session;
    random_id(s->id);
    packed_address_read(&s->address, address);
    s->next = own->sessions;
    if (s->next)
        s->next->previous = s;
    own->sessions = s;
    own->session_count++;
    relay->metrics.sessions_opened++;
    return s;
}

void session_destroy(struct session *s, uint64_t now_us) {
    struct relay_loop *const own = &s->relay->loops[s->loop];
    if (s->room)
        room_remove_session(s->room, s, now_us);
    if (own->next_tick == s)
        own->next_tick = s->next;
    if (s->previous)
        s->previous->next = s->next;
    else
        own->sessions = s->next;
    if (s->next)
        s->next->previous = s->previous;
    own->session_count--;
    programme_leave(s);
    session_door_dispose(s);
    message_queue_dispose(&s->queue);
    free(s->publishing);
    free(s->name);
    free(s->member);
    free(s->pass);
    free(s);
}

size_t session_limit_bytes(const struct session *s, bool is_text) {
    if (is_text)
        return LIMIT_TEXT_MESSAGE_BYTES;
    // Whoever may not send media is refused at its first bytes, not after a megabyte.
    return s->state == SESSION_PUBLISHING ? LIMIT_MEDIA_MESSAGE_BYTES : LIMIT_TEXT_MESSAGE_BYTES;
}

void session_oversize(struct session *s, bool is_text, uint64_t now_us) {
    enum refusal why = REFUSAL_TOO_LONG;
    if (!is_text && s->state == SESSION_WATCHING)
        why = REFUSAL_VIEWER_PUBLISHES;
    else if (!is_text && s->state != SESSION_PUBLISHING)
        why = REFUSAL_MEDIA_EARLY;
    session_refuse(s, why, now_us);
}

bool session_tell(struct session *s, struct message *take_text) {
    if (!take_text)
        return false;
    if (!message_queue_put(&s->queue, take_text)) {
        s->relay->metrics.notices_left_out++;
        message_unref(take_text);
        return false;
    }
    s->relay->wake(s->conn);
    return true;
}

void session_close(struct session *s, uint16_t close_code, uint64_t now_us) {
    if (s->state == SESSION_CLOSING)
        return;
    s->state = session_next_state(s->state, SESSION_ON_CLOSE);
    programme_leave(s);
    s->close_code = close_code;
    s->entered_us = now_us;
    s->relay->wake(s->conn);
}

// False: it stays open, or was on its way out already.
static bool refuse(struct session *s, enum refusal why, uint64_t now_us) {
    const struct refusal_text *const text = refusal_text(why);
    struct relay *const relay = s->relay;
    char json[512], address[ADDRESS_TEXT_LEN];
    if (s->state == SESSION_CLOSING)
        return false;
    relay->metrics.refusals[why]++;
    const size_t len = control_write_notice(json, sizeof(json), "error", text->code, text->message);
    // The reason for closing matters more than whatever waits longest.
    if (text->close_code && message_queue_is_full(&s->queue))
        message_unref(message_queue_take(&s->queue));
    session_tell(s, message_create_text(json, len));
    if (!text->close_code)
        return false;
    log_event(relay->log, relay_unix_us(relay, now_us), LOG_LEVEL_INFO, "refused",
              LOG_TEXT("reason", text->label), LOG_NUMBER("close", text->close_code),
              LOG_TEXT("session", s->id),
              LOG_TEXT("address", packed_address_write(&s->address, address)),
              LOG_TEXT("state", session_state_name(s->state)));
    session_close(s, text->close_code, now_us);
    return true;
}

void session_refuse(struct session *s, enum refusal why, uint64_t now_us) {
    if (refuse(s, why, now_us) && s->room)
        room_remove_session(s->room, s, now_us);
}

void session_turn_out(struct session *s, enum refusal why, uint64_t now_us) {
    if (refuse(s, why, now_us))
        s->viewer.is_turned_out = true;
}

static void tell_welcome(struct session *s, uint64_t now_us) {
    const struct room *const room = s->room;
    const struct show *const show = room->show;
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    const struct control_welcome welcome = {
        .session = s->id,
        .role = s->is_publisher ? "publish" : "watch",
        .name = s->name,
        .account = s->member ? s->member->name : "",
        .is_invisible = s->member && s->member->is_invisible,
        .show = show->id,
        .title = show->about.title,
        .description = show->about.description,
        .state = show_state_name(show->state),
        .now_us = relay_unix_us(s->relay, now_us),
        .has_epoch = show->started_unix_us != 0,
        .epoch_us = show->started_unix_us,
        .media_time_us = room_media_time_us(room, now_us),
        .viewers = room->viewer_count,
    };
    const size_t len = control_write_welcome(json, sizeof(json), &welcome);
    session_tell(s, message_create_text(json, len));
    session_tell(s, chat_history(&room->chat));
    renditions_tell(s->room, s);
    if (s->is_publisher)
        presence_tell_people(s);
}

bool session_take_name(struct session *s, const char *name) {
    char *const taken = strdup(name);
    if (!taken)
        return false;
    free(s->name);
    s->name = taken;
    return true;
}

// What the session needs from now on; false when out of memory.
static bool become_member(struct session *s, const struct show *show,
                          const struct control_message *m, bool is_sure) {
    char made_up[PRESENCE_NAME_BYTES];
    s->is_publisher = m->hello.is_publisher;
    if (s->is_publisher && !s->publishing)
        s->publishing = calloc(1, sizeof(*s->publishing));
    return session_take_name(s, presence_name(s, show, is_sure ? m->hello.name : "", made_up)) &&
           (!s->is_publisher || s->publishing);
}

static enum refusal on_hello(struct session *s, const struct control_message *m, uint64_t now_us) {
    struct show *const show = shows_find(&s->relay->shows, m->hello.show);
    if (!show || show->state == SHOW_ENDED)
        return REFUSAL_NOT_FOUND;
    if (m->hello.is_publisher) {
        const enum refusal why = publisher_admit(m, show, now_us);
        if (why != REFUSAL_NONE)
            return why;
    } else {
        const enum refusal why = session_door_ask(s, show, m, now_us);
        if (why != REFUSAL_NONE || session_door_waits(s))
            return why;
    }
    // Somebody who wants to be invisible must not come in under a name of theirs.
    const bool is_sure = m->hello.is_publisher || session_door_is_sure(s);
    if (!m->hello.is_publisher)
        session_door_keep(s, show); // by what it is inside; the rest is of no use there
    session_door_dispose(s);
    struct room *const room = room_open(s->relay, show);
    if (!room || (!m->hello.is_publisher && room_is_full(room)))
        return REFUSAL_ROOM_FULL;
    if (!become_member(s, show, m, is_sure) || room_add_session(room, s, now_us) != 0) {
        room_close_if_idle(room);
        return REFUSAL_ROOM_FULL;
    }
    tell_welcome(s, now_us);
    return REFUSAL_NONE;
}

static enum refusal on_end(struct session *s, const struct control_message *m, uint64_t now_us) {
    (void)m;
    room_end(s->room, now_us);
    return REFUSAL_NONE;
}

static enum refusal on_chat(struct session *s, const struct control_message *m, uint64_t now_us) {
    struct room *const room = s->room;
    if (!m->chat.is_valid)
        return REFUSAL_CHAT_INVALID;
    if (!rate_limit_take(&s->chat, now_us, 1, LIMIT_CHAT_PER_SECOND, LIMIT_CHAT_BURST))
        return REFUSAL_CHAT_RATE;
    struct control_chat_line line = {
        .session = s->id,
        .name = s->name,
        .account = presence_account(s),
        .role = s->is_publisher ? "publish" : "watch",
        .text = m->chat.text,
        .at_us = (int64_t)room_media_time_us(room, now_us),
        .sent_at_us = relay_unix_us(s->relay, now_us),
    };
    struct message *const said = chat_say(&room->chat, &line);
    if (!said)
        return REFUSAL_NONE;
    s->relay->metrics.chat_lines++;
    if (room->recording)
        recording_chat(room->recording, (const char *)said->bytes + said->frame_head_len,
                       said->framed_len - said->frame_head_len);
    room_tell(room, said, now_us);
    return REFUSAL_NONE;
}

static enum refusal on_name(struct session *s, const struct control_message *m, uint64_t now_us) {
    (void)now_us;
    // Whose account nobody shall see says none of its names by mistake.
    if (seen_text_is_plain(m->name.name) && !(s->member && s->member->is_invisible))
        (void)session_take_name(s, m->name.name); // out of memory: the old one stays
    return REFUSAL_NONE;
}

static enum refusal on_time(struct session *s, const struct control_message *m, uint64_t now_us) {
    char json[128];
    const size_t len =
        control_write_time(json, sizeof(json), m->time.t, relay_unix_us(s->relay, now_us));
    session_tell(s, message_create_text(json, len));
    return REFUSAL_NONE;
}

static enum refusal on_keyframe(struct session *s, const struct control_message *m,
                                uint64_t now_us) {
    (void)m;
    room_wish_keyframe(s->room, s->viewer.wanted_rendition, now_us);
    return REFUSAL_NONE;
}

// How long what the viewer has received last was under way: systems and lines hold seconds of a
// show, of which the socket says nothing. Compared with the newest the room has, so that a slow
// creator's delay is not taken for the viewer's.
static uint64_t under_way_us(const struct session *s, uint64_t received_us) {
    const struct room *const room = s->room;
    const uint64_t picture_us = room->newest_us[s->viewer.rendition];
    const uint64_t newest_us =
        room->newest_audio_us > picture_us ? room->newest_audio_us : picture_us;
    return newest_us > received_us ? newest_us - received_us : 0;
}

static enum refusal on_lag(struct session *s, const struct control_message *m, uint64_t now_us) {
    struct viewer *const v = &s->viewer;
    const uint64_t behind_us = m->lag.behind_us + under_way_us(s, m->lag.newest_us);
    slow_viewer_report(&v->slow, now_us, behind_us, m->lag.is_hidden);
    if (v->is_in_step && slow_viewer_reports_trouble(&v->slow, now_us))
        branch_leave_step(v, v->branch->texts_at, v->branch->media_at);
    return REFUSAL_NONE;
}

static enum refusal on_quality(struct session *s, const struct control_message *m,
                               uint64_t now_us) {
    struct viewer *const v = &s->viewer;
    viewer_choose(v, m->quality.choice, m->quality.best, now_us);
    if (v->is_in_step && !viewer_is_settled(v))
        branch_leave_step(v, v->branch->texts_at, v->branch->media_at);
    return REFUSAL_NONE;
}

static enum refusal on_withdraw(struct session *s, const struct control_message *m,
                                uint64_t now_us) {
    renditions_withdraw(s->room, m->withdraw.rendition, now_us);
    return REFUSAL_NONE;
}

static enum refusal on_programme(struct session *s, const struct control_message *m,
                                 uint64_t now_us) {
    (void)m;
    (void)now_us;
    session_door_dispose(s);
    programme_join(s);
    return REFUSAL_NONE;
}

static const struct {
    enum session_event event;
    enum refusal (*on)(struct session *s, const struct control_message *m, uint64_t now_us);
} handlers[CONTROL_TYPE_COUNT] = {
    [CONTROL_HELLO] = {SESSION_ON_HELLO_WATCH, on_hello},
    [CONTROL_START] = {SESSION_ON_START, publisher_starts},
    [CONTROL_END] = {SESSION_ON_END, on_end},
    [CONTROL_CHAT] = {SESSION_ON_CHAT, on_chat},
    [CONTROL_KEYFRAME] = {SESSION_ON_VIEWER_REPORT, on_keyframe},
    [CONTROL_LAG] = {SESSION_ON_VIEWER_REPORT, on_lag},
    [CONTROL_TIME] = {SESSION_ON_TIME, on_time},
    [CONTROL_NAME] = {SESSION_ON_NAME, on_name},
    [CONTROL_TIMING] = {SESSION_ON_MEDIA, publisher_times}, // who may send media may say this
    [CONTROL_QUALITY] = {SESSION_ON_VIEWER_REPORT, on_quality},
    [CONTROL_WITHDRAW] = {SESSION_ON_MEDIA, on_withdraw},
    [CONTROL_PROGRAMME] = {SESSION_ON_PROGRAMME, on_programme},
};

static enum refusal handle(struct session *s, const struct control_message *m, uint64_t now_us) {
    enum session_event event = handlers[m->type].event;
    if (event == SESSION_ON_HELLO_WATCH && m->hello.is_publisher)
        event = SESSION_ON_HELLO_PUBLISH;
    const enum session_state next = session_next_state(s->state, event);
    if (next == SESSION_STATE_COUNT) {
        const bool is_publishers =
            event == SESSION_ON_START || event == SESSION_ON_END || event == SESSION_ON_MEDIA;
        return s->state == SESSION_WATCHING && is_publishers ? REFUSAL_VIEWER_PUBLISHES
                                                             : REFUSAL_UNEXPECTED;
    }
    if (session_door_waits(s))
        return REFUSAL_UNEXPECTED;
    const enum refusal why = handlers[m->type].on(s, m, now_us);
    if (why == REFUSAL_NONE && s->state != SESSION_CLOSING && !session_door_waits(s))
        s->state = next;
    return why;
}

void session_text(struct session *s, const char *text, size_t len, uint64_t now_us) {
    struct control_message m;
    if (s->state == SESSION_CLOSING)
        return;
    s->heard_us = now_us;
    s->relay->metrics.text_messages_in++;
    enum refusal why = REFUSAL_NONE;
    if (!rate_limit_take(&s->texts, now_us, 1, LIMIT_TEXTS_PER_SECOND, LIMIT_TEXTS_BURST))
        why = REFUSAL_RATE_TEXT;
    else if (len > LIMIT_TEXT_MESSAGE_BYTES)
        why = REFUSAL_TOO_LONG;
    else if (!utf8_is_valid((const uint8_t *)text, len))
        why = REFUSAL_NOT_UTF8;
    else
        why = control_read(&m, text, len);
    if (why == REFUSAL_NONE)
        why = handle(s, &m, now_us);
    if (why != REFUSAL_NONE)
        session_refuse(s, why, now_us);
}

bool session_wants_write(const struct session *s) {
    if (s->queue.count || s->needs_ping || s->state == SESSION_CLOSING || session_door_is_ready(s))
        return true;
    if (!s->room || s->viewer.is_in_step)
        return false;
    return s->text_cursor != s->room->texts.next || viewer_is_waiting(&s->viewer);
}

// The next picture or sound, behind a word about what the viewer gets when that has changed.
static struct message *take_media(struct session *s, uint64_t now_us) {
    char json[128];
    struct viewer *const v = &s->viewer;
    struct message *const m = viewer_take(v, &s->relay->metrics, now_us);
    if (v->slow.stage == SLOW_CLOSED) {
        message_unref(m);
        session_refuse(s, REFUSAL_TOO_SLOW, now_us); // leaves the room
        return message_queue_take(&s->queue);
    }
    if (v->room && viewer_has_changed(v))
        session_tell(
            s, message_create_text(json, control_write_quality(json, sizeof(json),
                                                               slow_stage_name(viewer_stage(v)),
                                                               v->rendition)));
    return m;
}

// Control and chat go ahead of media: they are small, and a late "ended" helps nobody.
static struct message *take_next(struct session *s, uint64_t now_us) {
    if (s->queue.count)
        return message_queue_take(&s->queue);
    if (!s->room || s->viewer.is_in_step)
        return NULL;
    if (s->text_cursor < s->room->texts.first) {
        session_refuse(s, REFUSAL_TOO_SLOW, now_us); // leaves the room
        return message_queue_take(&s->queue);
    }
    if (s->text_cursor != s->room->texts.next)
        return message_ref(ring_peek(&s->room->texts, s->text_cursor++)->message);
    return take_media(s, now_us);
}

// The hello that waited at the door.
static void go_on(struct session *s, uint64_t now_us) {
    struct control_message hello;
    if (s->state == SESSION_CLOSING || !session_door_take_hello(s, &hello))
        return;
    const enum refusal why = handle(s, &hello, now_us);
    if (why != REFUSAL_NONE)
        session_refuse(s, why, now_us);
}

enum session_pull session_pull(struct session *s, struct message **out, uint64_t now_us) {
    struct metrics *const metrics = &s->relay->metrics;
    s->took_us = now_us;
    go_on(s, now_us);
    if (s->needs_ping) {
        s->needs_ping = false;
        return SESSION_PULL_PING;
    }
    if (viewer_wants_mark(&s->viewer, now_us)) {
        viewer_marked(&s->viewer, now_us);
        return SESSION_PULL_PING;
    }
    // Whoever is on the way out reads what was said last before the close frame.
    if (s->state == SESSION_CLOSING && s->viewer.is_in_step)
        branch_leave_step(&s->viewer, s->viewer.branch->texts_at, s->viewer.branch->media_at);
    struct message *const m = take_next(s, now_us);
    if (s->state == SESSION_WATCHING && !session_wants_write(s))
        branch_try_step(&s->viewer);
    if (!m)
        return s->state == SESSION_CLOSING ? SESSION_PULL_CLOSE : SESSION_PULL_NOTHING;
    if (m->is_text) {
        metrics->text_messages_out++;
        metrics->text_bytes_out += m->framed_len;
    } else {
        metrics->media_messages_out++;
        metrics->media_bytes_out += m->framed_len;
    }
    *out = m;
    return SESSION_PULL_MESSAGE;
}

bool session_control(struct session *s, unsigned count, uint64_t now_us) {
    if (rate_limit_take(&s->texts, now_us, count, LIMIT_TEXTS_PER_SECOND, LIMIT_TEXTS_BURST))
        return true;
    session_refuse(s, REFUSAL_RATE_CONTROL, now_us);
    return false;
}

void session_heard(struct session *s, uint64_t now_us) {
    s->heard_us = now_us;
    viewer_answered(&s->viewer, now_us);
    if (s->room && session_wants_write(s)) // it may have waited for that
        s->relay->wake(s->conn);
}

// Ends are rationed among sessions (relay.c); whoever gets none has its turn a second later.
static bool may_end(struct session *s) {
    struct relay_loop *const own = &s->relay->loops[s->loop];
    if (!own->ends_left)
        return false;
    own->ends_left--;
    return true;
}

bool session_tick(struct session *s, uint64_t now_us) {
    const uint64_t silent_us = now_us - s->heard_us;
    if (s->state == SESSION_CLOSING)
        return now_us - s->entered_us > LIMIT_CLOSING_US && may_end(s);
    if (silent_us > LIMIT_UNHEARD_US)
        return may_end(s); // it answers no PING: nobody is there
    if (s->state == SESSION_SILENT && now_us - s->entered_us >= LIMIT_HELLO_US) {
        if (may_end(s))
            session_refuse(s, REFUSAL_HELLO_TIMEOUT, now_us);
        return false;
    }
    if (s->viewer.awaits_until_us) // in vain, and nothing else may come
        s->relay->wake(s->conn);
    if (!session_wants_write(s))
        s->took_us = now_us;
    else if (now_us - s->took_us > LIMIT_STALLED_US)
        session_refuse(s, REFUSAL_TOO_SLOW, now_us);
    // Once when 20 s have passed without a word, once more each 20 s.
    if (s->state != SESSION_CLOSING && silent_us >= LIMIT_PING_US &&
        now_us - s->pinged_us >= LIMIT_PING_US) {
        s->needs_ping = true;
        s->pinged_us = now_us;
        s->relay->wake(s->conn);
    }
    return false;
}
