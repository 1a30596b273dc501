// SPDX-License-Identifier: MIT
// What the relay counts, and the text /metrics shows (Prometheus exposition format 0.0.4, base
// units). Counters are plain numbers: all of them belong to the loop's thread.
#ifndef TABCAST_RELAY_METRICS_H
#define TABCAST_RELAY_METRICS_H

#include "relay/head_check.h"
#include "relay/recorder.h"
#include "relay/refusal.h"
#include "relay/slow_viewer.h"
#include <stddef.h>
#include <stdint.h>

#define METRICS_KIND_COUNT (WIRE_POSTER + 1)
#define METRICS_DELAY_BUCKET_COUNT 8
#define METRICS_HTTP_CLASS_COUNT 6

struct metrics {
    uint64_t connections_opened, connections_refused;
    uint64_t sessions_opened;
    uint64_t shows_created, shows_started, shows_ended;
    uint64_t publisher_losses, publisher_returns;
    uint64_t media_messages_in[METRICS_KIND_COUNT]; // by enum wire_kind
    uint64_t media_bytes_in;
    uint64_t media_messages_waiting_key; // video that came before a key frame behind INIT:
                                         // forwarded to nobody
    uint64_t text_messages_in;
    uint64_t media_messages_out, media_bytes_out;
    uint64_t text_messages_out, text_bytes_out;
    uint64_t chat_lines;
    uint64_t keyframes_asked;
    uint64_t drops[SLOW_STAGE_COUNT];                         // messages left out for slow viewers
    uint64_t slow_steps[SLOW_STAGE_COUNT][SLOW_ACTION_COUNT]; // into a stage, by what led there
    uint64_t jumps;                                           // to a fresh key frame
    uint64_t notices_left_out; // joins and leaves beyond what a publisher is told, replies to a
                               // full queue
    uint64_t refusals[REFUSAL_COUNT];
    uint64_t heads_refused[HEAD_FAULT_COUNT];
    uint64_t http_responses[METRICS_HTTP_CLASS_COUNT]; // by status / 100
    uint64_t http_bytes_out;
    uint64_t
        loop_delay_buckets[METRICS_DELAY_BUCKET_COUNT]; // how late the tick came; not cumulative
    uint64_t loop_delay_us_sum, loop_delay_count;
    uint64_t pushes_sent, pushes_gone, pushes_failed; // of Web Push
    uint64_t mails_sent, mails_put_off, mails_failed, mails_waiting;
};

// What is true now.
struct metrics_now {
    uint64_t connections, sessions, viewers, publishers, rooms;
    uint64_t shows_scheduled, shows_live, replays;
    double uptime_seconds;
    const char *version;
};

// Adds what was counted of HTTP elsewhere, and empties that.
void metrics_add_http(struct metrics *m, struct metrics *counted);
void metrics_loop_delay(struct metrics *m, uint64_t delay_us);

// Writes the text; returns its length, or 0 when `cap` is too small (METRICS_TEXT_BYTES is enough).
// `recorder` may be NULL when there is none.
#define METRICS_TEXT_BYTES 32768
size_t metrics_write(char *out, size_t cap, const struct metrics *m, const struct metrics_now *now,
                     const struct recorder_stats *recorder);

#endif
