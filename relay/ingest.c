// SPDX-License-Identifier: MIT
#include "relay/ingest.h"

#include "relay/room.h"
#include "relay/session.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gathered_frame {
    struct gathered_frame *next;
    struct ingest_frame frame; // its bytes are the ones behind
    uint8_t bytes[];
};

static void tell(struct ingest_problem *p, uint16_t status, const char *title, const char *detail) {
    p->status = status;
    p->title = title;
    snprintf(p->detail, sizeof(p->detail), "%s", detail);
}

// What the session closed with, as an answer of HTTP.
static void tell_close(struct ingest_problem *p, uint16_t close_code) {
    static const struct {
        uint16_t close_code, status;
        const char *title, *detail;
    } answers[] = {
        {1000, 410, "Gone", "The show has ended."},
        {1001, 503, "Service unavailable", "The relay is going away; please come back."},
        {4002, 410, "Gone", "The show has ended."},
        {4003, 403, "Forbidden", "The stream key does not fit this show."},
        {4004, 409, "Conflict",
         "The show is already being sent from somewhere else; end it there first."},
        {4006, 503, "Service unavailable", "The relay has no room left; try again later."},
        {4007, 429, "Too many requests",
         "More media than this relay takes from one show; lower the bitrate (with ffmpeg: -b:v "
         "2M)."},
        {4010, 403, "Forbidden", "This account is banned from this site; ask who runs it."},
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (answers[i].close_code == close_code) {
            tell(p, answers[i].status, answers[i].title, answers[i].detail);
            return;
        }
    tell(p, 400, "Bad request", "The stream is not one that a show can be made of.");
}

static void over(struct ingest *i, uint64_t now_us) {
    char address[ADDRESS_TEXT_LEN];
    i->state = INGEST_OVER;
    log_event(i->relay->log, relay_unix_us(i->relay, now_us), LOG_LEVEL_INFO, "ingest-refused",
              LOG_NUMBER("status", i->problem.status), LOG_TEXT("session", i->session->id),
              LOG_TEXT("address", packed_address_write(&i->session->address, address)),
              LOG_TEXT("reason", i->problem.detail));
}

// Reads what a tab would: acknowledgements and the like mean nothing here, a close does.
static void hear(struct ingest *i, uint64_t now_us) {
    struct message *m = NULL;
    enum session_pull got;
    while ((got = session_pull(i->session, &m, now_us)) == SESSION_PULL_MESSAGE ||
           got == SESSION_PULL_PING) {
        message_unref(m);
        m = NULL;
    }
    if (i->session->state != SESSION_CLOSING || i->state == INGEST_OVER)
        return;
    tell_close(&i->problem, i->session->close_code);
    over(i, now_us);
}

// --- The seat

static struct show *find_show(const struct relay *relay, const char *key) {
    uint8_t hash[SECRET_HASH_LEN];
    struct show *found = NULL;
    secret_hash(hash, key);
    for (size_t i = 0; i < relay->shows.count; i++)
        if (secret_hash_equals(hash, relay->shows.by_id[i]->key_hash))
            found = relay->shows.by_id[i];
    return found;
}

static struct show *admit(const struct relay *relay, const char *key, struct ingest_problem *why) {
    struct show *const show = find_show(relay, key);
    if (!show)
        tell(why, 403, "Forbidden", "No show has this stream key; make one first.");
    else if (show->state == SHOW_ENDED)
        tell(why, 410, "Gone", "The show has ended; make a new one.");
    else
        return show;
    return NULL;
}

struct ingest *ingest_create(struct relay *relay, unsigned loop, const char *key,
                             const char *address, uint64_t now_us, struct ingest_problem *why) {
    char hello[256];
    const struct show *const show = admit(relay, key, why);
    if (!show)
        return NULL;
    struct ingest *const i = malloc(sizeof(*i));
    if (i)
        memset(i, 0, offsetof(struct ingest, cut));
    struct session *const session = i ? session_create(relay, loop, NULL, address, now_us) : NULL;
    if (!session) {
        free(i);
        tell(why, 503, "Out of memory", "The relay is short of memory; please try again.");
        return NULL;
    }
    i->relay = relay;
    i->session = session;
    i->gathered_end = &i->gathered;
    ingest_cut_init(&i->cut);
    const int len = snprintf(
        hello, sizeof(hello),
        "{\"type\":\"hello\",\"version\":1,\"role\":\"publish\",\"show\":\"%s\",\"key\":\"%s\"}",
        show->id, key);
    session_text(session, hello, (size_t)len, now_us);
    hear(i, now_us);
    if (i->state == INGEST_OVER) {
        *why = i->problem;
        ingest_destroy(i, now_us);
        return NULL;
    }
    return i;
}

static void forget_gathered(struct ingest *i) {
    while (i->gathered) {
        struct gathered_frame *const g = i->gathered;
        i->gathered = g->next;
        free(g);
    }
    i->gathered_end = &i->gathered;
    i->gathered_count = i->gathered_bytes = 0;
}

void ingest_destroy(struct ingest *i, uint64_t now_us) {
    if (!i)
        return;
    session_destroy(i->session, now_us);
    forget_gathered(i);
    ingest_cut_dispose(&i->cut);
    free(i->message);
    free(i);
}

// --- Wire messages

static bool has_room(struct ingest *i, size_t len) {
    if (len <= i->message_cap)
        return true;
    uint8_t *const larger = realloc(i->message, len);
    if (!larger)
        return false;
    i->message = larger;
    i->message_cap = len;
    return true;
}

static void out_of_memory(struct ingest *i, uint64_t now_us) {
    tell(&i->problem, 503, "Out of memory", "The relay is short of memory; please try again.");
    over(i, now_us);
}

static void send_init(struct ingest *i, uint64_t timestamp_us, uint64_t now_us) {
    const struct wire_header header = {.kind = WIRE_INIT, .timestamp_us = timestamp_us};
    if (!has_room(i, WIRE_HEADER_LEN + LIMIT_INIT_BYTES)) {
        out_of_memory(i, now_us);
        return;
    }
    wire_header_write(i->message, &header);
    const size_t len =
        webm_write_init(i->message + WIRE_HEADER_LEN, LIMIT_INIT_BYTES, &i->cut.tracks.tracks);
    session_media(i->session, i->message, WIRE_HEADER_LEN + len, now_us);
}

// The frame as a message of its own, at `timestamp_us` of the show's clock.
static void send_frame(struct ingest *i, const struct ingest_frame *f, uint64_t timestamp_us,
                       uint64_t now_us) {
    const struct wire_header header = {.kind = f->is_video ? WIRE_VIDEO : WIRE_AUDIO,
                                       .flags = f->is_keyframe ? WIRE_KEY : 0,
                                       .sequence = i->sequence[f->is_video]++,
                                       .timestamp_us = timestamp_us};
    if (!has_room(i, WIRE_HEADER_LEN + WEBM_CLUSTER_HEAD_MAX_LEN + f->len)) {
        out_of_memory(i, now_us);
        return;
    }
    const size_t head_len =
        webm_write_cluster_head(i->message + WIRE_HEADER_LEN, WEBM_CLUSTER_HEAD_MAX_LEN,
                                f->is_video ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO,
                                timestamp_us / 1000, f->is_keyframe, f->len);
    if (!head_len) { // a show of 30 days
        tell_close(&i->problem, 1000);
        over(i, now_us);
        return;
    }
    wire_header_write(i->message, &header);
    memcpy(i->message + WIRE_HEADER_LEN + head_len, f->bytes, f->len);
    session_media(i->session, i->message, WIRE_HEADER_LEN + head_len + f->len, now_us);
    i->newest_us[f->is_video] = timestamp_us;
}

// --- The show's clock

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

static uint64_t newest_of_room(const struct room *room) {
    uint64_t newest_us = room->newest_audio_us;
    for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
        newest_us = larger(newest_us, room->newest_us[r]);
    return newest_us;
}

// A clock that jumped, or fell behind for good, goes on from now.
static uint64_t on_shows_clock(struct ingest *i, const struct ingest_frame *f, uint64_t media_us) {
    const int64_t at_us = (int64_t)f->time_us + i->shift_us;
    const int64_t off_us = at_us - (int64_t)media_us;
    if (off_us > (int64_t)LIMIT_INGEST_JUMP_US || off_us < -(int64_t)LIMIT_INGEST_JUMP_US)
        i->shift_us = (int64_t)larger(media_us, larger(i->newest_us[0], i->newest_us[1])) -
                      (int64_t)f->time_us;
    const int64_t moved_us = (int64_t)f->time_us + i->shift_us;
    return larger(moved_us < 0 ? 0 : (uint64_t)moved_us, i->newest_us[f->is_video]);
}

// False: it is too early for this frame.
static bool publish(struct ingest *i, const struct ingest_frame *f, uint64_t now_us) {
    const uint64_t media_us = room_media_time_us(i->session->room, now_us);
    const uint64_t timestamp_us = on_shows_clock(i, f, media_us);
    if (timestamp_us > media_us + LIMIT_INGEST_LEAD_US)
        return false;
    send_frame(i, f, timestamp_us, now_us);
    return true;
}

static void go_on_air(struct ingest *i, uint64_t now_us) {
    char start[64], address[ADDRESS_TEXT_LEN];
    struct room *const room = i->session->room;
    const uint64_t all_us = i->latest_us - i->earliest_us;
    const uint64_t span_us = all_us < LIMIT_INGEST_GATHER_US ? all_us : LIMIT_INGEST_GATHER_US;
    const uint64_t media_us = room_media_time_us(room, now_us);
    const bool is_first = room->show->started_unix_us == 0;
    uint64_t first_us = 0, start_us = span_us;
    if (!is_first) {
        first_us = larger(media_us > span_us ? media_us - span_us : 0, newest_of_room(room) + 1000);
        start_us = larger(media_us, first_us + span_us);
    }
    i->shift_us = (int64_t)first_us - (int64_t)i->earliest_us;
    i->newest_us[0] = i->newest_us[1] = first_us;
    i->state = INGEST_ON_AIR;
    const int len =
        snprintf(start, sizeof(start), "{\"type\":\"start\",\"timestampMs\":%" PRIu64 "}",
                 (start_us + 999) / 1000);
    session_text(i->session, start, (size_t)len, now_us);
    hear(i, now_us);
    if (i->state == INGEST_OVER)
        return;
    log_event(i->relay->log, relay_unix_us(i->relay, now_us), LOG_LEVEL_INFO, "ingest-started",
              LOG_TEXT("show", room->show->id), LOG_NUMBER("width", i->cut.tracks.tracks.width),
              LOG_NUMBER("height", i->cut.tracks.tracks.height),
              LOG_NUMBER("channels", i->cut.tracks.tracks.channels),
              LOG_TEXT("address", packed_address_write(&i->session->address, address)));
    send_init(i, first_us, now_us);
    for (const struct gathered_frame *g = i->gathered; g && i->state == INGEST_ON_AIR; g = g->next)
        if (i->session->state == SESSION_PUBLISHING)
            send_frame(i, &g->frame, on_shows_clock(i, &g->frame, larger(media_us, start_us)),
                       now_us);
    forget_gathered(i);
    hear(i, now_us);
}

static void gather(struct ingest *i, const struct ingest_frame *f, uint64_t now_us) {
    struct gathered_frame *const g = malloc(sizeof(*g) + f->len);
    if (!g) {
        out_of_memory(i, now_us);
        return;
    }
    memcpy(g->bytes, f->bytes, f->len);
    g->next = NULL;
    g->frame = *f;
    g->frame.bytes = g->bytes;
    *i->gathered_end = g;
    i->gathered_end = &g->next;
    if (!i->gathered_count || f->time_us < i->earliest_us)
        i->earliest_us = f->time_us;
    if (!i->gathered_count || f->time_us > i->latest_us)
        i->latest_us = f->time_us;
    i->gathered_count++;
    i->gathered_bytes += f->len;
    if (i->latest_us - i->earliest_us >= LIMIT_INGEST_GATHER_US ||
        i->gathered_count >= LIMIT_INGEST_GATHER_COUNT ||
        i->gathered_bytes >= LIMIT_INGEST_GATHER_BYTES)
        go_on_air(i, now_us);
}

// --- Bytes in

// Places the frame that was read; false when it must wait.
static bool place(struct ingest *i, uint64_t now_us) {
    if (i->state == INGEST_ON_AIR) {
        if (!publish(i, &i->frame, now_us))
            return false;
        if (i->session->state == SESSION_CLOSING)
            hear(i, now_us);
    } else {
        gather(i, &i->frame, now_us);
    }
    i->has_frame = false;
    return true;
}

size_t ingest_take(struct ingest *i, const uint8_t *bytes, size_t len, uint64_t now_us) {
    size_t taken = 0;
    i->session->heard_us = now_us;
    hear(i, now_us);
    while (i->state != INGEST_OVER) {
        if (i->has_frame && !place(i, now_us))
            return taken;
        if (i->state == INGEST_OVER)
            break;
        const int status = ingest_cut_next(&i->cut, &i->frame);
        i->has_frame = status == INGEST_CUT_FRAME;
        if (status == INGEST_CUT_DONE)
            return len; // what follows the Segment is nobody's
        if (status == INGEST_CUT_BAD) {
            tell(&i->problem, 415, "Unsupported media type", i->cut.reason);
            over(i, now_us);
        } else if (status == INGEST_CUT_MORE) {
            const size_t put = ingest_cut_put(&i->cut, bytes + taken, len - taken);
            if (!put)
                return taken;
            taken += put;
        }
    }
    return len;
}

void ingest_dry(struct ingest *i, uint64_t now_us) {
    hear(i, now_us);
    if (i->state == INGEST_GATHERING && i->gathered)
        go_on_air(i, now_us);
}

void ingest_finish(struct ingest *i, uint64_t now_us) {
    ingest_dry(i, now_us);
    if (i->state == INGEST_GATHERING) {
        tell(&i->problem, 415, "Unsupported media type",
             "The stream held neither picture nor sound. With ffmpeg: -f webm.");
        over(i, now_us);
    }
}

void ingest_tick(struct ingest *i, uint64_t now_us) { hear(i, now_us); }

bool ingest_end_show(struct relay *relay, const char *key, uint64_t now_us,
                     struct ingest_problem *why) {
    struct show *const show = admit(relay, key, why);
    if (!show)
        return false;
    if (!show->room || (show->state != SHOW_LIVE && show->state != SHOW_RECONNECTING)) {
        tell(why, 409, "Conflict", "The show has not begun.");
        return false;
    }
    struct room *const room = show->room;
    room_end(room, now_us);
    room_close_if_idle(room);
    return true;
}
