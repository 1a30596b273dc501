// SPDX-License-Identifier: MIT
#include "bench.h"

#include "shared/wire.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)
#define DELAY_STEP_US 50
#define DELAY_BUCKET_COUNT 200000 // to 10 s

struct viewer {
    int fd;
    // The part of a frame's head (up to 10 + 16 bytes) that has come, and how many payload bytes
    // follow unread.
    uint8_t head[26];
    size_t head_len;
    size_t skip_len;
    int64_t next_sequence[BENCH_KIND_COUNT]; // -1 before the first
};

struct bench_viewers {
    struct viewer *all;
    int count;
    int epoll_fd;
    int is_measured;
    struct bench_sent *sent;
    uint32_t *delays;
    uint8_t *buffer;
    struct bench_result result;
};

struct bench_viewers *bench_viewers_open(int count, int (*open_one)(void *ctx), void *ctx) {
    struct bench_viewers *const v = calloc(1, sizeof(*v));
    v->all = calloc((size_t)count, sizeof(*v->all));
    v->delays = calloc(DELAY_BUCKET_COUNT, sizeof(*v->delays));
    v->buffer = malloc(BUFFER_BYTES);
    v->count = count;
    v->epoll_fd = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        struct viewer *const one = &v->all[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        one->fd = open_one(ctx);
        for (unsigned k = 0; k < BENCH_KIND_COUNT; k++)
            one->next_sequence[k] = -1;
        fcntl(one->fd, F_SETFL, O_NONBLOCK);
        epoll_ctl(v->epoll_fd, EPOLL_CTL_ADD, one->fd, &event);
    }
    return v;
}

// Length of the frame's own head once known, else 0; *payload_len gets what follows it.
static size_t parse_head(const struct viewer *one, size_t *payload_len) {
    if (one->head_len < 2)
        return 0;
    const uint8_t first = one->head[1] & 0x7f;
    const size_t n = first < 126 ? 2 : first == 126 ? 4 : 10;
    if (one->head_len < n)
        return 0;
    uint64_t len = first;
    if (n > 2) {
        len = 0;
        for (size_t i = 2; i < n; i++)
            len = len << 8 | one->head[i];
    }
    *payload_len = (size_t)len;
    return n;
}

static void note_message(struct bench_viewers *v, struct viewer *one, const uint8_t *wire,
                         uint64_t now_us) {
    const unsigned kind = wire[0];
    const uint32_t sequence =
        (uint32_t)wire[4] << 24 | (uint32_t)wire[5] << 16 | (uint32_t)wire[6] << 8 | wire[7];
    if (kind != WIRE_VIDEO && kind != WIRE_AUDIO)
        return;
    if (v->is_measured && one->next_sequence[kind] >= 0 && one->next_sequence[kind] != sequence)
        v->result.gap_count++;
    one->next_sequence[kind] = (int64_t)sequence + 1;
    if (!v->is_measured)
        return;
    const uint64_t sent_us = v->sent->at_us[kind][sequence % BENCH_SEQUENCE_COUNT];
    const uint64_t bucket = now_us > sent_us ? (now_us - sent_us) / DELAY_STEP_US : 0;
    v->delays[bucket < DELAY_BUCKET_COUNT ? bucket : DELAY_BUCKET_COUNT - 1]++;
    v->result.message_count++;
}

static void take_bytes(struct bench_viewers *v, struct viewer *one, const uint8_t *bytes,
                       size_t len, uint64_t now_us) {
    if (v->is_measured)
        v->result.byte_count += len;
    while (len) {
        if (one->skip_len) {
            const size_t n = one->skip_len < len ? one->skip_len : len;
            one->skip_len -= n;
            bytes += n;
            len -= n;
            continue;
        }
        one->head[one->head_len++] = *bytes++;
        len--;
        size_t payload_len = 0;
        const size_t head = parse_head(one, &payload_len);
        const uint8_t opcode = one->head[0] & 0x0f;
        if (!head)
            continue;
        if ((one->head[0] & 0x70) || (opcode != 1 && opcode != 2 && opcode < 8)) {
            v->result.gap_count++; // no frame at all: the stream is broken
            return;
        }
        const size_t wanted = opcode == 2 ? head + WIRE_HEADER_LEN : head;
        if (one->head_len < wanted)
            continue;
        if (opcode == 9) { // PING: answered, or the relay takes us for dead
            static const uint8_t pong[] = {0x8a, 0x81, 0, 0, 0, 0, 'p'};
            (void)!send(one->fd, pong, sizeof(pong), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        if (opcode == 2)
            note_message(v, one, one->head + head, now_us);
        one->skip_len = payload_len - (wanted - head);
        one->head_len = 0;
    }
}

void bench_viewers_run(struct bench_viewers *v, struct bench_sent *sent, double seconds,
                       int is_measured) {
    const uint64_t end_us = bench_now_us() + (uint64_t)(seconds * 1e6);
    struct epoll_event events[256];
    v->sent = sent;
    v->is_measured = is_measured;
    while (bench_now_us() < end_us) {
        const int n = epoll_wait(v->epoll_fd, events, 256, 20);
        for (int i = 0; i < n; i++) {
            struct viewer *const one = events[i].data.ptr;
            const ssize_t got = recv(one->fd, v->buffer, BUFFER_BYTES, 0);
            if (got > 0) {
                take_bytes(v, one, v->buffer, (size_t)got, bench_now_us());
            } else if (got == 0 || errno != EAGAIN) {
                v->result.lost_count++;
                epoll_ctl(v->epoll_fd, EPOLL_CTL_DEL, one->fd, NULL);
            }
        }
    }
}

static double percentile_ms(const struct bench_viewers *v, double share) {
    const uint64_t wanted = (uint64_t)((double)v->result.message_count * share);
    uint64_t seen = 0;
    for (size_t i = 0; i < DELAY_BUCKET_COUNT; i++) {
        seen += v->delays[i];
        if (seen > wanted)
            return (double)(i + 1) * DELAY_STEP_US / 1000;
    }
    return (double)DELAY_BUCKET_COUNT * DELAY_STEP_US / 1000;
}

void bench_viewers_result(struct bench_viewers *v, struct bench_result *out) {
    *out = v->result;
    out->p50_ms = percentile_ms(v, 0.5);
    out->p99_ms = percentile_ms(v, 0.99);
    out->max_ms = percentile_ms(v, 1.0 - 1e-12);
}

void bench_viewers_close(struct bench_viewers *v) {
    for (int i = 0; i < v->count; i++)
        close(v->all[i].fd);
    close(v->epoll_fd);
    free(v->all);
    free(v->delays);
    free(v->buffer);
    free(v);
}
