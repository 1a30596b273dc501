// SPDX-License-Identifier: MIT
// Sends mail on a thread of its own, behind a bounded queue (mail_queue.h): what the server cannot
// take now is tried again. What waits is in memory alone: it has the time of mailer_close to go out
// when the relay ends, and is lost with one that is killed; who asked can ask again.
#ifndef TABCAST_RELAY_MAILER_H
#define TABCAST_RELAY_MAILER_H

#include "relay/smtp_line.h"

struct mailer;

// What one try came to, for the log.
struct mail_event {
    char kind[16];
    char
        domain[LIMIT_EMAIL_BYTES + 1]; // of the address; what stands before it is nobody's business
    enum mail_fate fate;
    bool is_over; // else it is tried again
    unsigned tries, code;
    char said[SMTP_SAID_BYTES];
};

struct mailer_counts {
    uint64_t sent, put_off, failed, waiting;
};

struct mailer_config {
    struct smtp_config smtp;
    int64_t (*unix_us)(void); // from any thread
    uint64_t (*now_us)(void); // monotonic; from any thread
    void (*wake)(void *ctx);  // from any thread: mailer_poll has something to do; may be NULL
    void *wake_ctx;
    bool (*is_hurried)(void *ctx); // asked by mailer_close: the end shall be now; may be NULL
    void *hurry_ctx;
};

struct mailer *mailer_create(const struct mailer_config *config); // NULL: memory or threads
// The end: takes no more, tries all that waits once, now, for `wait_us` at the most and until
// is_hurried, then ends what is being tried within a second. Returns how many mails are lost.
// Blocks; once.
size_t mailer_close(struct mailer *m, uint64_t wait_us);
void mailer_destroy(struct mailer *m); // gives up what waits; also NULL

// `to`: as mail_address_read took it. `kind`: a word for the log. False: too much waits, memory is
// out, or the text is too long; nothing is sent.
bool mailer_send(struct mailer *m, const char *kind, const char *to, const char *subject,
                 const char *body);

// Tells what came of tries; the oldest beyond 64 are not told.
void mailer_poll(struct mailer *m, void (*on_event)(void *ctx, const struct mail_event *event),
                 void *ctx);
struct mailer_counts mailer_count(struct mailer *m);

#endif
