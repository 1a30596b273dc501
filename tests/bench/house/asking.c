// SPDX-License-Identifier: MIT
#include "asking.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_from(struct asking *a, int epoll_fd, uint16_t port) {
    const int on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET},
                       to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = a};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + a->address);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (a->fd < 0)
        return -1;
    a->state = ASKING_CONNECTING;
    setsockopt(a->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(a->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (bind(a->fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
        (connect(a->fd, (struct sockaddr *)&to, sizeof(to)) == 0 || errno == EINPROGRESS) &&
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, a->fd, &event) == 0)
        return 0;
    asking_close(a);
    return -1;
}

// True when it is sent, or waits for the socket.
static bool send_rest(struct asking *a) {
    while (a->sent < a->ask->len) {
        const ssize_t n = send(a->fd, a->ask->bytes + a->sent, a->ask->len - a->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        a->sent += (size_t)n;
    }
    return true;
}

int asking_begin(struct asking *a, int epoll_fd, uint16_t port, const struct ask *ask) {
    a->ask = ask;
    a->sent = a->head_len = 0;
    a->body_left = -1;
    a->closes = false;
    if (a->state != ASKING_CLOSED) {
        a->state = ASKING_UNDER_WAY;
        if (send_rest(a))
            return 0;
        asking_close(a); // it was closed while nobody asked
        a->sent = 0;
    }
    return connect_from(a, epoll_fd, port);
}

// The value of a header; NULL when it is not there. `head` ends with NUL.
static const char *header(const char *head, const char *name) {
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, strlen(name)) == 0)
            return line + 2 + strlen(name);
    return NULL;
}

// Takes what belongs to the head; returns how many bytes of it were body. -1: no HTTP.
static int64_t read_head(struct asking *a, const char *bytes, size_t len) {
    const size_t room = sizeof(a->head) - 1 - a->head_len;
    const size_t taken = len < room ? len : room;
    memcpy(a->head + a->head_len, bytes, taken);
    a->head_len += taken;
    a->head[a->head_len] = '\0';
    char *const end = strstr(a->head, "\r\n\r\n");
    if (!end)
        return taken == room ? -1 : 0;
    const size_t head_len = (size_t)(end + 4 - a->head);
    const size_t behind = a->head_len - head_len + (len - taken);
    end[2] = '\0';
    if (strncmp(a->head, "HTTP/1.1 ", 9) != 0)
        return -1;
    a->status = (unsigned)strtoul(a->head + 9, NULL, 10);
    const char *const length = header(a->head, "Content-Length:");
    const char *const connection = header(a->head, "Connection:");
    if (!length && a->status != 204 && a->status != 304)
        return -1;
    a->body_left = length && a->status != 304 ? strtoll(length, NULL, 10) : 0;
    a->closes = connection && strncasecmp(connection, " close", 6) == 0;
    return (int64_t)behind;
}

static enum asking_news answered(struct asking *a) {
    if (a->closes)
        asking_close(a);
    else
        a->state = ASKING_IDLE;
    return ASKING_ANSWERED;
}

static enum asking_news lost(struct asking *a) {
    const bool was_asking = a->state != ASKING_IDLE;
    asking_close(a);
    return was_asking ? ASKING_LOST : ASKING_NOTHING;
}

enum asking_news asking_work(struct asking *a) {
    static char bytes[256 * 1024];
    if (a->state == ASKING_CLOSED)
        return ASKING_NOTHING;
    if (a->state != ASKING_IDLE && !send_rest(a))
        return errno == ENOTCONN ? ASKING_NOTHING : lost(a); // not yet, or it was refused
    if (a->state == ASKING_CONNECTING && a->sent)
        a->state = ASKING_UNDER_WAY;
    for (;;) {
        const ssize_t n = recv(a->fd, bytes, sizeof(bytes), 0);
        if (n < 0 && errno == EAGAIN)
            return ASKING_NOTHING;
        if (n <= 0)
            return lost(a);
        if (a->state == ASKING_IDLE) // it speaks unasked
            return lost(a);
        a->read_bytes += (uint64_t)n;
        const int64_t body = a->body_left < 0 ? read_head(a, bytes, (size_t)n) : (int64_t)n;
        if (body < 0)
            return lost(a);
        if (a->body_left < 0)
            continue;
        a->body_left -= body;
        if (a->body_left < 0)
            return lost(a);
        if (a->body_left == 0)
            return answered(a);
    }
}

void asking_close(struct asking *a) {
    if (a->state != ASKING_CLOSED)
        close(a->fd);
    a->state = ASKING_CLOSED;
}
