// SPDX-License-Identifier: MIT
// Fan-out under load, measured from outside: one publisher, many viewers, one room (workload W1: 30
// video messages a second, a key frame of 64 KB every 60, deltas of 3.6 to 10.8 KB, mean 8 KB, and
// 50 audio messages of 160 B; 80 messages a second and 2.07 Mbit/s per viewer). The publisher has a
// thread of its own; all viewers share one.
#ifndef TABCAST_BENCH_FANOUT_BENCH_H
#define TABCAST_BENCH_FANOUT_BENCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_SEQUENCE_COUNT 65536 // of one kind, more than any run sends
#define BENCH_KIND_COUNT 5

// When each message was sent, by kind and sequence: written by the publisher, read by the viewers.
struct bench_sent {
    _Atomic uint64_t at_us[BENCH_KIND_COUNT][BENCH_SEQUENCE_COUNT];
    _Atomic uint64_t message_count;
};

uint64_t bench_now_us(void);

// --- http.c: as much HTTP and WebSocket as a client of ours needs. All exit with a word on any
// failure.
int bench_connect(uint16_t port);
// POST /api/v1/shows; id (13 bytes) and key (44 bytes).
void bench_create_show(uint16_t port, char *id, char *key);
// Opens a WebSocket and says hello; the socket is blocking and what follows the upgrade is left in
// it.
int bench_join(uint16_t port, const char *id, const char *key, const char *role);
void bench_send_text(int fd, const char *json);
void bench_send_binary(int fd, const uint8_t *bytes, size_t len,
                       uint8_t *scratch); // scratch: len + 14
double bench_metric(uint16_t port, const char *name);

// --- workload.c
struct bench_publisher {
    uint16_t port;
    char id[16], key[64];
    struct bench_sent *sent;
    _Atomic int is_stopped;
};
void *bench_publish(void *publisher); // thread; returns NULL when stopped
// Writes message number n's body (wire header and WebM); *audio tells which. Returns the length.
size_t bench_video(uint8_t *out, size_t cap, uint32_t n, uint64_t timestamp_us);
size_t bench_audio(uint8_t *out, size_t cap, uint32_t n, uint64_t timestamp_us);

// --- viewers.c
struct bench_viewers;
struct bench_viewers *bench_viewers_open(int count, int (*open)(void *ctx), void *ctx);
// Reads whatever comes for so long. Delays are collected while `is_measured`.
void bench_viewers_run(struct bench_viewers *v, struct bench_sent *sent, double seconds,
                       int is_measured);
struct bench_result {
    uint64_t message_count; // delivered to all viewers while measured
    uint64_t byte_count;
    uint64_t gap_count; // sequence numbers that never came, and frames that were none
    double p50_ms, p99_ms, max_ms;
    int lost_count; // viewers whose socket closed
};
void bench_viewers_result(struct bench_viewers *v, struct bench_result *out);
void bench_viewers_close(struct bench_viewers *v);

// --- baseline.c: the limits to be compared with: accepts, then one send() per viewer and message,
// or one io_uring submission per message, and nothing else.
pid_t bench_baseline_start(int is_uring, uint16_t *port);

// --- process.c
double bench_cpu_seconds(pid_t pid);
long bench_rss_kb(pid_t pid);
// `more`: further arguments of the relay, NULL at the end.
pid_t bench_relay_start(const char *binary, char *const *more, uint16_t *port, char *data_dir,
                        int connections);
void bench_process_stop(pid_t pid);
void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
