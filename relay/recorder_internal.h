// SPDX-License-Identifier: MIT
// What recorder.c (the loop's side) and recorder_threads.c (the disk's side) share. Nobody else
// includes this.
//
// Two threads: the *writer* appends what the loop handed over, never later than RECORDER_FLUSH_MS;
// the *finisher* does what may take long, syncing and finalising, so that one show's end never
// delays another show's frames. `lock` guards everything marked "under lock" and is held only for
// pointer work, never during I/O.
//
// A recording goes through the lists in one direction: `recordings` (open) -> `jobs` (writer is
// done with it) -> freed by the finisher.
#ifndef TABCAST_RELAY_RECORDER_INTERNAL_H
#define TABCAST_RELAY_RECORDER_INTERNAL_H

#include "relay/recorder.h"
#include "relay/recording_file.h"

#include <pthread.h>
#include <stdbool.h>

// A crash loses what waits: well under the second that is promised.
#define RECORDER_FLUSH_MS 250
// Half of the queue, and at most so much, is written without waiting.
#define RECORDER_FLUSH_BYTES (1024 * 1024)
#define RECORDER_SYNC_MS 1000
// Finalising needs as much room again as the recording; each attempt reads it once.
#define RECORDER_REPAIR_RETRY_MS 30000

struct event_node {
    struct event_node *next;
    struct recorder_event event;
};

struct sweep {
    struct sweep *next;
    char id[LIMIT_ID_CHARS + 1];
};

struct message_list {
    struct message **items;
    size_t count;
    size_t cap;
    uint64_t bytes; // what they hold in memory
};

struct recording {
    struct recorder *recorder;
    struct recording *next; // under lock
    char id[LIMIT_ID_CHARS + 1];
    char title[LIMIT_TITLE_BYTES + 1];
    int64_t started_at_ms;
    bool goes_on;

    // Under lock.
    struct message_list waiting;
    uint64_t waiting_since_ms;
    bool is_finishing; // the handle is gone
    bool is_left;      // for the next start
    bool is_dead;      // FAILED was told; nothing is taken any more
    bool is_lagging;   // the queue was full: video waits for a key frame
    bool has_video;    // a video frame came
    int sync_fds[2];   // -1 = none
    bool needs_sync;
    uint64_t synced_at_ms;
    struct event_node *last_event; // made at open, so that the last word needs no memory

    // Writer's, then finisher's.
    struct recording_file file;
    bool is_open;
    struct message_list taken;
    bool told_lagging;
    bool told_paused;
    struct recording_counts told; // what the totals hold already
};

struct recorder {
    int dir_fd;
    uint64_t queue_limit_bytes;
    uint64_t flush_bytes; // so many are written without waiting
    uint64_t repair_retry_ms;
    void (*wake)(void *ctx);
    void *wake_ctx;
    pthread_t writer;
    pthread_t finisher;

    // Finisher's.
    uint64_t repair_at_ms; // 0 = nothing failed that may work later

    pthread_mutex_t lock;
    // Under lock.
    pthread_cond_t writer_wakes;
    pthread_cond_t finisher_wakes;
    struct recording *recordings;
    struct recording *jobs; // oldest first
    struct sweep *sweeps;   // litter to be removed
    bool has_waiting;       // something was handed over since the writer's last turn
    uint64_t waiting_since_ms;
    bool is_urgent; // the writer must not wait for RECORDER_FLUSH_MS
    bool is_stopping;
    bool may_repair;
    bool writer_is_done;
    struct event_node *events;
    struct event_node **events_end;
    struct recorder_stats stats;
};

uint64_t recorder_now_ms(void); // CLOCK_MONOTONIC

// Appends an event and wakes the loop. `node` NULL: one is made, and the event is lost without
// memory for it.
void recorder_post(struct recorder *r, struct event_node *node, const struct recorder_event *event);

void *recorder_writer_main(void *recorder);
void *recorder_finisher_main(void *recorder);

#endif
