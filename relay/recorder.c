// SPDX-License-Identifier: MIT
// Owns the loop's side of recording: handles, the bounded queue and what is left out when it is
// full, events. Touches no file. Everything here is called on the loop's thread and holds the lock
// for pointer work only.
#include "relay/recorder_internal.h"

#include "relay/recording_dir.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUEUE_LIMIT_DEFAULT_BYTES (32ULL * 1024 * 1024)

uint64_t recorder_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

// --- Life
// --------------------------------------------------------------------------------------------

// Signals are the main thread's affair.
static int start_thread(pthread_t *thread, void *(*run)(void *), struct recorder *r) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(thread, NULL, run, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void init_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void stop_writer(struct recorder *r) {
    pthread_mutex_lock(&r->lock);
    r->is_stopping = true;
    r->is_urgent = true;
    for (struct recording *rec = r->recordings; rec; rec = rec->next)
        rec->is_finishing = true;
    pthread_cond_signal(&r->writer_wakes);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->writer, NULL);
}

static void free_recorder(struct recorder *r) {
    while (r->events) {
        struct event_node *const next = r->events->next;
        free(r->events);
        r->events = next;
    }
    pthread_cond_destroy(&r->writer_wakes);
    pthread_cond_destroy(&r->finisher_wakes);
    pthread_mutex_destroy(&r->lock);
    close(r->dir_fd);
    free(r);
}

struct recorder *recorder_create(const struct recorder_config *config) {
    const int dir_fd = open(config->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return NULL;
    struct recorder *const r = calloc(1, sizeof(*r));
    if (!r) {
        close(dir_fd);
        errno = ENOMEM;
        return NULL;
    }
    recording_remove_stale(dir_fd); // what stays is only litter
    r->dir_fd = dir_fd;
    r->queue_limit_bytes =
        config->queue_limit_bytes ? config->queue_limit_bytes : QUEUE_LIMIT_DEFAULT_BYTES;
    r->flush_bytes = r->queue_limit_bytes / 2 < RECORDER_FLUSH_BYTES ? r->queue_limit_bytes / 2
                                                                     : RECORDER_FLUSH_BYTES;
    r->repair_retry_ms =
        config->repair_retry_ms ? config->repair_retry_ms : RECORDER_REPAIR_RETRY_MS;
    r->may_repair = !config->repairs_when_told;
    r->wake = config->wake;
    r->wake_ctx = config->wake_ctx;
    r->events_end = &r->events;
    pthread_mutex_init(&r->lock, NULL);
    init_condition(&r->writer_wakes);
    init_condition(&r->finisher_wakes);
    int error = start_thread(&r->writer, recorder_writer_main, r);
    if (error == 0) {
        error = start_thread(&r->finisher, recorder_finisher_main, r);
        if (error != 0)
            stop_writer(r);
    }
    if (error != 0) {
        free_recorder(r);
        errno = error;
        return NULL;
    }
    return r;
}

void recorder_repair(struct recorder *r) {
    pthread_mutex_lock(&r->lock);
    r->may_repair = true;
    pthread_cond_signal(&r->finisher_wakes);
    pthread_mutex_unlock(&r->lock);
}

void recorder_sweep(struct recorder *r, const char *id) {
    struct sweep *const sweep = calloc(1, sizeof(*sweep));
    assert(recording_id_is_valid(id));
    if (!sweep)
        return; // the next start sweeps, too
    memcpy(sweep->id, id, sizeof(sweep->id));
    pthread_mutex_lock(&r->lock);
    sweep->next = r->sweeps;
    r->sweeps = sweep;
    pthread_cond_signal(&r->finisher_wakes);
    pthread_mutex_unlock(&r->lock);
}

void recorder_destroy(struct recorder *r) {
    if (!r)
        return;
    stop_writer(r);
    pthread_mutex_lock(&r->lock);
    r->writer_is_done = true;
    pthread_cond_signal(&r->finisher_wakes);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->finisher, NULL);
    assert(!r->recordings && !r->jobs && !r->sweeps);
    free_recorder(r);
}

// --- Events and figures
// ------------------------------------------------------------------------------

void recorder_post(struct recorder *r, struct event_node *node,
                   const struct recorder_event *event) {
    if (!node)
        node = malloc(sizeof(*node));
    if (!node)
        return;
    node->next = NULL;
    node->event = *event;
    pthread_mutex_lock(&r->lock);
    *r->events_end = node;
    r->events_end = &node->next;
    pthread_mutex_unlock(&r->lock);
    if (r->wake)
        r->wake(r->wake_ctx);
}

int recorder_poll(struct recorder *r, struct recorder_event *out) {
    pthread_mutex_lock(&r->lock);
    struct event_node *const node = r->events;
    if (node) {
        r->events = node->next;
        if (!r->events)
            r->events_end = &r->events;
    }
    pthread_mutex_unlock(&r->lock);
    if (!node)
        return 0;
    *out = node->event;
    free(node);
    return 1;
}

void recorder_stats_read(struct recorder *r, struct recorder_stats *out) {
    pthread_mutex_lock(&r->lock);
    *out = r->stats;
    pthread_mutex_unlock(&r->lock);
}

// --- Recordings
// --------------------------------------------------------------------------------------

struct recording *recording_open(struct recorder *r, const struct recording_info *info) {
    struct recording *const rec = calloc(1, sizeof(*rec));
    struct event_node *const last_event = malloc(sizeof(*last_event));
    if (!rec || !last_event) {
        free(rec);
        free(last_event);
        return NULL;
    }
    assert(recording_id_is_valid(info->id));
    rec->recorder = r;
    rec->last_event = last_event;
    memcpy(rec->id, info->id, sizeof(rec->id));
    const size_t title_len = strlen(info->title);
    memcpy(rec->title, info->title, title_len < sizeof(rec->title) ? title_len : 0);
    rec->started_at_ms = info->started_at_ms;
    rec->goes_on = info->goes_on;
    rec->sync_fds[0] = rec->sync_fds[1] = -1;
    pthread_mutex_lock(&r->lock);
    rec->next = r->recordings;
    r->recordings = rec;
    r->is_urgent = true;
    pthread_cond_signal(&r->writer_wakes);
    pthread_mutex_unlock(&r->lock);
    return rec;
}

static uint64_t bytes_held(const struct message *m) { return sizeof(*m) + m->framed_len; }

static bool list_append(struct message_list *list, struct message *m) {
    if (list->count == list->cap) {
        const size_t cap = list->cap ? list->cap * 2 : 64;
        struct message **const items = realloc(list->items, cap * sizeof(struct message *));
        if (!items)
            return false;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = message_ref(m);
    list->bytes += bytes_held(m);
    return true;
}

// Hands a message to the writer. False: no memory.
static bool enqueue(struct recording *rec, struct message *m) {
    struct recorder *const r = rec->recorder;
    if (!list_append(&rec->waiting, m))
        return false;
    r->stats.queue_bytes += bytes_held(m);
    const bool was_waiting = r->has_waiting;
    if (!was_waiting || rec->waiting.count == 1) {
        const uint64_t now_ms = recorder_now_ms();
        if (rec->waiting.count == 1)
            rec->waiting_since_ms = now_ms;
        if (!was_waiting)
            r->waiting_since_ms = now_ms;
    }
    r->has_waiting = true;
    const bool is_much = !r->is_urgent && r->stats.queue_bytes >= r->flush_bytes;
    r->is_urgent |= is_much;
    if (!was_waiting || is_much)
        pthread_cond_signal(&r->writer_wakes);
    return true;
}

// May this frame into the queue? When it is full, frames are left out until half of it is free;
// sound then goes on at once, pictures with the next key frame, so that what is written always
// decodes.
static bool admit_frame(struct recording *rec, const struct message *m) {
    const struct recorder *const r = rec->recorder;
    const bool is_video = m->header.kind == WIRE_VIDEO;
    rec->has_video |= is_video;
    if (!rec->is_lagging) {
        rec->is_lagging = r->stats.queue_bytes + bytes_held(m) > r->queue_limit_bytes;
        return !rec->is_lagging;
    }
    if (r->stats.queue_bytes > r->queue_limit_bytes / 2)
        return false;
    if (is_video && !(m->header.flags & WIRE_KEY))
        return false;
    if (is_video || !rec->has_video)
        rec->is_lagging = false;
    return true;
}

void recording_append(struct recording *rec, struct message *m) {
    assert(!m->is_text);
    const bool is_frame = m->header.kind == WIRE_VIDEO || m->header.kind == WIRE_AUDIO;
    if (m->header.rendition != 0)
        return;
    struct recorder *const r = rec->recorder;
    pthread_mutex_lock(&r->lock);
    if (!rec->is_dead) {
        if (is_frame && !admit_frame(rec, m)) {
            r->stats.frames_left_out++;
        } else if (!enqueue(rec, m) && is_frame) {
            rec->is_lagging = true;
            r->stats.frames_left_out++;
        }
    }
    pthread_mutex_unlock(&r->lock);
}

void recording_chat(struct recording *rec, const char *json, size_t len) {
    assert(!memchr(json, '\n', len));
    struct message *const m = message_create_text(json, len);
    if (!m)
        return;
    struct recorder *const r = rec->recorder;
    pthread_mutex_lock(&r->lock);
    // Chat is small and cannot be asked for again: it may fill the queue once more, not without
    // end.
    if (!rec->is_dead && r->stats.queue_bytes + len <= 2 * r->queue_limit_bytes)
        enqueue(rec, m);
    pthread_mutex_unlock(&r->lock);
    message_unref(m);
}

static void let_go(struct recording *rec, bool is_left) {
    struct recorder *const r = rec->recorder;
    pthread_mutex_lock(&r->lock);
    rec->is_finishing = true;
    rec->is_left = is_left;
    r->is_urgent = true;
    pthread_cond_signal(&r->writer_wakes);
    pthread_mutex_unlock(&r->lock);
}

void recording_finish(struct recording *rec) { let_go(rec, false); }
void recording_leave(struct recording *rec) { let_go(rec, true); }
