// SPDX-License-Identifier: MIT
// Listening sockets: ours rather than the library's, so that every loop has one on the same port
// (the library never sets SO_REUSEPORT), and so that what is over a cap is refused before it costs
// anything.
#include "relay/net_lws_loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG_COUNT 4096
// New connections in one go; then those that are there get their turn.
#define ACCEPT_COUNT 64
// What the kernel takes of an answer beyond what the line carries: without a bound it is megabytes
// for each reader that was quick once, and reads no more. Viewers get less (set_lowat).
#define ANSWER_LOWAT_BYTES (128 * 1024)

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t make_address(union address *a, const char *host, uint16_t port) {
    memset(a, 0, sizeof(*a));
    if (strchr(host, ':')) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons(port);
        return inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1 ? sizeof(a->v6) : 0;
    }
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = htons(port);
    a->v4.sin_addr.s_addr = htonl(INADDR_ANY);
    return !host[0] || inet_pton(AF_INET, host, &a->v4.sin_addr) == 1 ? sizeof(a->v4) : 0;
}

// Bound before it may be shared, the first one finds out whether the port is free: all sockets of
// one user that say SO_REUSEPORT before bind() could share it, those of another relay, too.
static bool bind_shared(int fd, const union address *a, socklen_t len, bool is_first) {
    const int on = 1;
    if (is_first && bind(fd, &a->any, len) != 0)
        return false;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
        return false;
    return is_first || bind(fd, &a->any, len) == 0;
}

// Sockets that are accepted have it from the one that listens.
static bool set_congestion(int fd, const char *name) {
    return !name[0] ||
           setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)) == 0;
}

static void list_congestions(char *out, size_t cap) {
    FILE *const file = fopen("/proc/sys/net/ipv4/tcp_allowed_congestion_control", "r");
    if (!file || !fgets(out, (int)cap, file))
        snprintf(out, cap, "none that can be told");
    out[strcspn(out, "\n")] = '\0';
    if (file)
        fclose(file);
}

bool net_has_congestion(const char *name, char *others, size_t cap) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool has_it = fd >= 0 && set_congestion(fd, name);
    if (fd >= 0)
        close(fd);
    if (!has_it)
        list_congestions(others, cap);
    return has_it;
}

void net_congestion(const struct net *n, char *out, size_t cap) {
    char name[16] = "";
    socklen_t len = sizeof(name);
    (void)getsockopt(n->loops[0].listener_fd, IPPROTO_TCP, TCP_CONGESTION, name, &len);
    snprintf(out, cap, "%.15s", name);
}

int listener_open(const char *host, uint16_t *port, const char *congestion, bool is_first) {
    union address a;
    const int on = 1;
    socklen_t len = make_address(&a, host, *port);
    if (!len) {
        errno = EINVAL;
        return -1;
    }
    const int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        set_congestion(fd, congestion) && bind_shared(fd, &a, len, is_first) &&
        listen(fd, BACKLOG_COUNT) == 0 && getsockname(fd, &a.any, &len) == 0) {
        *port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
        return fd;
    }
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static uint64_t key_of(const union address *a) {
    return a->any.sa_family == AF_INET6
               ? address_key((const uint8_t *)&a->v6.sin6_addr, sizeof(a->v6.sin6_addr))
               : address_key((const uint8_t *)&a->v4.sin_addr, sizeof(a->v4.sin_addr));
}

// Behind a trusted proxy all come from one address.
static uint32_t address_limit(const struct net *n) {
    return n->config.trusts_proxy ? UINT32_MAX : n->config.per_address_count;
}

static bool is_welcome(struct loop *l, uint64_t key) {
    struct relay *const r = l->relay;
    struct net *const n = l->net;
    loop_lock(l);
    const bool is_in = !n->stopping_us && r->connection_count < n->config.connections_count &&
                       address_counts_take(&n->addresses, key, address_limit(n));
    r->metrics.connections_refused += !is_in;
    loop_unlock(l);
    return is_in;
}

static void forget(struct loop *l, uint64_t key) {
    loop_lock(l);
    address_counts_give(&l->net->addresses, key);
    loop_unlock(l);
}

void listener_forget(struct lws *wsi) {
    struct loop *const l = loop_of(wsi);
    forget(l, intake_close(l, (int)(intptr_t)lws_get_opaque_user_data(wsi)));
}

static void take_in(struct loop *l, int fd, uint64_t key) {
    const int on = 1, lowat = ANSWER_LOWAT_BYTES;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof(lowat));
    if (!intake_open(l, fd, key, l->net->config.tls_cert[0] != '\0')) {
        close(fd);
        forget(l, key);
        return;
    }
    struct lws *const wsi = lws_adopt_socket_vhost(l->vhost, fd); // closes it when it fails
    if (wsi) {
        lws_set_opaque_user_data(wsi, (void *)(intptr_t)fd);
        intake_adopted(l, fd, wsi);
    } else {
        forget(l, intake_close(l, fd));
    }
}

static void on_acceptable(struct ev_loop *ev, ev_io *watcher, int events) {
    struct loop *const l = watcher->data;
    (void)ev;
    (void)events;
    for (int i = 0; i < ACCEPT_COUNT; i++) {
        union address from;
        socklen_t len = sizeof(from);
        const int fd = accept4(l->listener_fd, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        const uint64_t key = key_of(&from);
        if (is_welcome(l, key))
            take_in(l, fd, key);
        else
            close(fd);
    }
}

void listener_start(struct loop *l) {
    ev_io_init(&l->acceptor, on_acceptable, l->listener_fd, EV_READ);
    l->acceptor.data = l;
    ev_io_start(l->ev, &l->acceptor);
}

void listener_stop(struct loop *l) {
    if (l->listener_fd < 0)
        return;
    ev_io_stop(l->ev, &l->acceptor);
    close(l->listener_fd);
    l->listener_fd = -1;
}
