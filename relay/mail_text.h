// SPDX-License-Identifier: MIT
// Writes one message as it travels (RFC 5322, MIME): lines of at most 78 bytes that end in CRLF
// (but for a long address), ASCII alone; names and subjects by RFC 2047, the body as
// quoted-printable (RFC 2045 6.7). Whatever bytes a name or a subject holds, they stay inside their
// header. Pure: time and chance are arguments.
#ifndef TABCAST_RELAY_MAIL_TEXT_H
#define TABCAST_RELAY_MAIL_TEXT_H

#include "relay/mail_address.h"
#include <stddef.h>

struct mail_text {
    struct mailbox from; // as mailbox_read took it
    const char *to;      // as mail_address_read took it
    const char *subject; // UTF-8
    const char *body;    // UTF-8, lines end in \n
    const char *id;      // of letters and digits, for Message-ID
    int64_t unix_us;
};

// Returns its length, without NUL; 0: it does not fit.
size_t mail_text_write(char *out, size_t cap, const struct mail_text *m);

#endif
