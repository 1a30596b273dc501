// SPDX-License-Identifier: MIT
#include "relay/relay.h"

#include "relay/programme.h"
#include "relay/relay_limits.h"
#include "relay/room.h"
#include "relay/session.h"
#include "relay/show_keeper.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

// A viewer's jitter buffer hides less than this.
#define LOOP_LATE_US 200000ULL
#define FORGET_INTERVAL_US 60000000ULL
#define SESSION_TICK_US 1000000ULL
#define ENDS_COST 200000
#define ENDS_LEAST_COUNT 16

int relay_init(struct relay *r, const struct relay_config *config, uint64_t now_us,
               int64_t unix_us) {
    memset(r, 0, sizeof(*r));
    r->config = *config;
    r->unix_offset_us = unix_us - (int64_t)now_us;
    r->started_us = r->forgot_us = now_us;
    for (unsigned i = 0; i < LIMIT_LOOPS_COUNT; i++)
        r->loops[i].ticked_us = now_us;
    pthread_mutex_init(&r->lock, NULL);
    if (shows_init(&r->shows, LIMIT_SHOWS_COUNT) != 0 ||
        replays_init(&r->replays, LIMIT_REPLAYS_COUNT) != 0 ||
        address_limit_init(&r->creations, LIMIT_ADDRESSES_COUNT) != 0) {
        relay_dispose(r);
        return -1;
    }
    return 0;
}

void relay_dispose(struct relay *r) {
    assert(!relay_session_count(r));
    while (r->rooms) {
        struct room *const room = r->rooms;
        room_end(room, r->loops[0].ticked_us);
        room_close_if_idle(room);
    }
    shows_dispose(&r->shows);
    replays_dispose(&r->replays);
    address_limit_dispose(&r->creations);
    pthread_mutex_destroy(&r->lock);
}

uint64_t relay_session_count(const struct relay *r) {
    uint64_t count = 0;
    for (unsigned i = 0; i < LIMIT_LOOPS_COUNT; i++)
        count += r->loops[i].session_count;
    return count;
}

int64_t relay_unix_us(const struct relay *r, uint64_t now_us) {
    return (int64_t)now_us + r->unix_offset_us;
}

// Ending a connection costs the socket library a walk over all others (50 ns each). About 10 ms of
// a tick may go there, so that thousands of silent ones end a little later rather than stop every
// show.
static uint32_t ends_per_tick(const struct relay *r) {
    const uint64_t count = ENDS_COST / (r->connection_count + 1);
    return (uint32_t)(count < ENDS_LEAST_COUNT ? ENDS_LEAST_COUNT : count);
}

// Each session once a second, a share of them at each tick: thousands that reach their time-out
// together must not hold up the loop together.
static void tick_sessions(struct relay *r, struct relay_loop *own, uint64_t now_us,
                          void (*cut)(void *conn)) {
    const uint64_t elapsed_us = now_us - own->ticked_us;
    uint64_t share = own->session_count * elapsed_us / SESSION_TICK_US + 1;
    if (share > own->session_count)
        share = own->session_count;
    own->ticked_us = now_us;
    own->ends_left = ends_per_tick(r);
    for (; share; share--) {
        struct session *const s = own->next_tick ? own->next_tick : own->sessions;
        if (!s)
            return;
        own->next_tick = s->next;
        if (session_tick(s, now_us))
            cut(s->conn);
        else if (s->viewer.is_in_step && s->conn && r->watch)
            r->watch(s->conn);
    }
}

void relay_tick(struct relay *r, unsigned loop, uint64_t now_us, void (*cut)(void *conn)) {
    for (struct room *room = loop == 0 ? r->rooms : NULL, *next; room; room = next) {
        next = room->next;
        room_tick(room, now_us);
    }
    tick_sessions(r, &r->loops[loop], now_us, cut);
    if (loop == 0 && now_us - r->forgot_us >= FORGET_INTERVAL_US) {
        r->forgot_us = now_us;
        shows_forget_old(&r->shows, now_us);
    }
    if (loop == 0)
        show_save_again(r, now_us);
    if (loop == 0)
        programme_tick(r, now_us);
}

void relay_loop_delay(struct relay *r, uint64_t now_us, uint64_t delay_us) {
    metrics_loop_delay(&r->metrics, delay_us);
    if (delay_us > LOOP_LATE_US)
        log_event(r->log, relay_unix_us(r, now_us), LOG_LEVEL_WARN, "loop-late",
                  LOG_NUMBER("ms", delay_us / 1000),
                  LOG_NUMBER("connections", r->connection_count));
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
    struct room *room = r->rooms;
    while (room && strcmp(room->recording_id, event->id) != 0)
        room = room->next;
    log_event(r->log, relay_unix_us(r, now_us), kinds[event->kind].level, kinds[event->kind].name,
              LOG_TEXT("show", event->id), LOG_NUMBER("duration_ms", event->duration_ms),
              LOG_NUMBER("bytes", event->size_bytes), LOG_TEXT("detail", event->detail));
    if (room)
        room_recorder_event(room, event, now_us);
}

static void close_sessions(struct relay *r, uint64_t now_us) {
    for (unsigned i = 0; i < LIMIT_LOOPS_COUNT; i++)
        for (struct session *s = r->loops[i].sessions; s; s = s->next)
            session_close(s, 1001, now_us);
}

void relay_leave(struct relay *r, uint64_t now_us) {
    r->is_stopping = true;
    for (struct room *room = r->rooms; room; room = room->next) {
        if (room->recording)
            recording_leave(room->recording);
        room->recording = NULL;
    }
    close_sessions(r, now_us);
}

void relay_stop(struct relay *r, uint64_t now_us) {
    r->is_stopping = true;
    for (struct room *room = r->rooms, *next; room; room = next) {
        next = room->next;
        if (room->show->state == SHOW_LIVE || room->show->state == SHOW_RECONNECTING)
            room_end(room, now_us);
        room_close_if_idle(room);
    }
    close_sessions(r, now_us);
}

void relay_metrics_now(const struct relay *r, uint64_t now_us, struct metrics_now *out) {
    memset(out, 0, sizeof(*out));
    out->connections = r->connection_count;
    out->sessions = relay_session_count(r);
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
