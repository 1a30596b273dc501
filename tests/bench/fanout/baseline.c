// SPDX-License-Identifier: MIT
// The plain loop everything is compared with. No HTTP but the upgrade's answer, no recording, no
// checks: a room is a number in the address, its first connection publishes; a frame comes in,
// one send() per viewer goes out, or one io_uring
// submission for all of them.
#include "bench.h"

#include <arpa/inet.h>
#include <liburing.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS_COUNT 8192
#define FILES_COUNT 16384
#define FRAME_BYTES (1 << 20)

struct room {
    int peers[PEERS_COUNT]; // the first publishes
    int peer_count;
    uint8_t bytes[2 * FRAME_BYTES];
    size_t len;
};
static struct room rooms[BENCH_ROOMS_COUNT];
static struct {
    struct room *room;
    int is_publisher;
} by_fd[FILES_COUNT];
static struct io_uring ring;
static int is_uring;

// Returns the room it asks for.
static struct room *answer_upgrade(int fd) {
    static const char answer[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "Sec-WebSocket-Protocol: tabcast.v1\r\n\r\n";
    char request[1024];
    size_t len = 0;
    while (len < 4 || memcmp(request + len - 4, "\r\n\r\n", 4) != 0)
        if (len == sizeof(request) || bench_recv(fd, request + len++, 1, 0) != 1)
            return &rooms[0];
    (void)!bench_send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
    const char *const number = memmem(request, len, "room=", 5);
    return &rooms[number ? strtoul(number + 5, NULL, 10) % BENCH_ROOMS_COUNT : 0];
}

#define URING_COUNT 1024

static void submit(unsigned count) {
    struct io_uring_cqe *cqe;
    io_uring_submit_and_wait(&ring, count);
    while (count && io_uring_peek_cqe(&ring, &cqe) == 0) {
        io_uring_cqe_seen(&ring, cqe);
        count--;
    }
}

static void broadcast_uring(const struct room *room, const uint8_t *frame, size_t len) {
    unsigned queued = 0;
    for (int i = 1; i < room->peer_count; i++) {
        if (queued == URING_COUNT) {
            submit(queued);
            queued = 0;
        }
        io_uring_prep_send(io_uring_get_sqe(&ring), room->peers[i], frame, len,
                           MSG_NOSIGNAL | MSG_DONTWAIT);
        queued++;
    }
    submit(queued);
}

static void broadcast(const struct room *room, const uint8_t *frame, size_t len) {
    if (is_uring) {
        broadcast_uring(room, frame, len);
        return;
    }
    for (int i = 1; i < room->peer_count; i++)
        (void)!bench_send(room->peers[i], frame, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Takes whole frames off the publisher's bytes; a client's frame minus its mask is a server's.
// Returns bytes used.
static size_t take_frames(const struct room *room, uint8_t *bytes, size_t len) {
    size_t used = 0;
    while (len - used >= 2) {
        uint8_t *const f = bytes + used;
        const uint8_t first = f[1] & 0x7f;
        const size_t n = first < 126 ? 2 : first == 126 ? 4 : 10;
        if (len - used < n + 4)
            break;
        uint64_t body = first;
        for (size_t i = 2, b = 0; n > 2 && i < n; i++)
            body = b = b << 8 | f[i];
        if (len - used < n + 4 + body)
            break;
        if ((f[0] & 0x0f) == 1 || (f[0] & 0x0f) == 2) {
            f[1] &= 0x7f;
            memmove(f + 4, f, n); // over the mask, which is zero
            broadcast(room, f + 4, n + body);
        }
        used += n + 4 + body;
    }
    return used;
}

static void take_in(int fd, int epoll_fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    bench_tls_accepted(fd);
    struct room *const room = answer_upgrade(fd);
    if (fd >= FILES_COUNT || room->peer_count == PEERS_COUNT)
        exit(1);
    by_fd[fd].room = room;
    by_fd[fd].is_publisher = room->peer_count == 0;
    room->peers[room->peer_count++] = fd;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void hear(int fd, int epoll_fd) {
    static char drain[4096];
    struct room *const r = by_fd[fd].room;
    if (!by_fd[fd].is_publisher) {
        if (recv(fd, drain, sizeof(drain), MSG_DONTWAIT) == 0)
            epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return;
    }
    const ssize_t got = bench_recv(fd, r->bytes + r->len, sizeof(r->bytes) - r->len, 0);
    if (got <= 0)
        exit(0);
    r->len += (size_t)got;
    const size_t used = take_frames(r, r->bytes, r->len);
    memmove(r->bytes, r->bytes + used, r->len - used);
    r->len -= used;
}

static void serve(int listener) {
    struct epoll_event events[64], event = {.events = EPOLLIN, .data.fd = listener};
    const int epoll_fd = epoll_create1(0);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        const int n = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                take_in(accept(listener, NULL, NULL), epoll_fd);
            else
                hear(events[i].data.fd, epoll_fd);
        }
    }
}

pid_t bench_baseline_start(int by_uring, const char *tls_dir, uint16_t *port) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0)
        bench_fail("the baseline cannot listen");
    *port = ntohs(address.sin_port);
    const pid_t pid = fork();
    if (pid == 0) {
        struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                                  IORING_SETUP_COOP_TASKRUN |
                                                  IORING_SETUP_DEFER_TASKRUN};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        is_uring = by_uring;
        if (tls_dir)
            bench_tls_accept_from_now_on(tls_dir);
        if (is_uring && io_uring_queue_init_params(URING_COUNT, &ring, &params) != 0)
            bench_fail("no io_uring here");
        serve(listener);
    }
    close(listener);
    return pid;
}
