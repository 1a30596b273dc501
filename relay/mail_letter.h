// SPDX-License-Identifier: MIT
// What the relay writes to people by mail, word for word: one letter for each occasion, in each
// language of the page.
#ifndef TABCAST_RELAY_MAIL_LETTER_H
#define TABCAST_RELAY_MAIL_LETTER_H

#include "relay/mailer.h"

enum mail_letter_kind {
    LETTER_CONFIRM,  // to the new address: its link
    LETTER_CHANGING, // to the old one: another waits to take its place
    LETTER_REMOVED,  // to the old one
    LETTER_RESET,    // a link for a new password
    LETTER_TEST,     // by the tabcast command
    LETTER_COUNT
};

struct mail_letter {
    enum mail_letter_kind kind;
    const char *language; // as web/words/ names it; what is not known, or NULL, is English
    const char *site;     // --public-url
    const char *name;     // of the account; never its display name, which may be a whole sentence
    const char *address;  // LETTER_CHANGING: the new one
    const char *code;     // of the link
};

#define MAIL_SUBJECT_BYTES 400
#define MAIL_BODY_BYTES 2048

const char *mail_letter_name(enum mail_letter_kind kind); // for the log
// False: it does not fit. Pure.
bool mail_letter_write(char subject[MAIL_SUBJECT_BYTES], char body[MAIL_BODY_BYTES],
                       const struct mail_letter *letter);
// False as mailer_send.
bool mail_letter_send(struct mailer *m, const char *to, const struct mail_letter *letter);

#endif
