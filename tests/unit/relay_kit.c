// SPDX-License-Identifier: MIT
#include "relay_kit.h"

#include "shared/webm_writer.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_US 5000000000ULL
#define START_UNIX_US 1800000000000000LL

static void wake(void *conn) {
    struct kit_peer *const p = conn;
    p->wakes++;
}

// The sockets here take nothing by themselves: whoever is in step falls out and pulls.
static void wake_branch(struct branch *b) {
    struct kit *const k = b->room->relay->net;
    k->has_news = true;
}

static void serve(struct kit *k, struct branch *b) {
    static struct span span;
    uint64_t due_us;
    const enum branch_news news = branch_take(b, &span, 0, k->now_us, &due_us);
    for (uint32_t i = 0; i < b->count; i++) {
        struct viewer *const v = b->viewers[i];
        if (news == BRANCH_SPAN && v->is_in_step)
            branch_leave_step(v, span.texts_at, span.media_at);
        if (!v->is_in_step)
            v->wake(v);
    }
    if (news == BRANCH_SPAN)
        span_dispose(&span);
}

void kit_serve(struct kit *k) {
    if (!k->has_news)
        return;
    k->has_news = false;
    for (struct room *room = k->relay.rooms; room; room = room->next)
        for (struct branch *b = room->branches; b; b = b->next)
            serve(k, b);
}

void kit_init(struct kit *k) {
    static const struct relay_config config = {.rooms_count = 3,
                                               .members_count = 4,
                                               .shows_per_minute = 60,
                                               .publisher_bps = 8000000,
                                               .public_url = "",
                                               .version = "test"};
    memset(k, 0, sizeof(*k));
    k->now_us = START_US;
    if (random_start() != 0 || relay_init(&k->relay, &config, k->now_us, START_UNIX_US) != 0)
        abort();
    k->relay.wake = wake;
    k->relay.wake_branch = wake_branch;
    k->relay.net = k;
}

void kit_dispose(struct kit *k) { relay_dispose(&k->relay); }

struct show *kit_show(struct kit *k, const char *title) {
    return shows_add(&k->relay.shows, title, "", k->key, k->now_us,
                     relay_unix_us(&k->relay, k->now_us));
}

void kit_open(struct kit *k, struct kit_peer *p) {
    memset(p, 0, sizeof(*p));
    p->session = session_create(&k->relay, 0, p, "192.0.2.1", k->now_us);
}

void kit_forget(struct kit_peer *p) {
    for (size_t i = 0; i < p->count; i++)
        message_unref(p->inbox[i]);
    p->count = 0;
}

void kit_close(struct kit *k, struct kit_peer *p) {
    kit_forget(p);
    if (p->session)
        session_destroy(p->session, k->now_us);
    p->session = NULL;
}

void kit_say(struct kit *k, struct kit_peer *p, const char *format, ...) {
    char text[LIMIT_TEXT_MESSAGE_BYTES + 16];
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < sizeof(text));
    session_text(p->session, text, (size_t)len, k->now_us);
}

void kit_watch(struct kit *k, struct kit_peer *p, const struct show *show) {
    kit_open(k, p);
    kit_say(k, p, "{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"%s\"}",
            show->id);
}

void kit_publish(struct kit *k, struct kit_peer *p, const struct show *show, const char *key) {
    kit_open(k, p);
    kit_say(
        k, p,
        "{\"type\":\"hello\",\"version\":1,\"role\":\"publish\",\"show\":\"%s\",\"key\":\"%s\"}",
        show->id, key);
}

void kit_start(struct kit *k, struct kit_peer *p, double timestamp_ms) {
    kit_say(k, p, "{\"type\":\"start\",\"timestampMs\":%.3f}", timestamp_ms);
}

void kit_send(struct kit *k, struct kit_peer *p, struct message *take) {
    session_media(p->session, take->bytes + take->frame_head_len,
                  take->framed_len - take->frame_head_len, k->now_us);
    message_unref(take);
}

static struct message *frame(const struct kit *k, uint8_t kind, uint8_t track,
                             uint64_t timestamp_us, unsigned flags, unsigned temporal_id,
                             size_t bytes) {
    const struct wire_header header = {.kind = kind,
                                       .flags = (uint8_t)flags,
                                       .rendition = kind == WIRE_VIDEO ? k->rendition : 0,
                                       .temporal_id = (uint8_t)temporal_id,
                                       .timestamp_us = timestamp_us};
    uint8_t *const body = calloc(1, WIRE_HEADER_LEN + WEBM_CLUSTER_HEAD_MAX_LEN + bytes);
    wire_header_write(body, &header);
    const size_t head =
        webm_write_cluster_head(body + WIRE_HEADER_LEN, WEBM_CLUSTER_HEAD_MAX_LEN, track,
                                timestamp_us / 1000, (flags & WIRE_KEY) != 0, bytes);
    assert(head);
    struct message *const m = message_create_media(&header, body, WIRE_HEADER_LEN + head + bytes);
    free(body);
    return m;
}

void kit_send_init(struct kit *k, struct kit_peer *p) {
    const struct wire_header header = {.kind = WIRE_INIT, .rendition = k->rendition};
    const struct webm_tracks tracks = {.width = (uint16_t)(640 >> k->rendition),
                                       .height = (uint16_t)(360 >> k->rendition),
                                       .channels = 2,
                                       .pre_skip = 312};
    uint8_t body[WIRE_HEADER_LEN + LIMIT_INIT_BYTES];
    wire_header_write(body, &header);
    const size_t len = webm_write_init(body + WIRE_HEADER_LEN, LIMIT_INIT_BYTES, &tracks);
    kit_send(k, p, message_create_media(&header, body, WIRE_HEADER_LEN + len));
}

void kit_send_video(struct kit *k, struct kit_peer *p, uint64_t timestamp_us, unsigned flags,
                    unsigned temporal_id, size_t bytes) {
    kit_send(k, p, frame(k, WIRE_VIDEO, WEBM_TRACK_VIDEO, timestamp_us, flags, temporal_id, bytes));
}

void kit_send_audio(struct kit *k, struct kit_peer *p, uint64_t timestamp_us) {
    kit_send(k, p, frame(k, WIRE_AUDIO, WEBM_TRACK_AUDIO, timestamp_us, WIRE_KEY, 0, 60));
}

void kit_pull(struct kit *k, struct kit_peer *p, size_t limit) {
    kit_serve(k);
    size_t n = 0;
    while ((!limit || n < limit) && p->count < KIT_INBOX_COUNT) {
        struct message *m = NULL;
        const bool is_asked = p->session->needs_ping; // whether it is there: that is no mark
        const enum session_pull got = session_pull(p->session, &m, k->now_us);
        if (got == SESSION_PULL_PING) {
            p->pings++;
            if (!is_asked && !p->holds_answers)
                session_heard(p->session, k->now_us);
            continue;
        }
        if (got == SESSION_PULL_CLOSE)
            p->closed = p->session->close_code;
        if (got != SESSION_PULL_MESSAGE)
            return;
        p->inbox[p->count++] = m;
        n++;
    }
}

static void cut(void *conn) {
    struct kit_peer *const p = conn;
    p->closed = 1006;
}

void kit_tick(struct kit *k, uint64_t us) {
    for (uint64_t passed = 0; passed < us; passed += 50000) {
        k->now_us += 50000;
        relay_tick(&k->relay, 0, k->now_us, cut);
    }
}

const char *kit_text(const struct kit_peer *p, const char *part, size_t n) {
    static char text[LIMIT_TEXT_MESSAGE_BYTES * 4];
    for (size_t i = 0; i < p->count; i++) {
        const struct message *const m = p->inbox[i];
        const size_t len = m->framed_len - m->frame_head_len;
        if (!m->is_text || len >= sizeof(text))
            continue;
        memcpy(text, m->bytes + m->frame_head_len, len);
        text[len] = '\0';
        if (strstr(text, part) && n-- == 0)
            return text;
    }
    return NULL;
}

size_t kit_count_kind(const struct kit_peer *p, enum wire_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        count += !p->inbox[i]->is_text && p->inbox[i]->header.kind == kind;
    return count;
}
