// SPDX-License-Identifier: MIT
// Hashes and checks passwords on threads of their own, which yield to everything else on the
// machine, behind a bounded queue. Each call that is accepted (true) is answered exactly once, from
// passwords_poll on the caller's thread; one that is not has found the queue full. Copies of
// passwords are overwritten when done with.
#ifndef TABCAST_RELAY_PASSWORDS_H
#define TABCAST_RELAY_PASSWORDS_H

#include "relay/password_hash.h"

struct passwords;

struct passwords_config {
    unsigned workers_count;  // 1 to 8
    size_t waiting_count;    // accepted calls that wait at once, at most
    void (*wake)(void *ctx); // from any thread: passwords_poll has something to do; may be NULL
    void *wake_ctx;
};

// NULL when out of memory or threads. Hashes once: what unknown names are checked against.
struct passwords *passwords_create(const struct passwords_config *config);
// Completes what was accepted, runs every callback, frees. Also NULL.
void passwords_destroy(struct passwords *p);

// `hash` is NULL when memory was out; valid until the callback returns.
typedef void passwords_on_hash(void *ctx, const char *hash);
typedef void passwords_on_check(void *ctx, bool is_right);

bool passwords_hash(struct passwords *p, const char *password, passwords_on_hash *done, void *ctx);
// Takes as long for a name that nobody has, or an account without a
// password (`hash` NULL or "", never right) as for a wrong password.
bool passwords_check(struct passwords *p, const char *hash, const char *password,
                     passwords_on_check *done, void *ctx);

// Runs the callbacks of what is done. Returns how many.
size_t passwords_poll(struct passwords *p);
// Sleeps until passwords_poll has something to do. False: nothing waits.
bool passwords_wait(struct passwords *p);

#endif
