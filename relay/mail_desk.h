// SPDX-License-Identifier: MIT
// Mail as the options want it: the mail server's settings out of them, the mailer beside the relay,
// and what came of its tries into log and metrics. On the relay's first loop, under its lock.
#ifndef TABCAST_RELAY_MAIL_DESK_H
#define TABCAST_RELAY_MAIL_DESK_H

#include "relay/mailer.h"
#include "relay/options.h"
#include "relay/relay.h"

// Options that options_check let through, with the password out of its file. False: `error` says
// what is wrong.
bool mail_settings_read(struct smtp_config *out, const struct options *o, char error[256]);

struct mail_desk_config {
    const struct options *options;
    int64_t (*unix_us)(void); // as mailer_config
    uint64_t (*now_us)(void);
    void (*wake)(void *ctx);
    void *wake_ctx;
    bool (*is_hurried)(void *ctx);
    void *hurry_ctx;
};

// Gives the relay its mailer, when the options want one. -1: `error` says why not.
int mail_desk_open(struct relay *r, const struct mail_desk_config *config, char error[256]);
void mail_desk_poll(struct relay *r, uint64_t now_us);
// Sends what still waits, within LIMIT_MAIL_FAREWELL_US and a second, or less when hurried; what
// could not be is counted in the log. Blocks. Without the lock, when nobody else is left.
void mail_desk_close(struct relay *r, uint64_t (*now_us)(void));

#endif
