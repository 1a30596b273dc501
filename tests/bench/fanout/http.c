// SPDX-License-Identifier: MIT
#include "bench.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int receive_buffer_bytes;

void bench_set_receive_buffer(int bytes) { receive_buffer_bytes = bytes; }

int bench_connect(uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (receive_buffer_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        bench_fail("cannot connect to port %u", port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    bench_tls_connected(fd);
    return fd;
}

void bench_send_all(int fd, const void *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        const ssize_t n = bench_send(fd, (const char *)bytes + done, len - done, MSG_NOSIGNAL);
        if (n <= 0)
            bench_fail("the peer closed while we sent");
        done += (size_t)n;
    }
}

// The answer up to its end (Connection: close).
static size_t read_all(int fd, char *out, size_t cap) {
    size_t len = 0;
    for (ssize_t n; len + 1 < cap && (n = bench_recv(fd, out + len, cap - 1 - len, 0)) > 0;)
        len += (size_t)n;
    out[len] = '\0';
    bench_close(fd);
    return len;
}

static void copy_member(const char *json, const char *name, char *out, size_t cap) {
    const char *at = strstr(json, name);
    const size_t len = at ? strcspn(at + strlen(name), "\"") : 0;
    if (!len || len >= cap)
        bench_fail("no %s in %s", name, json);
    memcpy(out, at + strlen(name), len);
    out[len] = '\0';
}

void bench_create_show(uint16_t port, int is_recorded, char *id, char *key) {
    const char *const body =
        is_recorded ? "{\"title\":\"Bench\"}" : "{\"title\":\"Bench\",\"isRecorded\":false}";
    char text[4096];
    const int fd = bench_connect(port);
    const int len =
        snprintf(text, sizeof(text),
                 "POST /api/v1/shows HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                 "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                 strlen(body), body);
    bench_send_all(fd, text, (size_t)len);
    read_all(fd, text, sizeof(text));
    copy_member(text, "\"id\":\"", id, 16);
    copy_member(text, "\"key\":\"", key, 64);
}

double bench_metric(uint16_t port, const char *name) {
    static char text[65536];
    const int fd = bench_connect(port);
    static const char request[] =
        "GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
    bench_send_all(fd, request, sizeof(request) - 1);
    read_all(fd, text, sizeof(text));
    char line[160];
    snprintf(line, sizeof(line), "\n%s ", name);
    const char *const at = strstr(text, line);
    return at ? strtod(at + strlen(line), NULL) : -1;
}

// A masked client frame; the mask is zero, which is a mask too.
static size_t frame_head(uint8_t *out, uint8_t first, size_t len) {
    size_t n = 2;
    out[0] = first;
    if (len < 126) {
        out[1] = (uint8_t)(0x80 | len);
    } else if (len < 65536) {
        out[1] = 0x80 | 126;
        out[2] = (uint8_t)(len >> 8);
        out[3] = (uint8_t)len;
        n = 4;
    } else {
        out[1] = 0x80 | 127;
        for (unsigned i = 0; i < 8; i++)
            out[2 + i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
        n = 10;
    }
    memset(out + n, 0, 4);
    return n + 4;
}

void bench_send_text(int fd, const char *json) {
    uint8_t bytes[4096];
    const size_t head = frame_head(bytes, 0x81, strlen(json));
    memcpy(bytes + head, json, strlen(json));
    bench_send_all(fd, bytes, head + strlen(json));
}

void bench_send_binary(int fd, const uint8_t *bytes, size_t len, uint8_t *scratch) {
    const size_t head = frame_head(scratch, 0x82, len);
    memcpy(scratch + head, bytes, len);
    bench_send_all(fd, scratch, head + len);
}

void bench_read_head(int fd, const char *status) {
    char text[2048];
    size_t len = 0;
    while (len < 4 || memcmp(text + len - 4, "\r\n\r\n", 4) != 0) {
        if (len + 1 == sizeof(text) || bench_recv(fd, text + len, 1, 0) != 1)
            bench_fail("no answer; %s was expected", status);
        len++;
    }
    if (memcmp(text, status, strlen(status)) != 0)
        bench_fail("%.40s instead of %s", text, status);
}

int bench_upgrade(uint16_t port, const char *path, const char *protocol) {
    char request[512];
    const int fd = bench_connect(port);
    snprintf(
        request, sizeof(request),
        "GET %s HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
        path, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "",
        protocol ? "\r\n" : "");
    bench_send_all(fd, request, strlen(request));
    bench_read_head(fd, "HTTP/1.1 101");
    return fd;
}

int bench_join(uint16_t port, const char *id, const char *key, const char *role) {
    char text[256];
    const int fd = bench_upgrade(port, "/ws", *key ? "tabcast.publish.v1" : "tabcast.v1");
    snprintf(text, sizeof(text),
             "{\"type\":\"hello\",\"version\":1,\"role\":\"%s\",\"show\":\"%s\"%s%s%s}", role, id,
             *key ? ",\"key\":\"" : "", key, *key ? "\"" : "");
    bench_send_text(fd, text);
    return fd;
}
