// SPDX-License-Identifier: MIT
// An HTTP load of a steady rate: each request is due at its time, whatever became of those before,
// and its answer's time is counted from then, so that a server that stands still is not spared (no
// coordinated omission). With --in-flight as many as given are always under way instead.
//   http_load --port N --requests FILE (--rate R | --in-flight N) [--seconds S] [--warm S]
//             [--addresses N]
// FILE has a request a line: method, target, token or -, JSON or nothing, with tabs between; they
// are asked in turn, over and over. Prints a line of JSON; the status is 1 when one got no good
// answer.
#include "asking.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_COUNT 4096
#define LINE_BYTES 4096
#define DRAIN_US 10000000ULL
#define REFUSALS_TOLD_COUNT 3

struct load {
    uint16_t port;
    double rate, seconds, warm_seconds;
    unsigned in_flight, addresses;
    struct ask *asks;
    size_t ask_count;
    int epoll_fd;
    struct asking *connections;
    size_t connection_count, under_way;
    struct asking *idle_first, *idle_last; // the one that rested longest is asked first
    uint64_t begun_us, measured_us, end_us;
    uint64_t asked_count, answered_count, refused_count, lost_count;
    uint32_t *took_us, *late_us; // of those that were due while measured
    size_t took_count, late_count, cap;
};

static void fail(const char *what) {
    fprintf(stderr, "http_load: %s\n", what);
    exit(2);
}

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

// --- The requests

static struct ask make_ask(const char *method, const char *target, const char *token,
                           const char *json) {
    char text[LINE_BYTES + 512];
    size_t len =
        (size_t)snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: bench\r\n", method, target);
    if (strcmp(token, "-") != 0)
        len +=
            (size_t)snprintf(text + len, sizeof(text) - len, "Authorization: Bearer %s\r\n", token);
    if (strcmp(method, "GET") != 0)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%sContent-Length: %zu\r\n",
                                json[0] ? "Content-Type: application/json\r\n" : "", strlen(json));
    len += (size_t)snprintf(text + len, sizeof(text) - len, "\r\n%s", json);
    char *const copy = len < sizeof(text) ? strdup(text) : NULL;
    if (!copy)
        fail("a request is too long");
    return (struct ask){copy, len};
}

static void read_asks(struct load *l, const char *path) {
    char line[LINE_BYTES];
    FILE *const f = fopen(path, "r");
    if (!f)
        fail("the file of requests does not open");
    while (fgets(line, sizeof(line), f)) {
        const char *fields[4] = {"", "", "-", ""};
        char *at = line;
        line[strcspn(line, "\n")] = '\0';
        for (unsigned i = 0; i < 4 && at; i++)
            fields[i] = strsep(&at, "\t");
        l->asks = realloc(l->asks, (l->ask_count + 1) * sizeof(*l->asks));
        l->asks[l->ask_count++] = make_ask(fields[0], fields[1], fields[2], fields[3]);
    }
    fclose(f);
    if (!l->ask_count)
        fail("no requests");
}

// --- Asking

static void rest(struct load *l, struct asking *a) {
    a->next_idle = NULL;
    if (l->idle_last)
        l->idle_last->next_idle = a;
    else
        l->idle_first = a;
    l->idle_last = a;
}

static struct asking *take_connection(struct load *l) {
    struct asking *const idle = l->idle_first;
    if (idle && l->connection_count >= l->addresses) {
        l->idle_first = idle->next_idle;
        if (!l->idle_first)
            l->idle_last = NULL;
        return idle;
    }
    if (l->connection_count == CONNECTIONS_COUNT)
        fail("too many requests are under way: the server does not keep up");
    struct asking *const a = &l->connections[l->connection_count++];
    a->address = 1 + (unsigned)(l->connection_count - 1) % l->addresses;
    return a;
}

static void ask_next(struct load *l, uint64_t due_us) {
    struct asking *const a = take_connection(l);
    const uint64_t now = now_us();
    a->due_us = due_us;
    if (due_us >= l->measured_us && l->late_count < l->cap)
        l->late_us[l->late_count++] = (uint32_t)(now > due_us ? now - due_us : 0);
    if (asking_begin(a, l->epoll_fd, l->port, &l->asks[l->asked_count++ % l->ask_count]) != 0)
        fail("no connection");
    l->under_way++;
}

static void tell_refusal(const struct load *l, const struct asking *a) {
    if (l->refused_count > REFUSALS_TOLD_COUNT)
        return;
    fprintf(stderr, "http_load: %u to %.*s\n", a->status, (int)strcspn(a->ask->bytes, "\r"),
            a->ask->bytes);
}

static void on_news(struct load *l, struct asking *a, enum asking_news news) {
    if (news == ASKING_NOTHING)
        return;
    l->under_way--;
    if (news == ASKING_LOST) {
        l->lost_count++;
    } else if (a->status < 200 || a->status >= 400) {
        l->refused_count++;
        tell_refusal(l, a);
    } else if (a->due_us >= l->measured_us) {
        const uint64_t now = now_us();
        if (now < l->end_us)
            l->answered_count++;
        if (l->took_count < l->cap)
            l->took_us[l->took_count++] = (uint32_t)(now - a->due_us);
    }
    rest(l, a);
    if (l->in_flight && now_us() < l->end_us)
        ask_next(l, now_us());
}

static void run(struct load *l) {
    struct epoll_event events[256];
    double due = (double)l->begun_us;
    for (unsigned i = 0; i < l->in_flight; i++)
        ask_next(l, now_us());
    for (;;) {
        uint64_t now = now_us();
        for (; l->rate > 0 && due <= (double)now && due < (double)l->end_us; due += 1e6 / l->rate)
            ask_next(l, (uint64_t)due);
        now = now_us();
        if (now >= l->end_us && (!l->under_way || now > l->end_us + DRAIN_US))
            return;
        const bool is_over = l->rate <= 0 || due >= (double)l->end_us;
        const uint64_t next_us = is_over ? now + 20000 : (uint64_t)due;
        const uint64_t sleep_us = next_us > now ? next_us - now : 0;
        const struct timespec timeout = {.tv_sec = (time_t)(sleep_us / 1000000),
                                         .tv_nsec = (long)(sleep_us % 1000000) * 1000};
        const int n = epoll_pwait2(l->epoll_fd, events, 256, &timeout, NULL);
        for (int i = 0; i < n; i++)
            on_news(l, events[i].data.ptr, asking_work(events[i].data.ptr));
    }
}

// --- What came of it

static int by_size(const void *left, const void *right) {
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static double at_ms(const uint32_t *sorted_us, size_t count, double share) {
    const size_t at = (size_t)((double)count * share);
    return count ? (double)sorted_us[at < count ? at : count - 1] / 1000 : -1;
}

static void report(struct load *l) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < l->connection_count; i++)
        bytes += l->connections[i].read_bytes;
    qsort(l->took_us, l->took_count, sizeof(*l->took_us), by_size);
    qsort(l->late_us, l->late_count, sizeof(*l->late_us), by_size);
    printf("{\"asked\":%llu,\"answeredPerSecond\":%.1f,\"refused\":%llu,\"lost\":%llu,"
           "\"p50Ms\":%.3f,\"p95Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,\"lateP99Ms\":%.3f,"
           "\"connections\":%zu,\"bytesPerAnswer\":%.0f}\n",
           (unsigned long long)l->asked_count, (double)l->answered_count / l->seconds,
           (unsigned long long)l->refused_count, (unsigned long long)(l->lost_count + l->under_way),
           at_ms(l->took_us, l->took_count, 0.5), at_ms(l->took_us, l->took_count, 0.95),
           at_ms(l->took_us, l->took_count, 0.99), at_ms(l->took_us, l->took_count, 1),
           at_ms(l->late_us, l->late_count, 0.99), l->connection_count,
           (double)bytes / (double)(l->asked_count ? l->asked_count : 1));
}

static const struct option options[] = {
    {"port", required_argument, NULL, 'p'},      {"requests", required_argument, NULL, 'f'},
    {"rate", required_argument, NULL, 'r'},      {"in-flight", required_argument, NULL, 'i'},
    {"seconds", required_argument, NULL, 's'},   {"warm", required_argument, NULL, 'w'},
    {"addresses", required_argument, NULL, 'a'}, {0}};

static void read_arguments(struct load *l, int argc, char **argv) {
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        const double number = optarg ? strtod(optarg, NULL) : 0;
        if (c == 'p')
            l->port = (uint16_t)number;
        else if (c == 'f')
            read_asks(l, optarg);
        else if (c == 'r')
            l->rate = number;
        else if (c == 'i')
            l->in_flight = (unsigned)number;
        else if (c == 's')
            l->seconds = number;
        else if (c == 'w')
            l->warm_seconds = number;
        else if (c == 'a')
            l->addresses = (unsigned)number;
        else
            exit(2);
    }
    if (!l->port || !l->ask_count || (l->rate > 0) == (l->in_flight > 0) || !l->addresses ||
        l->addresses > 250 || l->in_flight > CONNECTIONS_COUNT || l->seconds <= 0)
        fail("--port, --requests, and one of --rate and --in-flight");
}

int main(int argc, char **argv) {
    struct load l = {.seconds = 10, .warm_seconds = 2, .addresses = 64};
    struct rlimit files;
    read_arguments(&l, argc, argv);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    l.cap = (size_t)((l.seconds + 1) * (l.rate > 0 ? l.rate : 100000));
    l.took_us = malloc(l.cap * sizeof(*l.took_us));
    l.late_us = malloc(l.cap * sizeof(*l.late_us));
    l.connections = calloc(CONNECTIONS_COUNT, sizeof(*l.connections));
    l.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!l.took_us || !l.late_us || !l.connections || l.epoll_fd < 0)
        fail("out of memory");
    l.begun_us = now_us();
    l.measured_us = l.begun_us + (uint64_t)(l.warm_seconds * 1e6);
    l.end_us = l.measured_us + (uint64_t)(l.seconds * 1e6);
    run(&l);
    report(&l);
    return l.refused_count || l.lost_count || l.under_way ? 1 : 0;
}
