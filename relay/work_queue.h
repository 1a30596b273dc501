// SPDX-License-Identifier: MIT
// Jobs that would hold up the event loop, done on threads of their own in the order they came,
// behind a bounded queue. Each job that is accepted is worked on once and finished once: worked on
// by a worker, finished from work_queue_poll on the caller's thread. Knows nothing of what the jobs
// are; retries and priorities are not its business.
#ifndef TABCAST_RELAY_WORK_QUEUE_H
#define TABCAST_RELAY_WORK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#define WORK_QUEUE_WORKERS_MAX_COUNT 8

struct work_queue;

// The first member of every job.
struct work_job {
    struct work_job *next;
};

struct work_queue_config {
    unsigned workers_count; // 1 to WORK_QUEUE_WORKERS_MAX_COUNT
    size_t waiting_count;   // accepted jobs that are not finished, at most
    int nice;               // of the workers, added to ours; 0 = as we are
    // From the worker's thread, `worker` from 0 on. `is_closing`: nobody waits for it any more.
    void (*work)(void *ctx, unsigned worker, struct work_job *job, bool is_closing);
    void (*finish)(void *ctx, struct work_job *job); // owns the job; may submit others
    void *ctx;
    void (*wake)(void *ctx); // from any thread: work_queue_poll has something to do; may be NULL
    void *wake_ctx;
};

// NULL when out of memory, or without a single thread.
struct work_queue *work_queue_create(const struct work_queue_config *config);
// Takes nothing more, has done and finished what was accepted. Also NULL, also twice.
void work_queue_close(struct work_queue *q);
// Closes, frees. Also NULL.
void work_queue_destroy(struct work_queue *q);

// Takes the job over. False: it is full or closed, and the job is still the caller's.
bool work_queue_submit(struct work_queue *q, struct work_job *job);
// Finishes what is done. Returns how many.
size_t work_queue_poll(struct work_queue *q);
// Sleeps until work_queue_poll has something to do. False: nothing waits.
bool work_queue_wait(struct work_queue *q);

#endif
