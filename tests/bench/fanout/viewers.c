// SPDX-License-Identifier: MIT
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)
#define DELAY_STEP_US 50
#define SLOW_BUFFER_BYTES (64 * 1024)
#define DELAY_BUCKET_COUNT 200000 // to 10 s

struct viewer {
    int fd, room, is_slow, is_gone;
    double allowance; // bytes it may read now
    struct bench_stream stream;
    struct bench_viewers *owner;
    int64_t next_sequence[BENCH_KIND_COUNT]; // -1 before the first
};

struct bench_viewers {
    struct viewer *all;
    struct bench_reader reader;
    int count, slow_count;
    double slow_rate; // bytes a second
    int epoll_fd;
    int is_measured;
    uint64_t now_us; // of the read that is being looked at
    struct bench_sent *sent;
    uint32_t *delays, *video_delays;
    uint64_t video_count;
    uint8_t *buffer;
    struct bench_result result;
};

static void on_message(void *ctx, unsigned kind, uint32_t sequence) {
    struct viewer *const one = ctx;
    struct bench_viewers *const v = one->owner;
    const int is_expected = one->next_sequence[kind] < 0 || one->next_sequence[kind] == sequence;
    one->next_sequence[kind] = (int64_t)sequence + 1;
    if (!v->is_measured)
        return;
    const uint64_t sent_us = v->sent->at_us[one->room][kind][sequence % BENCH_SEQUENCE_COUNT];
    const uint64_t delay_us = v->now_us > sent_us ? v->now_us - sent_us : 0;
    if (one->is_slow) { // it misses some, and is late; how late is the question
        v->result.slow_message_count++;
        if ((double)delay_us / 1000 > v->result.slow_behind_ms)
            v->result.slow_behind_ms = (double)delay_us / 1000;
        return;
    }
    v->result.gap_count += !is_expected;
    const uint64_t step = delay_us / DELAY_STEP_US;
    const uint64_t bucket = step < DELAY_BUCKET_COUNT ? step : DELAY_BUCKET_COUNT - 1;
    v->delays[bucket]++;
    v->video_delays[bucket] += kind == BENCH_VIDEO_KIND;
    v->video_count += kind == BENCH_VIDEO_KIND;
    v->result.message_count++;
}

static struct bench_viewers *open_all(int count, int slow, const struct bench_server *s,
                                      int is_chat, int is_silent) {
    struct bench_viewers *const v = calloc(1, sizeof(*v));
    v->all = calloc((size_t)count, sizeof(*v->all));
    v->delays = calloc(DELAY_BUCKET_COUNT, sizeof(*v->delays));
    v->video_delays = calloc(DELAY_BUCKET_COUNT, sizeof(*v->video_delays));
    v->buffer = malloc(BUFFER_BYTES);
    v->count = count;
    v->slow_count = slow;
    v->reader =
        (struct bench_reader){.kind = s->kind, .is_chat = is_chat, .on_message = on_message};
    v->epoll_fd = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        struct viewer *const one = &v->all[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        one->owner = v;
        one->room = s->room_count ? i % s->room_count : 0;
        bench_set_receive_buffer(i < slow ? SLOW_BUFFER_BYTES : 0);
        one->fd = is_silent ? bench_upgrade(s->port, "/ws", "tabcast.v1")
                            : bench_join_viewer(s, one->room, is_chat);
        for (unsigned k = 0; k < BENCH_KIND_COUNT; k++)
            one->next_sequence[k] = -1;
        fcntl(one->fd, F_SETFL, O_NONBLOCK);
        epoll_ctl(v->epoll_fd, EPOLL_CTL_ADD, one->fd, &event);
    }
    return v;
}

struct bench_viewers *bench_viewers_open(int count, int slow, const struct bench_server *s,
                                         int is_chat) {
    return open_all(count, slow, s, is_chat, 0);
}

struct bench_viewers *bench_viewers_open_silent(int count, const struct bench_server *s) {
    return open_all(count, 0, s, 0, 1);
}

void bench_viewers_slow(struct bench_viewers *v, double bytes_per_second) {
    v->slow_rate = bytes_per_second;
    for (int i = 0; i < v->slow_count; i++) {
        v->all[i].is_slow = 1;
        v->all[i].allowance = 0;
        epoll_ctl(v->epoll_fd, EPOLL_CTL_DEL, v->all[i].fd, NULL);
    }
}

static void lose(struct bench_viewers *v, struct viewer *one) {
    v->result.lost_count++;
    one->is_gone = 1;
    epoll_ctl(v->epoll_fd, EPOLL_CTL_DEL, one->fd, NULL);
}

static void read_one(struct bench_viewers *v, struct viewer *one, size_t most) {
    const ssize_t got =
        bench_recv(one->fd, v->buffer, most < BUFFER_BYTES ? most : BUFFER_BYTES, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            lose(v, one);
        return;
    }
    v->now_us = bench_now_us();
    one->allowance -= (double)got;
    if (v->is_measured && !one->is_slow)
        v->result.byte_count += (size_t)got;
    v->reader.fd = one->fd;
    v->reader.ctx = one;
    if (bench_read_stream(&one->stream, &v->reader, v->buffer, (size_t)got) != 0) {
        v->result.gap_count++; // the stream is broken
        lose(v, one);
    }
}

static void read_slow(struct bench_viewers *v, double seconds) {
    if (!v->slow_rate)
        return;
    for (int i = 0; i < v->slow_count; i++) {
        struct viewer *const one = &v->all[i];
        one->allowance += v->slow_rate * seconds;
        if (one->allowance > v->slow_rate) // what was not read is not saved for ever
            one->allowance = v->slow_rate;
        if (!one->is_gone && one->allowance > 0)
            read_one(v, one, (size_t)one->allowance + 1);
    }
}

void bench_viewers_run(struct bench_viewers *v, struct bench_sent *sent, double seconds,
                       int is_measured) {
    uint64_t before_us = bench_now_us();
    const uint64_t end_us = before_us + (uint64_t)(seconds * 1e6);
    struct epoll_event events[256];
    v->sent = sent;
    v->is_measured = is_measured;
    while (bench_now_us() < end_us) {
        const int n = epoll_wait(v->epoll_fd, events, 256, 20);
        for (int i = 0; i < n; i++) {
            struct viewer *const one = events[i].data.ptr;
            do
                read_one(v, one, BUFFER_BYTES);
            while (!one->is_gone && bench_has_read_ahead(one->fd));
        }
        const uint64_t now_us = bench_now_us();
        read_slow(v, (double)(now_us - before_us) / 1e6);
        before_us = now_us;
    }
}

static double percentile_ms(const uint32_t *delays, uint64_t count, double share) {
    const uint64_t wanted = (uint64_t)((double)count * share);
    uint64_t seen = 0;
    for (size_t i = 0; i < DELAY_BUCKET_COUNT; i++) {
        seen += delays[i];
        if (seen > wanted)
            return (double)(i + 1) * DELAY_STEP_US / 1000;
    }
    return (double)DELAY_BUCKET_COUNT * DELAY_STEP_US / 1000;
}

void bench_viewers_result(struct bench_viewers *v, struct bench_result *out) {
    const uint64_t count = v->result.message_count;
    *out = v->result;
    out->p50_ms = percentile_ms(v->delays, count, 0.5);
    out->p99_ms = percentile_ms(v->delays, count, 0.99);
    out->max_ms = percentile_ms(v->delays, count, 1.0 - 1e-12);
    out->video_p50_ms = percentile_ms(v->video_delays, v->video_count, 0.5);
    out->video_p99_ms = percentile_ms(v->video_delays, v->video_count, 0.99);
}

void bench_viewers_close(struct bench_viewers *v) {
    for (int i = 0; i < v->count; i++)
        bench_close(v->all[i].fd);
    close(v->epoll_fd);
    free(v->all);
    free(v->delays);
    free(v->video_delays);
    free(v->buffer);
    free(v);
}
