// SPDX-License-Identifier: MIT
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

struct silence {
    const struct bench_server *server;
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
    struct bench_viewers *const v = bench_viewers_open_silent(s->count, s->server);
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
int bench_idle(const char *binary, char *const *more, int count) {
    static struct bench_sent sent;
    struct bench_server server = {.kind = BENCH_TABCAST, .room_count = 1};
    struct bench_publisher publisher = {.server = &server, .sent = &sent, .scale = 1};
    struct silence silence = {.server = &server, .count = count};
    char data_dir[] = "/tmp/tabcast-bench-XXXXXX";
    pthread_t thread, silent;
    struct bench_result calm, crowded;
    server.pid = bench_relay_start(binary, more, NULL, &server.port, data_dir, count + 200);
    bench_create_show(server.port, 1, server.rooms[0].id, server.rooms[0].key);
    pthread_create(&thread, NULL, bench_publish, &publisher);
    while (sent.message_count < 60)
        usleep(1000);
    struct bench_viewers *v = bench_viewers_open(20, 0, &server, 0);
    bench_viewers_run(v, &sent, 1, 0);
    bench_viewers_run(v, &sent, 5, 1);
    bench_viewers_result(v, &calm);
    bench_viewers_close(v);

    v = bench_viewers_open(20, 0, &server, 0);
    bench_viewers_run(v, &sent, 1, 0);
    const double rss_before = bench_settled_rss_kb(&server);
    const double cpu_before = bench_cpu_seconds(server.pid);
    pthread_create(&silent, NULL, be_silent, &silence);
    double cpu_us = 0, rss_kb = 0;
    while (!silence.is_over) {
        bench_viewers_run(v, &sent, 0.1, 1);
        if (silence.is_open && rss_kb == 0) {
            cpu_us = (bench_cpu_seconds(server.pid) - cpu_before) * 1e6 / count;
            rss_kb = (bench_settled_rss_kb(&server) - rss_before) / count;
        }
    }
    pthread_join(silent, NULL);
    bench_viewers_result(v, &crowded);
    bench_viewers_close(v);
    const double timeouts =
        bench_metric(server.port, "tabcast_refusals_total{reason=\"hello-timeout\"}");
    printf("%d silent sockets: opened in %.1f s, %.0f us CPU and %.2f kB RSS each, the show's "
           "share included; closed "
           "by the relay: %d (hello-timeout %.0f)\n",
           count, silence.opened_s, cpu_us, rss_kb, silence.closed, timeouts);
    printf("20 viewers meanwhile: %lu messages, p50 %.2f ms, p99 %.2f ms, max %.1f ms, gaps %lu, "
           "lost %d (calm: p50 %.2f, p99 "
           "%.2f, max %.1f)\n",
           (unsigned long)crowded.message_count, crowded.p50_ms, crowded.p99_ms, crowded.max_ms,
           (unsigned long)crowded.gap_count, crowded.lost_count, calm.p50_ms, calm.p99_ms,
           calm.max_ms);
    printf("the relay's loop was late by more than 10 ms %.0f times, 50 ms %.0f times, 100 ms %.0f "
           "times\n",
           late_ticks(server.port, "0.01"), late_ticks(server.port, "0.05"),
           late_ticks(server.port, "0.1"));
    publisher.is_stopped = 1;
    pthread_join(thread, NULL);
    bench_process_stop(server.pid);
    bench_remove_folder(data_dir);
    return silence.closed == count && crowded.message_count && !crowded.gap_count &&
                   !crowded.lost_count
               ? 0
               : 1;
}
