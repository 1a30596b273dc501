// SPDX-License-Identifier: MIT
// Mails that wait for the mail server: which is due, when one that was put off is tried again, when
// it is given up. Pure: time is an argument (monotonic microseconds). Owns the mails it holds.
#ifndef TABCAST_RELAY_MAIL_QUEUE_H
#define TABCAST_RELAY_MAIL_QUEUE_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail {
    struct mail *next;
    char kind[16]; // for the log
    char to[LIMIT_EMAIL_BYTES + 1];
    unsigned tries;
    uint64_t due_us;
    size_t len;
    char text[]; // as it travels, no NUL
};

// What the server said to one try.
enum mail_fate {
    MAIL_TAKEN,
    MAIL_PUT_OFF, // 4xx, no answer, no connection: later perhaps
    MAIL_REFUSED, // 5xx: never
};

struct mail_queue {
    struct mail *first, *last; // in the order they came
    size_t count;              // also those that were taken out to be tried
};

// False: too many wait; the mail stays the caller's.
bool mail_queue_put(struct mail_queue *q, struct mail *take, uint64_t now_us);
// The first that is due, to be tried; else NULL and *wait_us: how long until one is (UINT64_MAX:
// none waits).
struct mail *mail_queue_take(struct mail_queue *q, uint64_t now_us, uint64_t *wait_us);
// After a try. True: the mail waits again. False: it is done with (taken, refused, or tried often
// enough), and the caller's to free.
bool mail_queue_tried(struct mail_queue *q, struct mail *mail, enum mail_fate fate,
                      uint64_t now_us);
// All that waits is due now: the relay is about to end.
void mail_queue_hurry(struct mail_queue *q, uint64_t now_us);
void mail_queue_dispose(struct mail_queue *q);

#endif
