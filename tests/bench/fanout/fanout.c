// SPDX-License-Identifier: MIT
// fanout [--binary FILE] [--viewers N] [--seconds S] [--rounds R] [--idle N] [-- RELAY'S OPTIONS]
// Measures the relay, the plain send() loop and the plain io_uring loop in turns (A B C A B C …)
// and prints medians and their ratios. --idle N instead opens N WebSockets that say nothing beside
// a running show of 20 viewers, until the relay has closed them all.
#include "bench.h"

#include "shared/wire.h"
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// While viewers are opened nobody reads: they start late, lose layers and win them back one by one.
#define SETTLE_SECONDS 9.0

struct settings {
    const char *binary;
    char *const *more; // arguments of the relay
    int viewers, rounds, idle;
    double seconds;
};

struct measured {
    struct bench_result result;
    double cpu_us; // per message delivered
    double rss_kb; // per viewer
};

struct target {
    uint16_t port;
    const char *id;
};

static int join_relay(void *ctx) {
    const struct target *const t = ctx;
    return bench_join(t->port, t->id, "", "watch");
}

// Also a socket that says nothing.
static int join_baseline(void *ctx) {
    const struct target *const t = ctx;
    return bench_join(t->port, "", "", NULL);
}

static void remove_folder(const char *dir) {
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    if (system(command) != 0)
        bench_fail("%s stays", dir);
}

// Without what the room's ring holds: that grows with the show, not with its viewers (a run is
// shorter than the ring).
static double settled_rss_kb(pid_t pid, uint16_t port) {
    const double ring = port ? bench_metric(port, "tabcast_media_received_bytes_total") / 1024 : 0;
    return (double)bench_rss_kb(pid) - ring;
}

enum served { RELAY, PLAIN_SEND, PLAIN_URING, SERVED_COUNT };

static struct measured measure(const struct settings *s, enum served by) {
    const int is_relay = by == RELAY;
    static struct bench_sent sent;
    struct bench_publisher publisher = {.sent = &sent};
    char data_dir[] = "/tmp/tabcast-bench-XXXXXX";
    uint16_t port;
    pthread_t thread;
    struct measured m = {0};
    memset(&sent, 0, sizeof(sent));
    const pid_t pid = is_relay
                          ? bench_relay_start(s->binary, s->more, &port, data_dir, s->viewers + 100)
                          : bench_baseline_start(by == PLAIN_URING, &port);
    publisher.port = port;
    if (is_relay)
        bench_create_show(port, publisher.id, publisher.key);
    pthread_create(&thread, NULL, bench_publish, &publisher);
    while (sent.message_count < 60)
        usleep(1000);
    const double rss_before = settled_rss_kb(pid, is_relay ? port : 0);
    struct target target = {.port = port, .id = publisher.id};
    struct bench_viewers *const v =
        bench_viewers_open(s->viewers, is_relay ? join_relay : join_baseline, &target);
    bench_viewers_run(v, &sent, SETTLE_SECONDS, 0);
    const double cpu_before = bench_cpu_seconds(pid);
    bench_viewers_run(v, &sent, s->seconds, 1);
    const double cpu = bench_cpu_seconds(pid) - cpu_before;
    m.rss_kb = (settled_rss_kb(pid, is_relay ? port : 0) - rss_before) / s->viewers;
    bench_viewers_result(v, &m.result);
    m.cpu_us = cpu * 1e6 / (double)m.result.message_count;
    publisher.is_stopped = 1;
    pthread_join(thread, NULL);
    bench_viewers_close(v);
    bench_process_stop(pid);
    if (is_relay)
        remove_folder(data_dir);
    return m;
}

static void print(const char *name, const struct settings *s, const struct measured *m) {
    const double expected = s->viewers * s->seconds * 80;
    printf("%-9s %8.2f %10.2f %8.2f %8.2f %8.1f %9.1f %10.1f%% %6lu %5d\n", name, m->cpu_us,
           m->cpu_us * 1e-6 * (double)m->result.message_count /
               ((double)m->result.byte_count / 1e9),
           m->result.p50_ms, m->result.p99_ms, m->result.max_ms, m->rss_kb,
           100 * (double)m->result.message_count / expected, (unsigned long)m->result.gap_count,
           m->result.lost_count);
    fflush(stdout);
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof(*values), by_value);
    return values[count / 2];
}

static int compare(const struct settings *s) {
    static const char *const names[SERVED_COUNT] = {"relay", "send()", "io_uring"};
    double cpu_us[SERVED_COUNT][64], medians[SERVED_COUNT];
    uint64_t gaps = 0;
    int lost = 0;
    printf("W1, %d viewers, %.0f s a round\n%-9s %8s %10s %8s %8s %8s %9s %11s %6s %5s\n",
           s->viewers, s->seconds, "", "us/msg", "cpu-s/GB", "p50 ms", "p99 ms", "max ms",
           "kB/viewer", "delivered", "gaps", "lost");
    for (int i = 0; i < s->rounds; i++)
        for (unsigned by = RELAY; by < SERVED_COUNT; by++) {
            const struct measured m = measure(s, by);
            print(names[by], s, &m);
            cpu_us[by][i] = m.cpu_us;
            gaps += by == RELAY ? m.result.gap_count : 0;
            lost += by == RELAY ? m.result.lost_count : 0;
        }
    for (unsigned by = RELAY; by < SERVED_COUNT; by++)
        medians[by] = median(cpu_us[by], s->rounds);
    printf(
        "median us/message: relay %.2f, send() %.2f, io_uring %.2f; relay is %.2f of send(), %.2f "
        "of io_uring\n",
        medians[RELAY], medians[PLAIN_SEND], medians[PLAIN_URING],
        medians[RELAY] / medians[PLAIN_SEND], medians[RELAY] / medians[PLAIN_URING]);
    return gaps || lost ? 1 : 0;
}

struct silence {
    struct target target;
    int count;
    double opened_s;     // how long opening took
    int closed;          // by the relay
    _Atomic int is_open; // all of them
    _Atomic int is_over;
};

static void *be_silent(void *ctx) {
    struct silence *const s = ctx;
    struct bench_result result = {0};
    const uint64_t started_us = bench_now_us();
    struct bench_viewers *const v = bench_viewers_open(s->count, join_baseline, &s->target);
    s->opened_s = (double)(bench_now_us() - started_us) / 1e6;
    s->is_open = 1;
    for (int i = 0; i < 900 && result.lost_count < s->count; i++) { // 90 s at most
        bench_viewers_run(v, NULL, 0.1, 0);
        bench_viewers_result(v, &result);
    }
    s->closed = result.lost_count;
    bench_viewers_close(v);
    s->is_over = 1;
    return NULL;
}

static double late_ticks(uint16_t port, const char *seconds) {
    char name[80];
    snprintf(name, sizeof(name), "tabcast_loop_delay_seconds_bucket{le=\"%s\"}", seconds);
    return bench_metric(port, "tabcast_loop_delay_seconds_count") - bench_metric(port, name);
}

// A show with 20 viewers, calm at first; then silent sockets come until the relay has closed them
// all.
static int idle(const struct settings *s) {
    static struct bench_sent sent;
    struct bench_publisher publisher = {.sent = &sent};
    struct silence silence = {.count = s->idle};
    char data_dir[] = "/tmp/tabcast-bench-XXXXXX";
    uint16_t port;
    pthread_t thread, silent;
    struct bench_result calm, crowded;
    const pid_t pid = bench_relay_start(s->binary, s->more, &port, data_dir, s->idle + 200);
    publisher.port = port;
    bench_create_show(port, publisher.id, publisher.key);
    pthread_create(&thread, NULL, bench_publish, &publisher);
    while (sent.message_count < 60)
        usleep(1000);
    struct target target = {.port = port, .id = publisher.id};
    struct bench_viewers *v = bench_viewers_open(20, join_relay, &target);
    bench_viewers_run(v, &sent, 1, 0);
    bench_viewers_run(v, &sent, 5, 1);
    bench_viewers_result(v, &calm);
    bench_viewers_close(v);

    v = bench_viewers_open(20, join_relay, &target);
    bench_viewers_run(v, &sent, 1, 0);
    const long rss_before = bench_rss_kb(pid);
    const double cpu_before = bench_cpu_seconds(pid);
    silence.target = target;
    pthread_create(&silent, NULL, be_silent, &silence);
    double cpu_us = 0, rss_kb = 0;
    while (!silence.is_over) {
        bench_viewers_run(v, &sent, 0.1, 1);
        if (silence.is_open && rss_kb == 0) {
            cpu_us = (bench_cpu_seconds(pid) - cpu_before) * 1e6 / s->idle;
            rss_kb = (double)(bench_rss_kb(pid) - rss_before) / s->idle;
        }
    }
    pthread_join(silent, NULL);
    bench_viewers_result(v, &crowded);
    bench_viewers_close(v);
    const double timeouts = bench_metric(port, "tabcast_refusals_total{reason=\"hello-timeout\"}");
    printf("%d silent sockets: opened in %.1f s, %.0f us CPU and %.2f kB RSS each, the show's "
           "share included; closed "
           "by the relay: %d (hello-timeout %.0f)\n",
           s->idle, silence.opened_s, cpu_us, rss_kb, silence.closed, timeouts);
    printf("20 viewers meanwhile: %lu messages, p50 %.2f ms, p99 %.2f ms, max %.1f ms, gaps %lu, "
           "lost %d (calm: p50 %.2f, p99 "
           "%.2f, max %.1f)\n",
           (unsigned long)crowded.message_count, crowded.p50_ms, crowded.p99_ms, crowded.max_ms,
           (unsigned long)crowded.gap_count, crowded.lost_count, calm.p50_ms, calm.p99_ms,
           calm.max_ms);
    printf("the relay's loop was late by more than 10 ms %.0f times, 50 ms %.0f times, 100 ms %.0f "
           "times\n",
           late_ticks(port, "0.01"), late_ticks(port, "0.05"), late_ticks(port, "0.1"));
    publisher.is_stopped = 1;
    pthread_join(thread, NULL);
    bench_process_stop(pid);
    remove_folder(data_dir);
    return silence.closed == s->idle && crowded.message_count && !crowded.gap_count &&
                   !crowded.lost_count
               ? 0
               : 1;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"binary", required_argument, NULL, 'b'},  {"viewers", required_argument, NULL, 'v'},
        {"seconds", required_argument, NULL, 's'}, {"rounds", required_argument, NULL, 'r'},
        {"idle", required_argument, NULL, 'i'},    {0}};
    struct settings s = {
        .binary = "build/release/tabcast", .viewers = 500, .rounds = 3, .seconds = 10};
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'b':
            s.binary = optarg;
            break;
        case 'v':
            s.viewers = (int)strtol(optarg, NULL, 10);
            break;
        case 's':
            s.seconds = strtod(optarg, NULL);
            break;
        case 'r':
            s.rounds = (int)strtol(optarg, NULL, 10);
            break;
        case 'i':
            s.idle = (int)strtol(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    }
    s.more = argv + optind;
    if (s.viewers < 1 || s.rounds < 1 || s.rounds > 64 || s.seconds < 1)
        bench_fail("at least one viewer, one round, one second");
    return s.idle > 0 ? idle(&s) : compare(&s);
}
