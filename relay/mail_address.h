// SPDX-License-Identifier: MIT
// E-mail addresses (RFC 5321 4.1.2, the part of it that is in use: a dotted local part and a
// domain, ASCII alone), mailboxes with a name before them, and addresses of mail servers. What is
// read here holds nothing that could end a header or an SMTP command. Pure.
#ifndef TABCAST_RELAY_MAIL_ADDRESS_H
#define TABCAST_RELAY_MAIL_ADDRESS_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stdint.h>

// `folded` gets the form by which addresses are compared: in lower case. Mail goes to the address
// as it was written. False: no address, and `folded` is "".
bool mail_address_read(char folded[LIMIT_EMAIL_BYTES + 1], const char *text);

// What stands behind the '@': all that logs may say of an address.
const char *mail_address_domain(const char *address);

struct mailbox {
    char name[LIMIT_NAME_BYTES + 1]; // "" = none
    char address[LIMIT_EMAIL_BYTES + 1];
};

// `ann@example.org` or `Ann's shows <ann@example.org>`; the name is one line of UTF-8.
bool mailbox_read(struct mailbox *out, const char *text);

struct mail_server {
    char host[254]; // without the brackets of IPv6
    uint16_t port;
    bool is_tls;      // smtps: TLS from the first byte; else STARTTLS
    bool is_loopback; // this machine: 127.0.0.0/8, ::1, localhost
};

// `smtp://HOST[:PORT]` (587: RFC 6409) or `smtps://HOST[:PORT]` (465: RFC 8314), nothing else.
bool mail_server_read(struct mail_server *out, const char *url);

#endif
