// SPDX-License-Identifier: MIT
// The relay without its sockets: shows, rooms, sessions, counters, and the caps they keep. The
// network (net.h) and main.c bring the bytes and the time; nothing here knows how they came.
//
// Several event loops, each on a thread of its own, share one relay: whoever calls anything here or
// below (sessions, rooms, shows, the API) holds relay->lock. What a loop does for thousands of
// viewers, it does without: see branch.h.
#ifndef TABCAST_RELAY_RELAY_H
#define TABCAST_RELAY_RELAY_H

#include "relay/discards.h"
#include "relay/log.h"
#include "relay/metrics.h"
#include "relay/rate_limit.h"
#include "relay/recorder.h"
#include "relay/relay_limits.h"
#include "relay/replays.h"
#include "relay/shows.h"
#include <pthread.h>

struct accounts;
struct branch;
struct mailer;
struct room;
struct session;
struct webpush_key;

struct relay_config {
    uint32_t rooms_count;      // most rooms
    uint32_t members_count;    // most members of one room
    uint32_t shows_per_minute; // made by one address
    bool needs_account;        // guests make no shows
    bool pushes_anywhere;      // Web Push to http and private addresses, too
    uint64_t publisher_bps;    // most bits a second of one publisher
    const char *public_url;    // "" = whatever Host says
    const char *version;
};

// Of one event loop.
struct relay_loop {
    struct session *sessions;
    struct session *next_tick; // whose turn it is; NULL = the first
    uint64_t session_count;
    uint64_t ticked_us;
    uint32_t ends_left; // connections which this tick may still end
};

struct relay {
    pthread_mutex_t lock;
    struct relay_config config;
    struct log *log;                    // may be NULL
    struct recorder *recorder;          // may be NULL: nothing is recorded
    struct accounts *accounts;          // may be NULL: nobody signs in
    struct store *store;                // may be NULL: nothing outlives the relay
    const struct webpush_key *push_key; // may be NULL: no Web Push is sent
    struct mailer *mailer;              // may be NULL: no mail is sent
    struct show_news *news;             // the same
    // Of the network, from any thread: this connection has something to write; this branch's room
    // has something new; this branch is about to be freed (on its own loop's thread; may be NULL).
    void (*wake)(void *conn);
    // A viewer in step is looked at, once a second: what its socket has not sent is known to no
    // push. On its loop's thread, lock held; may be NULL.
    void (*watch)(void *conn);
    void (*wake_branch)(struct branch *b);
    void (*forget_branch)(struct branch *b);
    void *net;
    int64_t unix_offset_us; // Unix time minus monotonic time, fixed at start: the relay's clock
                            // never steps
    uint64_t started_us;
    struct shows shows;
    struct replays replays;
    struct discards discards;
    struct metrics metrics;
    struct address_limit creations;
    struct relay_loop loops[LIMIT_LOOPS_COUNT];
    struct room *rooms;
    struct session *listeners; // of the programme (programme.h)
    uint64_t programme_us;
    uint64_t room_count, viewer_count, publisher_count;
    uint64_t connection_count; // kept by the network
    uint64_t identity_changes; // bans, sign-outs, new roles and names so far: who was looked up
                               // before one of them is looked up again (session_door.h)
    uint64_t forgot_us;
    uint64_t mail_polled_us;
    uint64_t unsaved_count, saved_us; // shows the store could not take (show_keeper.h)
    bool is_stopping;
};

int relay_init(struct relay *r, const struct relay_config *config, uint64_t now_us,
               int64_t unix_us);
void relay_dispose(struct relay *r); // after the last session is gone

int64_t relay_unix_us(const struct relay *r, uint64_t now_us);

// Time passes, on each loop: every 50 ms. `cut` is called for sockets that shall be closed without
// ceremony; it may destroy the session. The rooms' time passes on loop 0.
void relay_tick(struct relay *r, unsigned loop, uint64_t now_us, void (*cut)(void *conn));
uint64_t relay_session_count(const struct relay *r);

// The loop came to its tick so much too late: counted, and told in the log when viewers may notice.
void relay_loop_delay(struct relay *r, uint64_t now_us, uint64_t delay_us);

// The recorder said something (recorder.h). REPAIRED and FINALISED replays were added to the
// catalogue already.
void relay_recorder_event(struct relay *r, const struct recorder_event *event, uint64_t now_us);

// Ends every show and closes every session; sockets drain for a while.
void relay_stop(struct relay *r, uint64_t now_us);
// The relay goes away and comes back over the same data: all sockets are closed (1001), shows stay
// on and recordings unfinished, for the next start to take up.
void relay_leave(struct relay *r, uint64_t now_us);

void relay_metrics_now(const struct relay *r, uint64_t now_us, struct metrics_now *out);

#endif
