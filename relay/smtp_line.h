// SPDX-License-Identifier: MIT
// The way to the mail server (RFC 5321, as a client for submission: RFC 6409). Implemented by
// smtp_curl.c. Blocks.
#ifndef TABCAST_RELAY_SMTP_LINE_H
#define TABCAST_RELAY_SMTP_LINE_H

#include "relay/mail_address.h"
#include "relay/mail_queue.h"
#include <stdatomic.h>

#define SMTP_SAID_BYTES 256

struct smtp_config {
    struct mail_server server;
    struct mailbox from;
    char user[256]; // "" = does not sign in
    char password[256];
    char ca_file[256]; // "" = the system's authorities
};

// What came of one try. `said`: a sentence of ours or of libcurl's, without addresses of people.
// `answer`: the server's last line, which may name them; for who runs the relay by hand.
struct smtp_result {
    enum mail_fate fate;
    unsigned code; // of the server's last answer; 0 = there was none
    char said[SMTP_SAID_BYTES];
    char answer[SMTP_SAID_BYTES];
};

struct smtp_line;

void smtp_line_start(void); // once per process, before any other thread
// `config` and `is_closing` outlive it; is_closing ends a try within a second. NULL: out of memory.
struct smtp_line *smtp_line_create(const struct smtp_config *config, const atomic_bool *is_closing);
void smtp_line_destroy(struct smtp_line *line); // also NULL

// Hands one message to the server, over TLS whose certificate holds; only to this machine, and
// without a ca_file, smtp:// speaks plainly. At most 60 s.
void smtp_line_send(struct smtp_line *line, const char *to, const char *text, size_t len,
                    struct smtp_result *out);

#endif
