// SPDX-License-Identifier: MIT
// The only file that includes liburing. Sends are queued and go with one system call for up to
// QUEUE_COUNT sockets; with MSG_DONTWAIT each is done within that call, so that nothing outlives
// push_uring_finish.
#include "relay/push.h"

#include <errno.h>
#include <liburing.h>
#include <stdlib.h>

#define QUEUE_COUNT 512

struct push_uring {
    struct io_uring ring;
    push_on_short *on_short;
    void *ctx;
    unsigned queued;
    struct {
        void *peer;
        size_t len;
        bool is_done;
    } sends[QUEUE_COUNT];
};

struct push_uring *push_uring_create(push_on_short *on_short, void *ctx) {
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                              IORING_SETUP_COOP_TASKRUN |
                                              IORING_SETUP_DEFER_TASKRUN};
    struct push_uring *const u = calloc(1, sizeof(*u));
    if (!u)
        return NULL;
    u->on_short = on_short;
    u->ctx = ctx;
    // Kernels before 6.1 know neither flag.
    if (io_uring_queue_init_params(QUEUE_COUNT, &u->ring, &params) == 0 ||
        io_uring_queue_init(QUEUE_COUNT, &u->ring, 0) == 0)
        return u;
    free(u);
    return NULL;
}

void push_uring_destroy(struct push_uring *u) {
    if (u)
        io_uring_queue_exit(&u->ring);
    free(u);
}

void push_uring_add(struct push_uring *u, int fd, const uint8_t *bytes, size_t len, void *peer) {
    if (u->queued == QUEUE_COUNT)
        push_uring_finish(u);
    struct io_uring_sqe *const sqe = io_uring_get_sqe(&u->ring);
    io_uring_prep_send(sqe, fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    sqe->user_data = u->queued;
    u->sends[u->queued].peer = peer;
    u->sends[u->queued].len = len;
    u->sends[u->queued].is_done = false;
    u->queued++;
}

void push_uring_finish(struct push_uring *u) {
    unsigned left = u->queued;
    while (left) {
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;
        const int submitted = io_uring_submit_and_wait(&u->ring, left < QUEUE_COUNT ? left : 1);
        io_uring_for_each_cqe(&u->ring, head, cqe) {
            const size_t n = cqe->user_data;
            u->sends[n].is_done = true;
            if (cqe->res < 0 || (size_t)cqe->res < u->sends[n].len)
                u->on_short(u->ctx, u->sends[n].peer, cqe->res);
            seen++;
        }
        io_uring_cq_advance(&u->ring, seen);
        left -= seen < left ? seen : left;
        if (submitted < 0 && submitted != -EINTR && submitted != -EAGAIN && submitted != -EBUSY)
            break;
    }
    for (unsigned n = 0; left && n < u->queued; n++) // the ring is broken: nobody knows what left
        if (!u->sends[n].is_done)
            u->on_short(u->ctx, u->sends[n].peer, -EIO);
    u->queued = 0;
}
