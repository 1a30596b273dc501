// SPDX-License-Identifier: MIT
// How each kind of server is joined and published to. What a viewer reads afterwards: streams.c.
#include "bench.h"

#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "shared/wire.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CLUSTER_HEAD_MAX 32

static uint8_t scratch[2 * LIMIT_MEDIA_MESSAGE_BYTES];

static int open_plain_http(uint16_t port, const char *format, int room, const char *status) {
    char request[512];
    const int fd = bench_connect(port);
    snprintf(request, sizeof(request), format, room);
    bench_send_all(fd, request, strlen(request));
    if (status)
        bench_read_head(fd, status);
    return fd;
}

static void recv_exactly(int fd, uint8_t *out, size_t len) {
    for (size_t got = 0; got < len;) {
        const ssize_t n = bench_recv(fd, out + got, len - got, 0);
        if (n <= 0)
            bench_fail("closed instead of an answer");
        got += (size_t)n;
    }
}

// Reads whole text frames until one begins with `start`.
static void await_text(int fd, const char *start) {
    uint8_t head[4], text[65536];
    do {
        recv_exactly(fd, head, 2);
        size_t len = head[1];
        if (len == 126) {
            recv_exactly(fd, head + 2, 2);
            len = (size_t)head[2] << 8 | head[3];
        }
        recv_exactly(fd, text, len);
    } while (memcmp(text, start, strlen(start)) != 0);
}

// Engine.IO 4: the server tells its session, "40" asks for the namespace and is answered.
static int join_socketio(uint16_t port, const char *role, int room) {
    char text[64];
    const int fd = bench_upgrade(port, "/socket.io/?EIO=4&transport=websocket", NULL);
    bench_send_text(fd, "40");
    await_text(fd, "40");
    snprintf(text, sizeof(text), "42[\"%s\",%d]", role, room);
    bench_send_text(fd, text);
    return fd;
}

int bench_join_viewer(const struct bench_server *s, int room, int is_chat) {
    char path[64];
    (void)is_chat;
    switch (s->kind) {
    case BENCH_TABCAST:
        return bench_join(s->port, s->rooms[room].id, "", "watch");
    case BENCH_PLAIN_SEND:
    case BENCH_PLAIN_URING:
    case BENCH_WS:
        snprintf(path, sizeof(path), "/ws?room=%d", room);
        return bench_upgrade(s->port, path, "tabcast.v1");
    case BENCH_NCHAN:
        snprintf(path, sizeof(path), "/sub?id=%d", room);
        return bench_upgrade(s->port, path, NULL);
    case BENCH_SOCKETIO:
        return join_socketio(s->port, "watch", room);
    case BENCH_ICECAST:
        return open_plain_http(s->port, "GET /live%d.webm HTTP/1.0\r\n\r\n", room, NULL);
    case BENCH_FLV:
        return open_plain_http(s->port, "GET /live/room%d.flv HTTP/1.0\r\n\r\n", room, NULL);
    default:
        snprintf(path, sizeof(path), "room%d", room);
        return bench_rtmp_open(s->port, path, 0);
    }
}

static int put_icecast(uint16_t port, int room) {
    uint8_t init[LIMIT_INIT_BYTES];
    const struct webm_tracks tracks = {
        .width = 1280, .height = 720, .channels = 2, .pre_skip = 312};
    const int fd = open_plain_http(port,
                                   "PUT /live%d.webm HTTP/1.1\r\nHost: bench\r\n"
                                   "Authorization: Basic c291cmNlOmJlbmNo\r\n" // source:bench
                                   "Content-Type: video/webm\r\nExpect: 100-continue\r\n\r\n",
                                   room, "HTTP/1.1 100");
    bench_send_all(fd, init, webm_write_init(init, sizeof(init), &tracks));
    return fd;
}

static int post_flv(uint16_t port, int room) {
    static const uint8_t head[] = {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0};
    const int fd = open_plain_http(port,
                                   "POST /live/room%d.flv HTTP/1.1\r\nHost: bench\r\n"
                                   "Content-Length: 99999999999\r\n\r\n",
                                   room, NULL);
    bench_send_all(fd, head, sizeof(head));
    return fd;
}

int bench_join_publisher(const struct bench_server *s, int room, int is_chat) {
    char path[64];
    switch (s->kind) {
    case BENCH_TABCAST:
        return bench_join(s->port, s->rooms[room].id, is_chat ? "" : s->rooms[room].key,
                          is_chat ? "watch" : "publish");
    case BENCH_PLAIN_SEND:
    case BENCH_PLAIN_URING:
    case BENCH_WS:
        snprintf(path, sizeof(path), "/ws?room=%d&publish=1", room);
        return bench_upgrade(s->port, path, "tabcast.v1");
    case BENCH_NCHAN:
        snprintf(path, sizeof(path), "/pub?id=%d", room);
        return bench_upgrade(s->port, path, NULL);
    case BENCH_SOCKETIO:
        return join_socketio(s->port, "publish", room);
    case BENCH_ICECAST:
        return put_icecast(s->port, room);
    case BENCH_FLV:
        return post_flv(s->port, room);
    default:
        snprintf(path, sizeof(path), "room%d", room);
        return bench_rtmp_open(s->port, path, 1);
    }
}

// FLV's body: codec bytes, then the wire message where coded frames would stand.
static size_t flv_body(uint8_t *out, const uint8_t *wire, size_t len) {
    static const uint8_t avc[] = {0x27, 1, 0, 0, 0}, aac[] = {0xaf, 1};
    const int is_video = wire[0] == WIRE_VIDEO;
    const size_t head = is_video ? sizeof(avc) : sizeof(aac);
    memcpy(out, is_video ? avc : aac, head);
    if (is_video && (wire[1] & WIRE_KEY))
        out[0] = 0x17;
    memcpy(out + head, wire, len);
    return head + len;
}

static uint32_t timestamp_ms_of(const uint8_t *wire) {
    uint64_t us = 0;
    for (unsigned i = 8; i < WIRE_HEADER_LEN; i++)
        us = us << 8 | wire[i];
    return (uint32_t)(us / 1000);
}

static void send_flv(int fd, const uint8_t *wire, size_t len) {
    uint8_t *const tag = scratch;
    const uint32_t ms = timestamp_ms_of(wire);
    const size_t body = flv_body(tag + 11, wire, len), total = 11 + body;
    const uint8_t head[11] = {wire[0] == WIRE_VIDEO ? 9 : 8,
                              (uint8_t)(body >> 16),
                              (uint8_t)(body >> 8),
                              (uint8_t)body,
                              (uint8_t)(ms >> 16),
                              (uint8_t)(ms >> 8),
                              (uint8_t)ms,
                              (uint8_t)(ms >> 24)};
    const uint8_t tail[4] = {(uint8_t)(total >> 24), (uint8_t)(total >> 16), (uint8_t)(total >> 8),
                             (uint8_t)total};
    memcpy(tag, head, sizeof(head));
    memcpy(tag + total, tail, sizeof(tail));
    bench_send_all(fd, tag, total + 4);
}

void bench_publish_media(const struct bench_server *s, int fd, const uint8_t *wire, size_t len) {
    static uint8_t body[LIMIT_MEDIA_MESSAGE_BYTES + 16];
    switch (s->kind) {
    case BENCH_SOCKETIO:
        bench_send_text(fd, "451-[\"m\",{\"_placeholder\":true,\"num\":0}]");
        bench_send_binary(fd, wire, len, scratch);
        break;
    case BENCH_ICECAST: // the wire header goes where the frame's first bytes would stand
        memcpy(body, wire + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN);
        for (size_t i = 0; i < CLUSTER_HEAD_MAX; i++)
            if (body[i] == 0xa3) { // SimpleBlock: size, then track, time and flags
                const size_t size = body[i + 1] & 0x80   ? 1
                                    : body[i + 1] & 0x40 ? 2
                                    : body[i + 1] & 0x20 ? 3
                                                         : 4;
                memcpy(body + i + 1 + size + 4, wire, WIRE_HEADER_LEN);
                break;
            }
        bench_send_all(fd, body, len - WIRE_HEADER_LEN);
        break;
    case BENCH_FLV:
        send_flv(fd, wire, len);
        break;
    case BENCH_RTMP:
        bench_rtmp_send(fd, wire[0] == WIRE_VIDEO, timestamp_ms_of(wire), body,
                        flv_body(body, wire, len), scratch);
        break;
    default:
        bench_send_binary(fd, wire, len, scratch);
        break;
    }
}

void bench_publish_text(const struct bench_server *s, int fd, const char *text) {
    char line[512];
    if (s->kind == BENCH_TABCAST)
        snprintf(line, sizeof(line), "{\"type\":\"chat\",\"text\":\"%s\"}", text);
    else if (s->kind == BENCH_SOCKETIO)
        snprintf(line, sizeof(line), "42[\"t\",\"%s\"]", text);
    else
        snprintf(line, sizeof(line), "%s", text);
    bench_send_text(fd, line);
}
