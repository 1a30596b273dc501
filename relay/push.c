// SPDX-License-Identifier: MIT
#include "relay/push.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct push {
    struct push_uring *uring; // NULL: by send()
    push_on_short *on_short;
    void *ctx;
};

struct push *push_create(bool wants_uring, push_on_short *on_short, void *ctx) {
    struct push *const p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    p->on_short = on_short;
    p->ctx = ctx;
    p->uring = wants_uring ? push_uring_create(on_short, ctx) : NULL;
    return p;
}

void push_destroy(struct push *p) {
    if (p)
        push_uring_destroy(p->uring);
    free(p);
}

bool push_is_uring(const struct push *p) { return p->uring != NULL; }

void push_add(struct push *p, int fd, const uint8_t *bytes, size_t len, void *peer) {
    if (p->uring) {
        push_uring_add(p->uring, fd, bytes, len, peer);
        return;
    }
    const ssize_t taken = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0 || (size_t)taken < len)
        p->on_short(p->ctx, peer, taken < 0 ? -errno : taken);
}

void push_finish(struct push *p) {
    if (p->uring)
        push_uring_finish(p->uring);
}

static void note_short(void *ctx, void *peer, int64_t taken) {
    (void)peer;
    (void)taken;
    *(bool *)ctx = false;
}

bool push_uring_works(void) {
    static const uint8_t probe[] = "probe";
    uint8_t got[sizeof(probe)] = {0};
    int pair[2];
    bool works = true;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    struct push_uring *const u = push_uring_create(note_short, &works);
    if (u) {
        push_uring_add(u, pair[0], probe, sizeof(probe), NULL);
        push_uring_finish(u);
    }
    works = works && u && recv(pair[1], got, sizeof(got), MSG_DONTWAIT) == sizeof(got);
    push_uring_destroy(u);
    close(pair[0]);
    close(pair[1]);
    return works;
}
