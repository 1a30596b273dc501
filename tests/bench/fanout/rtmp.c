// SPDX-License-Identifier: MIT
// As much RTMP as joining nginx-rtmp takes: the plain handshake, three commands sent without
// waiting for their answers, and messages in one chunk each. What comes back: streams.c.
#include "bench.h"

#include "shared/limits.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HANDSHAKE_BYTES 1536
#define CHUNK_BYTES 60000

struct amf {
    uint8_t bytes[512];
    size_t len;
};

static void put_raw_string(struct amf *a, const char *text) {
    const size_t len = strlen(text);
    a->bytes[a->len++] = (uint8_t)(len >> 8);
    a->bytes[a->len++] = (uint8_t)len;
    memcpy(a->bytes + a->len, text, len);
    a->len += len;
}

static void put_string(struct amf *a, const char *text) {
    a->bytes[a->len++] = 2;
    put_raw_string(a, text);
}

static void put_number(struct amf *a, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    a->bytes[a->len++] = 0;
    for (int shift = 56; shift >= 0; shift -= 8)
        a->bytes[a->len++] = (uint8_t)(bits >> shift);
}

static void put_null(struct amf *a) { a->bytes[a->len++] = 5; }

// One message, cut into chunks of CHUNK_BYTES when `is_large`, else of the 128 bytes of the start.
static void send_message(int fd, uint8_t type, uint32_t timestamp_ms, uint8_t stream, int is_large,
                         const uint8_t *body, size_t len, uint8_t *scratch) {
    const size_t most = is_large ? CHUNK_BYTES : 128;
    const uint8_t id = type == 9 ? 6 : type == 8 ? 4 : 3;
    const uint8_t head[12] = {id,
                              (uint8_t)(timestamp_ms >> 16),
                              (uint8_t)(timestamp_ms >> 8),
                              (uint8_t)timestamp_ms,
                              (uint8_t)(len >> 16),
                              (uint8_t)(len >> 8),
                              (uint8_t)len,
                              type,
                              stream};
    size_t at = sizeof(head), done = 0;
    memcpy(scratch, head, sizeof(head));
    while (done < len) {
        const size_t n = len - done < most ? len - done : most;
        if (done)
            scratch[at++] = (uint8_t)(0xc0 | id);
        memcpy(scratch + at, body + done, n);
        at += n;
        done += n;
    }
    bench_send_all(fd, scratch, at);
}

static void send_command(int fd, struct amf *a, uint8_t stream) {
    uint8_t scratch[1024];
    send_message(fd, 20, 0, stream, 0, a->bytes, a->len, scratch);
}

static void shake_hands(int fd) {
    uint8_t bytes[1 + 2 * HANDSHAKE_BYTES] = {3};
    bench_send_all(fd, bytes, 1 + HANDSHAKE_BYTES);
    for (size_t got = 0; got < sizeof(bytes);) {
        const ssize_t n = recv(fd, bytes + got, sizeof(bytes) - got, 0);
        if (n <= 0)
            bench_fail("no RTMP handshake");
        got += (size_t)n;
    }
    bench_send_all(fd, bytes + 1, HANDSHAKE_BYTES);
}

int bench_rtmp_open(uint16_t port, const char *stream, int is_publisher) {
    const int fd = bench_connect(port);
    shake_hands(fd);
    struct amf connect = {0}, create = {0}, start = {0};
    put_string(&connect, "connect");
    put_number(&connect, 1);
    connect.bytes[connect.len++] = 3; // object
    put_raw_string(&connect, "app");
    put_string(&connect, "live");
    put_raw_string(&connect, "tcUrl");
    put_string(&connect, "rtmp://127.0.0.1/live");
    memcpy(connect.bytes + connect.len, "\0\0\x09", 3);
    connect.len += 3;
    send_command(fd, &connect, 0);
    put_string(&create, "createStream");
    put_number(&create, 2);
    put_null(&create);
    send_command(fd, &create, 0);
    put_string(&start, is_publisher ? "publish" : "play");
    put_number(&start, 3);
    put_null(&start);
    put_string(&start, stream);
    if (is_publisher)
        put_string(&start, "live");
    send_command(fd, &start, 1);
    if (is_publisher) {
        uint8_t scratch[64];
        const uint8_t size[4] = {0, 0, CHUNK_BYTES >> 8, CHUNK_BYTES & 0xff};
        send_message(fd, 1, 0, 0, 0, size, sizeof(size), scratch);
    }
    return fd;
}

void bench_rtmp_send(int fd, int is_video, uint32_t timestamp_ms, const uint8_t *body, size_t len,
                     uint8_t *scratch) {
    send_message(fd, is_video ? 9 : 8, timestamp_ms, 1, 1, body, len, scratch);
}
