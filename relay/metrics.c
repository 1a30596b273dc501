// SPDX-License-Identifier: MIT
#include "relay/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct text {
    char *out;
    size_t cap;
    size_t len;
    bool is_overflown;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(t->out + t->len, t->cap - t->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= t->cap - t->len)
        t->is_overflown = true;
    else
        t->len += (size_t)len;
}

static void head(struct text *t, const char *name, const char *type, const char *help) {
    put(t, "# HELP tabcast_%s %s\n# TYPE tabcast_%s %s\n", name, help, name, type);
}

static void one(struct text *t, const char *name, const char *type, const char *help,
                uint64_t value) {
    head(t, name, type, help);
    put(t, "tabcast_%s %" PRIu64 "\n", name, value);
}

// Upper bounds; the last bucket is +Inf.
static const struct {
    uint64_t us;
    const char *seconds;
} delay_buckets[METRICS_DELAY_BUCKET_COUNT] = {
    {1000, "0.001"}, {5000, "0.005"}, {10000, "0.01"}, {50000, "0.05"},
    {100000, "0.1"}, {500000, "0.5"}, {1000000, "1"},  {UINT64_MAX, "+Inf"}};

void metrics_add_http(struct metrics *m, struct metrics *counted) {
    for (unsigned i = 0; i < METRICS_HTTP_CLASS_COUNT; i++) {
        m->http_responses[i] += counted->http_responses[i];
        counted->http_responses[i] = 0;
    }
    m->http_bytes_out += counted->http_bytes_out;
    counted->http_bytes_out = 0;
}

void metrics_loop_delay(struct metrics *m, uint64_t delay_us) {
    unsigned bucket = 0;
    while (delay_us > delay_buckets[bucket].us)
        bucket++;
    m->loop_delay_buckets[bucket]++;
    m->loop_delay_us_sum += delay_us;
    m->loop_delay_count++;
}

static void put_media(struct text *t, const struct metrics *m) {
    static const char *const kinds[METRICS_KIND_COUNT] = {NULL, "init", "video", "audio", "poster"};
    head(t, "media_messages_received_total", "counter",
         "Media messages taken from publishers, by kind.");
    for (unsigned i = WIRE_INIT; i < METRICS_KIND_COUNT; i++)
        put(t, "tabcast_media_messages_received_total{kind=\"%s\"} %" PRIu64 "\n", kinds[i],
            m->media_messages_in[i]);
    one(t, "media_received_bytes_total", "counter", "Bytes of media messages taken.",
        m->media_bytes_in);
    one(t, "media_messages_waiting_key_total", "counter",
        "Video that came before its first key frame.", m->media_messages_waiting_key);
    one(t, "media_messages_sent_total", "counter", "Media messages handed to viewers' sockets.",
        m->media_messages_out);
    one(t, "media_sent_bytes_total", "counter", "Bytes of media handed to viewers' sockets.",
        m->media_bytes_out);
    one(t, "text_messages_received_total", "counter", "Text messages taken.", m->text_messages_in);
    one(t, "text_messages_sent_total", "counter", "Text messages handed to sockets.",
        m->text_messages_out);
    one(t, "text_sent_bytes_total", "counter", "Bytes of text messages handed to sockets.",
        m->text_bytes_out);
    one(t, "chat_lines_total", "counter", "Chat lines said.", m->chat_lines);
    one(t, "keyframes_asked_total", "counter", "Key frames asked of publishers.",
        m->keyframes_asked);

    head(t, "media_messages_dropped_total", "counter",
         "Media messages left out for slow viewers, by stage.");
    for (unsigned i = 0; i < SLOW_STAGE_COUNT; i++)
        put(t, "tabcast_media_messages_dropped_total{stage=\"%s\"} %" PRIu64 "\n",
            slow_stage_name(i), m->drops[i]);
    head(t, "slow_viewer_steps_total", "counter",
         "Steps of the slow-viewer policy, by the stage reached and what was done.");
    for (unsigned i = 0; i < SLOW_STAGE_COUNT; i++)
        for (unsigned k = SLOW_STAY + 1; k < SLOW_ACTION_COUNT; k++)
            if (m->slow_steps[i][k])
                put(t, "tabcast_slow_viewer_steps_total{stage=\"%s\",action=\"%s\"} %" PRIu64 "\n",
                    slow_stage_name(i), slow_action_name(k), m->slow_steps[i][k]);
    one(t, "viewer_jumps_total", "counter", "Jumps of slow viewers to a fresh key frame.",
        m->jumps);
    one(t, "notices_left_out_total", "counter",
        "Joins, leaves and replies that a session was not told.", m->notices_left_out);
}

static void put_refusals(struct text *t, const struct metrics *m) {
    head(t, "refusals_total", "counter", "WebSocket messages refused, by reason.");
    for (unsigned i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        put(t, "tabcast_refusals_total{reason=\"%s\"} %" PRIu64 "\n", refusal_text(i)->label,
            m->refusals[i]);
    head(t, "http_heads_refused_total", "counter",
         "Requests refused before they were read, by what their head lacked.");
    for (unsigned i = HEAD_FINE + 1; i < HEAD_FAULT_COUNT; i++)
        put(t, "tabcast_http_heads_refused_total{reason=\"%s\"} %" PRIu64 "\n", head_fault_label(i),
            m->heads_refused[i]);
    head(t, "http_responses_total", "counter", "HTTP responses, by class of status.");
    for (unsigned i = 1; i < METRICS_HTTP_CLASS_COUNT; i++)
        put(t, "tabcast_http_responses_total{class=\"%uxx\"} %" PRIu64 "\n", i,
            m->http_responses[i]);
    one(t, "http_sent_bytes_total", "counter", "Bytes of HTTP bodies handed to sockets.",
        m->http_bytes_out);
}

static void put_loop_delay(struct text *t, const struct metrics *m) {
    uint64_t total = 0;
    head(t, "loop_delay_seconds", "histogram", "How late the event loop's tick came.");
    for (unsigned i = 0; i < METRICS_DELAY_BUCKET_COUNT; i++) {
        total += m->loop_delay_buckets[i];
        put(t, "tabcast_loop_delay_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
            delay_buckets[i].seconds, total);
    }
    put(t, "tabcast_loop_delay_seconds_sum %.6f\n", (double)m->loop_delay_us_sum / 1e6);
    put(t, "tabcast_loop_delay_seconds_count %" PRIu64 "\n", m->loop_delay_count);
}

static void put_recorder(struct text *t, const struct recorder_stats *r) {
    one(t, "recorder_written_bytes_total", "counter", "Bytes written to recordings.",
        r->bytes_written);
    one(t, "recorder_frames_written_total", "counter", "Frames written to recordings.",
        r->frames_written);
    one(t, "recorder_frames_left_out_total", "counter", "Frames that recordings lack.",
        r->frames_left_out);
    one(t, "recorder_write_errors_total", "counter", "Writes that failed.", r->write_errors);
    one(t, "recorder_queue_bytes", "gauge", "Bytes waiting for the disk.", r->queue_bytes);
    head(t, "recorder_behind_max_seconds", "gauge", "Largest age of an unflushed frame seen.");
    put(t, "tabcast_recorder_behind_max_seconds %.3f\n", (double)r->max_behind_ms / 1e3);
}

size_t metrics_write(char *out, size_t cap, const struct metrics *m, const struct metrics_now *now,
                     const struct recorder_stats *recorder) {
    struct text t = {.out = out, .cap = cap};
    head(&t, "build_info", "gauge", "The running version.");
    put(&t, "tabcast_build_info{version=\"%s\"} 1\n", now->version);
    head(&t, "uptime_seconds", "gauge", "Time since start.");
    put(&t, "tabcast_uptime_seconds %.3f\n", now->uptime_seconds);
    one(&t, "connections", "gauge", "Open connections.", now->connections);
    one(&t, "connections_opened_total", "counter", "Connections accepted.", m->connections_opened);
    one(&t, "connections_refused_total", "counter", "Connections refused at the cap.",
        m->connections_refused);
    one(&t, "sessions", "gauge", "Open WebSocket sessions.", now->sessions);
    one(&t, "sessions_opened_total", "counter", "WebSocket sessions opened.", m->sessions_opened);
    one(&t, "rooms", "gauge", "Open rooms.", now->rooms);
    one(&t, "viewers", "gauge", "Viewers in all rooms.", now->viewers);
    one(&t, "publishers", "gauge", "Publishers connected.", now->publishers);
    head(&t, "shows", "gauge", "Shows known, by state.");
    put(&t, "tabcast_shows{state=\"scheduled\"} %" PRIu64 "\n", now->shows_scheduled);
    put(&t, "tabcast_shows{state=\"live\"} %" PRIu64 "\n", now->shows_live);
    one(&t, "replays", "gauge", "Replays known.", now->replays);
    one(&t, "shows_created_total", "counter", "Shows created.", m->shows_created);
    one(&t, "shows_started_total", "counter", "Shows that went live.", m->shows_started);
    one(&t, "shows_ended_total", "counter", "Shows that ended.", m->shows_ended);
    one(&t, "publisher_losses_total", "counter", "Publishers lost while live.",
        m->publisher_losses);
    one(&t, "publisher_returns_total", "counter", "Publishers that came back.",
        m->publisher_returns);
    one(&t, "push_sent_total", "counter", "Web Push messages that their service took.",
        m->pushes_sent);
    one(&t, "push_gone_total", "counter", "Web Push messages to browsers that are gone.",
        m->pushes_gone);
    one(&t, "push_failed_total", "counter", "Web Push messages that could not be sent.",
        m->pushes_failed);
    one(&t, "mail_sent_total", "counter", "Mails that the mail server took.", m->mails_sent);
    one(&t, "mail_retries_total", "counter", "Tries that came to nothing and are made again.",
        m->mails_put_off);
    one(&t, "mail_failed_total", "counter", "Mails refused, or given up after several tries.",
        m->mails_failed);
    one(&t, "mail_waiting", "gauge", "Mails that wait for the mail server.", m->mails_waiting);
    put_media(&t, m);
    put_refusals(&t, m);
    put_loop_delay(&t, m);
    if (recorder)
        put_recorder(&t, recorder);
    return t.is_overflown ? 0 : t.len;
}
