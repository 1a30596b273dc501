// SPDX-License-Identifier: MIT
// Owns the two threads behind the recorder: the writer, which only appends, and the finisher, which
// syncs, finalises and, first of all, repairs what a crash left. No file is touched under the lock.
#include "relay/recorder_internal.h"

#include "relay/finalise.h"
#include "relay/recording_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct recorder_event event_of(enum recorder_event_kind kind, const char *id) {
    struct recorder_event event = {.kind = kind};
    snprintf(event.id, sizeof(event.id), "%s", id);
    return event;
}

static void set_error_detail(struct recorder_event *event, int error) {
    // strerror_r of glibc: returns the text, perhaps a static one.
    char text[sizeof(event->detail)];
    snprintf(event->detail, sizeof(event->detail), "%s", strerror_r(error, text, sizeof(text)));
}

static void post(struct recorder *r, enum recorder_event_kind kind, const char *id, int error) {
    struct recorder_event event = event_of(kind, id);
    if (error)
        set_error_detail(&event, error);
    recorder_post(r, NULL, &event);
}

static struct timespec deadline_of(uint64_t ms) {
    return (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
}

// --- Writer
// ------------------------------------------------------------------------------------------

static void list_clear(struct message_list *list) {
    for (size_t i = 0; i < list->count; i++)
        message_unref(list->items[i]);
    list->count = 0;
    list->bytes = 0;
}

static void list_dispose(struct message_list *list) {
    list_clear(list);
    free(list->items);
    *list = (struct message_list){0};
}

// Opens the files at first sight. False: the recording is dead.
static bool open_recording(struct recording *rec, uint64_t now_ms) {
    if (rec->is_open)
        return true;
    struct recorder *const r = rec->recorder;
    rec->is_open = true;
    const int status = (rec->goes_on ? recording_file_resume : recording_file_open)(
        &rec->file, r->dir_fd, rec->id, rec->title, rec->started_at_ms, now_ms);
    if (status == 0 || (status != -ENOMEM && recording_error_is_passing(-status)))
        return true;
    struct recorder_event event = event_of(RECORDER_FAILED, rec->id);
    set_error_detail(&event, -status);
    struct event_node *const node = rec->last_event;
    rec->last_event = NULL;
    recorder_post(r, node, &event);
    pthread_mutex_lock(&r->lock);
    rec->is_dead = true;
    pthread_mutex_unlock(&r->lock);
    return false;
}

// Events for what has changed since the last turn.
static void tell_changes(struct recording *rec, bool is_lagging) {
    struct recorder *const r = rec->recorder;
    if (is_lagging != rec->told_lagging) {
        rec->told_lagging = is_lagging;
        post(r, is_lagging ? RECORDER_LAGGING : RECORDER_RECOVERED, rec->id, 0);
    }
    if (rec->file.is_paused != rec->told_paused) {
        rec->told_paused = rec->file.is_paused;
        if (rec->told_paused)
            post(r, RECORDER_DISK_FULL, rec->id, rec->file.error);
        else
            post(r, RECORDER_RECOVERED, rec->id, 0);
    }
}

// Adds what the file counted since the last turn to the totals. Under lock.
static void add_counts(struct recording *rec) {
    struct recorder_stats *const stats = &rec->recorder->stats;
    const struct recording_counts *const now = &rec->file.counts;
    stats->bytes_written += now->bytes_written - rec->told.bytes_written;
    stats->frames_written += now->frames_written - rec->told.frames_written;
    stats->frames_left_out += now->frames_left_out - rec->told.frames_left_out;
    stats->write_errors += now->write_errors - rec->told.write_errors;
    rec->told = *now;
}

// Writes what the loop has handed over for one recording. Called and returns under lock.
static void serve_recording(struct recorder *r, struct recording *rec) {
    const struct message_list empty = rec->taken;
    rec->taken = rec->waiting;
    rec->waiting = empty;
    const uint64_t since_ms = rec->waiting_since_ms;
    const bool is_lagging = rec->is_lagging;
    const bool is_dead = rec->is_dead;
    pthread_mutex_unlock(&r->lock);

    const uint64_t taken_bytes = rec->taken.bytes;
    const bool has_taken = rec->taken.count != 0;
    const uint64_t bytes_before = rec->told.bytes_written;
    if (!is_dead && open_recording(rec, recorder_now_ms())) {
        recording_file_write(&rec->file, rec->taken.items, rec->taken.count, recorder_now_ms());
        tell_changes(rec, is_lagging);
    }
    list_clear(&rec->taken);

    const uint64_t now_ms = recorder_now_ms();
    pthread_mutex_lock(&r->lock);
    r->stats.queue_bytes -= taken_bytes;
    add_counts(rec);
    rec->sync_fds[0] = rec->file.part_fd;
    rec->sync_fds[1] = rec->file.chat_fd;
    rec->needs_sync |= rec->told.bytes_written != bytes_before;
    if (has_taken && !rec->file.is_paused && now_ms - since_ms > r->stats.max_behind_ms)
        r->stats.max_behind_ms = now_ms - since_ms;
}

static void hand_to_finisher(struct recorder *r, struct recording *rec) {
    struct recording **link = &r->recordings;
    while (*link != rec)
        link = &(*link)->next;
    *link = rec->next;
    rec->next = NULL;
    link = &r->jobs;
    while (*link)
        link = &(*link)->next;
    *link = rec;
    pthread_cond_signal(&r->finisher_wakes);
}

static void wait_for_work(struct recorder *r) {
    while (!r->is_urgent) {
        if (!r->has_waiting) {
            pthread_cond_wait(&r->writer_wakes, &r->lock);
        } else {
            const struct timespec deadline = deadline_of(r->waiting_since_ms + RECORDER_FLUSH_MS);
            if (pthread_cond_timedwait(&r->writer_wakes, &r->lock, &deadline) == ETIMEDOUT)
                return;
        }
    }
}

void *recorder_writer_main(void *recorder) {
    struct recorder *const r = recorder;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        if (!(r->is_stopping && !r->recordings))
            wait_for_work(r);
        r->is_urgent = false;
        r->has_waiting = false;
        struct recording *next;
        for (struct recording *rec = r->recordings; rec; rec = next) {
            const bool is_finishing = rec->is_finishing; // what came before it is in the queue
            if (rec->waiting.count || is_finishing || !rec->is_open ||
                rec->is_lagging != rec->told_lagging)
                serve_recording(r, rec);
            next = rec->next;
            if (is_finishing)
                hand_to_finisher(r, rec);
        }
        if (r->is_stopping && !r->recordings)
            break;
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

// --- Finisher
// ----------------------------------------------------------------------------------------

// Pushes to the disk what was written more than a second ago. Only this thread frees recordings and
// closes their files, so both stay while the lock is open.
static void sync_due(void *ctx) {
    struct recorder *const r = ctx;
    pthread_mutex_lock(&r->lock);
    for (struct recording *rec = r->recordings; rec; rec = rec->next) {
        const uint64_t now_ms = recorder_now_ms();
        if (!rec->needs_sync || now_ms - rec->synced_at_ms < RECORDER_SYNC_MS)
            continue;
        const bool is_new = rec->synced_at_ms == 0;
        rec->needs_sync = false;
        rec->synced_at_ms = now_ms;
        const int fds[2] = {rec->sync_fds[0], rec->sync_fds[1]};
        pthread_mutex_unlock(&r->lock);
        // A new file is lost with the power unless its folder is synced too.
        uint64_t errors = is_new && fsync(r->dir_fd) != 0;
        for (int i = 0; i < 2; i++)
            errors += fds[i] >= 0 && fdatasync(fds[i]) != 0;
        pthread_mutex_lock(&r->lock);
        r->stats.write_errors += errors;
    }
    pthread_mutex_unlock(&r->lock);
}

// Finalises and fills the event that tells of it.
static struct recorder_event finalise(struct recorder *r, const char *id,
                                      enum recorder_event_kind kind) {
    struct finalise_result result;
    const struct finalise_hooks hooks = {.breathe = sync_due, .ctx = r};
    const int status = finalise_recording(&result, r->dir_fd, id, &hooks);
    if (status < 0 && recording_error_is_passing(-status))
        r->repair_at_ms = recorder_now_ms() + r->repair_retry_ms;
    struct recorder_event event = event_of(status == FINALISE_OK ? kind : RECORDER_FAILED, id);
    event.duration_ms = result.duration_ms;
    event.size_bytes = result.size_bytes;
    if (status == FINALISE_EMPTY)
        snprintf(event.detail, sizeof(event.detail), "nothing was recorded; removed");
    else if (status != FINALISE_OK)
        set_error_detail(&event, -status);
    return event;
}

static void end_recording(struct recorder *r, struct recording *rec) {
    const bool was_opened = rec->file.part_fd >= 0;
    const int error = rec->file.error;
    for (int i = 0; i < 2 && rec->is_left; i++)
        if (rec->sync_fds[i] >= 0)
            (void)fdatasync(rec->sync_fds[i]);
    recording_file_dispose(&rec->file);
    if (rec->is_left) {
        free(rec->last_event);
    } else if (rec->last_event) {
        struct recorder_event event = event_of(RECORDER_FAILED, rec->id);
        if (was_opened)
            event = finalise(r, rec->id, RECORDER_FINALISED);
        else
            set_error_detail(&event, error);
        recorder_post(r, rec->last_event, &event);
    }
    list_dispose(&rec->waiting);
    list_dispose(&rec->taken);
    free(rec);
}

struct repair_turn {
    struct recorder *recorder;
    bool is_retry; // failures were told already
};

static void repair(void *ctx, const char *id) {
    const struct repair_turn *const turn = ctx;
    struct recorder *const r = turn->recorder;
    // A show that is being recorded is no leftover.
    pthread_mutex_lock(&r->lock);
    const struct recording *rec = r->recordings;
    while (rec && strcmp(rec->id, id) != 0)
        rec = rec->next;
    for (const struct recording *job = r->jobs; job && !rec; job = job->next)
        rec = strcmp(job->id, id) == 0 ? job : NULL;
    pthread_mutex_unlock(&r->lock);
    if (rec)
        return;
    const struct recorder_event event = finalise(r, id, RECORDER_REPAIRED);
    if (!turn->is_retry || event.kind == RECORDER_REPAIRED)
        recorder_post(r, NULL, &event);
}

static void repair_all(struct recorder *r, bool is_retry) {
    struct repair_turn turn = {.recorder = r, .is_retry = is_retry};
    r->repair_at_ms = 0; // whatever fails again sets it anew
    recording_each_leftover(r->dir_fd, repair, &turn);
}

static void sweep_up(struct recorder *r) {
    pthread_mutex_lock(&r->lock);
    struct sweep *sweep = r->sweeps;
    r->sweeps = NULL;
    pthread_mutex_unlock(&r->lock);
    for (struct sweep *next; sweep; sweep = next) {
        next = sweep->next;
        (void)recording_remove_file(r->dir_fd, sweep->id, RECORDING_REPLAY_TMP);
        free(sweep);
    }
}

void *recorder_finisher_main(void *recorder) {
    struct recorder *const r = recorder;
    pthread_mutex_lock(&r->lock);
    while (!r->may_repair && !r->writer_is_done)
        pthread_cond_wait(&r->finisher_wakes, &r->lock);
    pthread_mutex_unlock(&r->lock);
    repair_all(r, false);
    pthread_mutex_lock(&r->lock);
    for (;;) {
        struct recording *const job = r->jobs;
        if (job) {
            r->jobs = job->next;
            pthread_mutex_unlock(&r->lock);
            end_recording(r, job);
        } else if (r->sweeps) {
            pthread_mutex_unlock(&r->lock);
            sweep_up(r);
        } else if (r->writer_is_done) {
            break;
        } else {
            const struct timespec deadline = deadline_of(recorder_now_ms() + RECORDER_SYNC_MS);
            pthread_cond_timedwait(&r->finisher_wakes, &r->lock, &deadline);
            pthread_mutex_unlock(&r->lock);
            if (r->repair_at_ms && recorder_now_ms() >= r->repair_at_ms)
                repair_all(r, true);
        }
        sync_due(r);
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}
