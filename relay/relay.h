// SPDX-License-Identifier: MIT
// The relay without its sockets: shows, rooms, sessions, counters, and the caps they keep. One
// thread. The network (net.h) and main.c bring the bytes and the time; nothing here knows how they
// came.
#ifndef TABCAST_RELAY_RELAY_H
#define TABCAST_RELAY_RELAY_H

#include "relay/log.h"
#include "relay/metrics.h"
#include "relay/rate_limit.h"
#include "relay/recorder.h"
#include "relay/replays.h"
#include "relay/shows.h"

struct room;
struct session;

struct relay_config {
    uint32_t rooms_count;      // most rooms
    uint32_t members_count;    // most members of one room
    uint32_t shows_per_minute; // made by one address
    uint64_t publisher_bps;    // most bits a second of one publisher
    const char *public_url;    // "" = whatever Host says
    const char *version;
};

struct relay {
    struct relay_config config;
    struct log *log;           // may be NULL
    struct recorder *recorder; // may be NULL: nothing is recorded
    void (*wake)(void *conn);  // this connection has something to write
    int64_t unix_offset_us;    // Unix time minus monotonic time, fixed at start: the relay's clock
                               // never steps
    uint64_t started_us;
    struct shows shows;
    struct replays replays;
    struct metrics metrics;
    struct address_limit creations;
    struct session *sessions;
    struct session *next_tick; // whose turn it is; NULL = the first
    struct room *rooms;
    uint64_t session_count, room_count, viewer_count, publisher_count;
    uint64_t connection_count; // kept by the network
    uint32_t ends_left;        // connections which this tick may still end
    uint64_t ticked_us, forgot_us;
    bool is_stopping;
};

int relay_init(struct relay *r, const struct relay_config *config, uint64_t now_us,
               int64_t unix_us);
void relay_dispose(struct relay *r); // after the last session is gone

int64_t relay_unix_us(const struct relay *r, uint64_t now_us);

// Time passes: each 50 ms. `cut` is called for sockets that shall be closed without ceremony; it
// may destroy the session.
void relay_tick(struct relay *r, uint64_t now_us, void (*cut)(void *conn));

// The loop came to its tick so much too late: counted, and told in the log when viewers may notice.
void relay_loop_delay(struct relay *r, uint64_t now_us, uint64_t delay_us);

// The recorder said something (recorder.h). REPAIRED and FINALISED replays were added to the
// catalogue already.
void relay_recorder_event(struct relay *r, const struct recorder_event *event, uint64_t now_us);

// Ends every show and closes every session; sockets drain for a while.
void relay_stop(struct relay *r, uint64_t now_us);

void relay_metrics_now(const struct relay *r, uint64_t now_us, struct metrics_now *out);

#endif
