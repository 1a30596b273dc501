// SPDX-License-Identifier: MIT
#include "relay/relay.h"

#include "relay/relay_limits.h"
#include "relay/room.h"
#include "relay/session.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FORGET_INTERVAL_US 60000000ULL
#define SESSION_TICK_US 1000000ULL

int relay_init(struct relay *r, const struct relay_config *config, uint64_t now_us,
               int64_t unix_us) {
    memset(r, 0, sizeof(*r));
    r->config = *config;
    r->unix_offset_us = unix_us - (int64_t)now_us;
    r->started_us = r->ticked_us = r->forgot_us = now_us;
    if (shows_init(&r->shows, LIMIT_SHOWS_COUNT) != 0 ||
        replays_init(&r->replays, LIMIT_REPLAYS_COUNT) != 0 ||
        address_limit_init(&r->creations, LIMIT_ADDRESSES_COUNT) != 0) {
        relay_dispose(r);
        return -1;
    }
    return 0;
}

void relay_dispose(struct relay *r) {
    assert(!r->sessions);
    while (r->rooms) {
        struct room *const room = r->rooms;
        room_end(room, r->ticked_us);
        room_close_if_idle(room);
    }
    shows_dispose(&r->shows);
    replays_dispose(&r->replays);
    address_limit_dispose(&r->creations);
}

int64_t relay_unix_us(const struct relay *r, uint64_t now_us) {
    return (int64_t)now_us + r->unix_offset_us;
}

void relay_tick(struct relay *r, uint64_t now_us, void (*cut)(void *conn)) {
    for (struct room *room = r->rooms, *next; room; room = next) {
        next = room->next;
        room_tick(room, now_us);
    }
    if (now_us - r->ticked_us >= SESSION_TICK_US) {
        r->ticked_us = now_us;
        for (struct session *s = r->sessions, *next; s; s = next) {
            next = s->next;
            if (session_tick(s, now_us))
                cut(s->conn);
        }
    }
    if (now_us - r->forgot_us >= FORGET_INTERVAL_US) {
        r->forgot_us = now_us;
        shows_forget_old(&r->shows, now_us);
    }
}

void relay_recorder_event(struct relay *r, const struct recorder_event *event, uint64_t now_us) {
    static const struct {
        const char *name;
        enum log_level level;
    } kinds[] = {
        [RECORDER_FINALISED] = {"recording-finalised", LOG_LEVEL_INFO},
        [RECORDER_FAILED] = {"recording-failed", LOG_LEVEL_ERROR},
        [RECORDER_LAGGING] = {"recording-lagging", LOG_LEVEL_WARN},
        [RECORDER_DISK_FULL] = {"recording-disk-full", LOG_LEVEL_ERROR},
        [RECORDER_RECOVERED] = {"recording-recovered", LOG_LEVEL_INFO},
        [RECORDER_REPAIRED] = {"recording-repaired", LOG_LEVEL_INFO},
    };
    struct show *const show = shows_find(&r->shows, event->id);
    log_event(r->log, relay_unix_us(r, now_us), kinds[event->kind].level, kinds[event->kind].name,
              LOG_TEXT("show", event->id), LOG_NUMBER("duration_ms", event->duration_ms),
              LOG_NUMBER("bytes", event->size_bytes), LOG_TEXT("detail", event->detail));
    if (show && show->room)
        room_recorder_event(show->room, event, now_us);
}

void relay_stop(struct relay *r, uint64_t now_us) {
    r->is_stopping = true;
    for (struct room *room = r->rooms, *next; room; room = next) {
        next = room->next;
        if (room->show->state == SHOW_LIVE || room->show->state == SHOW_RECONNECTING)
            room_end(room, now_us);
        room_close_if_idle(room);
    }
    for (struct session *s = r->sessions; s; s = s->next)
        session_close(s, 1001, now_us);
}

void relay_metrics_now(const struct relay *r, uint64_t now_us, struct metrics_now *out) {
    memset(out, 0, sizeof(*out));
    out->connections = r->connection_count;
    out->sessions = r->session_count;
    out->viewers = r->viewer_count;
    out->publishers = r->publisher_count;
    out->rooms = r->room_count;
    out->replays = r->replays.count;
    out->version = r->config.version;
    out->uptime_seconds = (double)(now_us - r->started_us) / 1e6;
    for (size_t i = 0; i < r->shows.count; i++) {
        const enum show_state state = r->shows.by_id[i]->state;
        out->shows_scheduled += state == SHOW_SCHEDULED;
        out->shows_live += state == SHOW_LIVE || state == SHOW_RECONNECTING;
    }
}
