// SPDX-License-Identifier: MIT
// Records shows to disk on one thread of its own, so that no disk ever stops the event loop.
// The loop hands over message references; the thread appends payloads and the cue journal, flushes
// at least once a second, and finalises. The queue has a byte cap: beyond it frames are left out up
// to the next key frame, counted, and told as an event. Every call here is made on the loop's
// thread and never blocks (except recorder_destroy, which waits until all is finalised).
//
// Files in `dir`: ID.part.webm (init segment and Clusters as they came), ID.cues (journal),
// ID.json (title, times), ID.chat.jsonl, ID.jpg (poster); after finalise ID.webm replaces the part
// and the journal.
#ifndef TABCAST_RELAY_RECORDER_H
#define TABCAST_RELAY_RECORDER_H

#include "relay/message.h"
#include <stdbool.h>
#include <stdint.h>

struct recorder;
struct recording;

enum recorder_event_kind {
    RECORDER_FINALISED, // ID.webm is there; duration_ms and size_bytes are set
    RECORDER_FAILED,    // the recording could not be opened or finalised; `detail` says why (errno
                        // text)
    RECORDER_LAGGING,   // frames were left out: disk too slow
    RECORDER_DISK_FULL, // a write failed with ENOSPC or another error; recording pauses and retries
    RECORDER_RECOVERED, // writing goes on after LAGGING or DISK_FULL
    RECORDER_REPAIRED,  // a recording left by a crash, or by a FAILED for want of room, was
                        // finalised
};

struct recorder_event {
    enum recorder_event_kind kind;
    char id[16];
    uint64_t duration_ms;
    uint64_t size_bytes;
    char detail[128];
};

struct recorder_stats { // totals since start, for /metrics
    uint64_t bytes_written;
    uint64_t frames_written;
    uint64_t frames_left_out;
    uint64_t write_errors;
    uint64_t queue_bytes;   // now
    uint64_t max_behind_ms; // largest age of an unflushed frame seen
};

struct recorder_config {
    const char *dir;            // must exist
    uint64_t queue_limit_bytes; // 0 = 32 MiB
    bool repairs_when_told;     // recorder_repair, not at once
    uint32_t repair_retry_ms;   // how often what failed for want of room is tried again; 0 = 30 s
    void (*wake)(
        void *ctx); // called from the recorder's thread when an event waits; only wakes the loop
    void *wake_ctx;
};

struct recording_info {
    const char *id; // [a-z2-7]{12}
    const char *title;
    int64_t started_at_ms; // Unix time of media time zero
    bool goes_on;          // there is one, which a crash cut off
};

// Starts the threads, one of which first finalises what a crash left in `dir`. NULL: errno says
// why.
struct recorder *recorder_create(const struct recorder_config *config);
// With repairs_when_told: what is to go on has been opened, what else a crash left is finalised
// now.
void recorder_repair(struct recorder *r);
// Finalises every open recording, then joins the thread.
void recorder_destroy(struct recorder *r);

// NULL only when out of memory; disk errors arrive as events. An id that has a recording or a
// replay already is refused by a FAILED event.
struct recording *recording_open(struct recorder *r, const struct recording_info *info);
// Rendition 0's init, video and all audio are kept, other renditions ignored; posters overwrite
// ID.jpg. Takes its own reference.
void recording_append(struct recording *rec, struct message *m);
// One JSON object as the viewers got it, on the show's clock (its "at" field); no newline inside.
void recording_chat(struct recording *rec, const char *json, size_t len);
// Finalises in the background; the handle is gone. A FINALISED or FAILED event follows, exactly
// once.
void recording_finish(struct recording *rec);

// The relay is restarted: what came is written and synced, nothing is finalised, no event follows.
// recording_open takes it up again (goes_on). The handle is gone.
void recording_leave(struct recording *rec);

// What recording_discard left of a replay is freed by the finisher: a large file takes its time.
void recorder_sweep(struct recorder *r, const char *id);

// Takes the next event; 1 if there was one, 0 if none.
int recorder_poll(struct recorder *r, struct recorder_event *out);
void recorder_stats_read(struct recorder *r, struct recorder_stats *out);

#endif
