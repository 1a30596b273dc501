// SPDX-License-Identifier: MIT
// The same bytes to many sockets at once: through one io_uring submission where the kernel and the
// container let us, else by a send() each. Never waits: a socket takes what it has room for. One
// object per thread, made on the thread that uses it. Implemented by push.c and push_uring.c (the
// only file that includes liburing).
#ifndef TABCAST_RELAY_PUSH_H
#define TABCAST_RELAY_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct push;

// For each socket that did not take all: bytes taken (< len), or a negative errno (-EAGAIN: none).
// Called from push_add or push_finish.
typedef void push_on_short(void *ctx, void *peer, int64_t taken);

// NULL when out of memory. `wants_uring` without io_uring at hand gives send().
struct push *push_create(bool wants_uring, push_on_short *on_short, void *ctx);
void push_destroy(struct push *p); // also NULL
bool push_is_uring(const struct push *p);

// `bytes` must stay until push_finish.
void push_add(struct push *p, int fd, const uint8_t *bytes, size_t len, void *peer);
void push_finish(struct push *p);

// Whether io_uring can be had here and sends: tried on a pair of sockets.
bool push_uring_works(void);

// --- push_uring.c, for push.c alone
struct push_uring;
struct push_uring *push_uring_create(push_on_short *on_short, void *ctx); // NULL: not here
void push_uring_destroy(struct push_uring *u);
void push_uring_add(struct push_uring *u, int fd, const uint8_t *bytes, size_t len, void *peer);
void push_uring_finish(struct push_uring *u);

#endif
