// SPDX-License-Identifier: MIT
// fanout [OPTION...] [-- RELAY'S OPTIONS]
//   --binary FILE  --viewers N  --seconds S  --rounds R  --workload w1|w2|w3
//   --slow N       so many of the viewers read a tenth of what comes; --scale X: pictures X times
//   as
//                  large (4 is 8 Mbit/s)
// Measures the relay, the plain send() loop and the plain io_uring loop in turns (A B C A B C …)
// and prints medians and their ratios.
//   --unrecorded   the relay's shows, as nobody else records any
//   --tls DIR      all over TLS: cert.pem and key.pem in DIR; the limit is then an SSL_write() loop
//   --idle N       instead: N WebSockets that say nothing beside a running show of 20 viewers
//   --one KIND [--port P --pid PID]
//                  instead: one round against one server, as a line of JSON (table.mjs); without a
//                  port the relay or a limit is started
#include "bench.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

// While viewers are opened nobody reads: they start late, lose layers and win them back one by one.
#define SETTLE_SECONDS 9.0

struct settings {
    struct bench_round round;
    const char *binary, *one;
    char *const *more; // arguments of the relay
    int rounds, idle, port, pid;
};

static const char *const kinds[BENCH_SERVER_KIND_COUNT] = {
    "tabcast", "send", "io_uring", "ws", "nchan", "socketio", "icecast", "flv", "rtmp"};

static void print(const char *name, const struct bench_measured *m) {
    printf("%-9s %8.2f %10.2f %8.2f %8.2f %8.1f %9.1f %10.1f%% %6lu %5d\n", name, m->cpu_us,
           m->cpu_s_per_gb, m->result.p50_ms, m->result.p99_ms, m->result.max_ms, m->rss_kb,
           100 * (double)m->result.message_count / m->expected_count,
           (unsigned long)m->result.gap_count, m->result.lost_count);
    fflush(stdout);
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof(*values), by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static int compare(const struct settings *s) {
    double cpu_us[3][64], medians[3];
    const int count = s->round.tls_dir ? BENCH_PLAIN_URING : BENCH_PLAIN_URING + 1;
    uint64_t gaps = 0;
    int lost = 0;
    printf("W%d, %d viewers, %.0f s a round\n%-9s %8s %10s %8s %8s %8s %9s %11s %6s %5s\n",
           (int)s->round.workload + 1, s->round.viewers, s->round.seconds, "", "us/msg", "cpu-s/GB",
           "p50 ms", "p99 ms", "max ms", "kB/viewer", "delivered", "gaps", "lost");
    for (int i = 0; i < s->rounds; i++)
        for (int n = 0; n < count; n++) {
            const enum bench_kind by = (enum bench_kind)n;
            const struct bench_measured m = bench_measure_own(&s->round, by, s->binary, s->more);
            print(kinds[by], &m);
            cpu_us[by][i] = m.cpu_us;
            gaps += by == BENCH_TABCAST ? m.result.gap_count : 0;
            lost += by == BENCH_TABCAST ? m.result.lost_count : 0;
        }
    for (int by = 0; by < count; by++)
        medians[by] = median(cpu_us[by], s->rounds);
    printf("median us/message: relay %.2f, send() %.2f: %.2f of it", medians[0], medians[1],
           medians[0] / medians[1]);
    if (count > BENCH_PLAIN_URING)
        printf("; io_uring %.2f: %.2f of it", medians[2], medians[0] / medians[2]);
    printf("\n");
    return gaps || lost ? 1 : 0;
}

static int one(const struct settings *s) {
    int kind = 0;
    while (kind < BENCH_SERVER_KIND_COUNT && strcmp(s->one, kinds[kind]) != 0)
        kind++;
    if (kind == BENCH_SERVER_KIND_COUNT)
        bench_fail("no kind of server is called %s", s->one);
    struct bench_server server = {.kind = (enum bench_kind)kind,
                                  .port = (uint16_t)s->port,
                                  .pid = (pid_t)s->pid,
                                  .room_count =
                                      s->round.workload == BENCH_W2 ? BENCH_ROOMS_COUNT : 1};
    for (int i = 0; s->port && server.kind == BENCH_TABCAST && i < server.room_count; i++)
        bench_create_show(server.port, !s->round.is_unrecorded, server.rooms[i].id,
                          server.rooms[i].key);
    const struct bench_measured m =
        s->port ? bench_measure(&s->round, &server)
                : bench_measure_own(&s->round, server.kind, s->binary, s->more);
    printf("{\"cpuUs\":%.3f,\"cpuSecondsPerGb\":%.3f,\"p50Ms\":%.2f,\"p99Ms\":%.2f,\"maxMs\":%.1f,"
           "\"videoP50Ms\":%.2f,\"videoP99Ms\":%.2f,\"rssKb\":%.2f,\"delivered\":%.4f,\"gaps\":%lu,"
           "\"lost\":%d,\"slowBehindMs\":%.0f,"
           "\"slowMessages\":%lu}\n",
           m.cpu_us, m.cpu_s_per_gb, m.result.p50_ms, m.result.p99_ms, m.result.max_ms,
           m.result.video_p50_ms, m.result.video_p99_ms, m.rss_kb,
           (double)m.result.message_count / m.expected_count, (unsigned long)m.result.gap_count,
           m.result.lost_count, m.result.slow_behind_ms,
           (unsigned long)m.result.slow_message_count);
    return 0;
}

static const struct option options[] = {{"binary", required_argument, NULL, 'b'},
                                        {"viewers", required_argument, NULL, 'v'},
                                        {"seconds", required_argument, NULL, 's'},
                                        {"rounds", required_argument, NULL, 'r'},
                                        {"workload", required_argument, NULL, 'w'},
                                        {"slow", required_argument, NULL, 'l'},
                                        {"scale", required_argument, NULL, 'x'},
                                        {"settle", required_argument, NULL, 't'},
                                        {"tls", required_argument, NULL, 'c'},
                                        {"unrecorded", no_argument, NULL, 'u'},
                                        {"idle", required_argument, NULL, 'i'},
                                        {"one", required_argument, NULL, 'o'},
                                        {"port", required_argument, NULL, 'p'},
                                        {"pid", required_argument, NULL, 'd'},
                                        {0}};

static void set(struct settings *s, int option) {
    const int number = optarg ? (int)strtol(optarg, NULL, 10) : 0;
    const double decimal = optarg ? strtod(optarg, NULL) : 0;
    switch (option) {
    case 'b':
        s->binary = optarg;
        break;
    case 'v':
        s->round.viewers = number;
        break;
    case 's':
        s->round.seconds = decimal;
        break;
    case 'r':
        s->rounds = number;
        break;
    case 'w':
        s->round.workload = optarg[0] == 'w' && optarg[1] == '2'   ? BENCH_W2
                            : optarg[0] == 'w' && optarg[1] == '3' ? BENCH_W3
                                                                   : BENCH_W1;
        break;
    case 'l':
        s->round.slow = number;
        break;
    case 'x':
        s->round.scale = decimal;
        break;
    case 'c':
        s->round.tls_dir = optarg;
        break;
    case 'u':
        s->round.is_unrecorded = 1;
        break;
    case 't':
        s->round.settle_seconds = decimal;
        break;
    case 'i':
        s->idle = number;
        break;
    case 'o':
        s->one = optarg;
        break;
    case 'p':
        s->port = number;
        break;
    case 'd':
        s->pid = number;
        break;
    default:
        exit(2);
    }
}

int main(int argc, char **argv) {
    struct settings s = {
        .round = {.viewers = 500, .seconds = 10, .settle_seconds = SETTLE_SECONDS, .scale = 1},
        .binary = "build/release/tabcast",
        .rounds = 3};
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
        set(&s, c);
    s.more = argv + optind;
    if (s.round.tls_dir)
        bench_tls_connect_from_now_on();
    if (s.round.viewers <= s.round.slow || s.rounds < 1 || s.rounds > 64 || s.round.seconds < 1 ||
        s.round.scale <= 0)
        bench_fail("at least one viewer, one round, one second");
    if (s.idle > 0)
        return bench_idle(s.binary, s.more, s.idle);
    return s.one ? one(&s) : compare(&s);
}
