// SPDX-License-Identifier: MIT
#include "bench.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

// A run is shorter than the ring.
double bench_settled_rss_kb(const struct bench_server *s) {
    const double ring = s->kind == BENCH_TABCAST
                            ? bench_metric(s->port, "tabcast_media_received_bytes_total") / 1024
                            : 0;
    return (double)bench_rss_kb(s->pid) - ring;
}

static double messages_expected(const struct bench_round *r) {
    const double per_second = r->workload == BENCH_W3 ? BENCH_TEXTS_PER_SECOND : 80;
    return (r->viewers - r->slow) * r->seconds * per_second;
}

struct bench_measured bench_measure(const struct bench_round *round, struct bench_server *server) {
    static struct bench_sent sent;
    const int is_chat = round->workload == BENCH_W3;
    struct bench_publisher publisher = {
        .server = server, .workload = round->workload, .scale = round->scale, .sent = &sent};
    struct bench_measured m = {.expected_count = messages_expected(round)};
    pthread_t thread;
    memset(&sent, 0, sizeof(sent));
    pthread_create(&thread, NULL, bench_publish, &publisher);
    while (sent.message_count < (is_chat ? 10u : 60u))
        usleep(1000);
    const double rss_before = bench_settled_rss_kb(server);
    struct bench_viewers *const v =
        bench_viewers_open(round->viewers, round->slow, server, is_chat);
    bench_viewers_run(v, &sent, round->settle_seconds, 0);
    if (round->slow) // a tenth of the 2.07 Mbit/s, scaled
        bench_viewers_slow(v, 2070000.0 / 8 * round->scale / 10);
    const double cpu_before = bench_cpu_seconds(server->pid);
    bench_viewers_run(v, &sent, round->seconds, 1);
    const double cpu = bench_cpu_seconds(server->pid) - cpu_before;
    m.rss_kb = (bench_settled_rss_kb(server) - rss_before) / round->viewers;
    bench_viewers_result(v, &m.result);
    if (m.result.message_count) {
        m.cpu_us = cpu * 1e6 / (double)m.result.message_count;
        m.cpu_s_per_gb = cpu / ((double)m.result.byte_count / 1e9);
    }
    publisher.is_stopped = 1;
    pthread_join(thread, NULL);
    bench_viewers_close(v);
    return m;
}

struct bench_measured bench_measure_own(const struct bench_round *round, enum bench_kind kind,
                                        const char *binary, char *const *more) {
    const char *const dir = round->tls_dir;
    struct bench_server server = {
        .kind = kind, .room_count = round->workload == BENCH_W2 ? BENCH_ROOMS_COUNT : 1};
    char data_dir[] = "/tmp/tabcast-bench-XXXXXX";
    server.pid =
        kind == BENCH_TABCAST
            ? bench_relay_start(binary, more, dir, &server.port, data_dir, round->viewers + 200)
            : bench_baseline_start(kind == BENCH_PLAIN_URING, dir, &server.port);
    for (int i = 0; kind == BENCH_TABCAST && i < server.room_count; i++)
        bench_create_show(server.port, !round->is_unrecorded, server.rooms[i].id,
                          server.rooms[i].key);
    const struct bench_measured m = bench_measure(round, &server);
    bench_process_stop(server.pid);
    if (kind == BENCH_TABCAST)
        bench_remove_folder(data_dir);
    return m;
}
