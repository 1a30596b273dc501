// SPDX-License-Identifier: MIT
// Addresses, mailboxes and mail servers as somebody writes them, and messages made of any texts:
// what travels has the headers we wrote and no other, and the body comes out as it went in.
#include "relay/mail_text.h"

#include <stdlib.h>
#include <string.h>

#define CAP 65536

static void check(bool is_right) {
    if (!is_right)
        abort();
}

static unsigned hex(char c) {
    check((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

// Undoes quoted-printable at `at`, and compares; a last line gets its end.
static void check_body(const char *at, const char *end, const char *body) {
    const char *const begin = body;
    while (at < end) {
        if (strncmp(at, "=\r\n", 3) == 0) {
            at += 3;
        } else if (*at == '=') {
            check(*body++ == (char)(hex(at[1]) * 16 + hex(at[2])));
            at += 3;
        } else if (strncmp(at, "\r\n", 2) == 0) {
            check(*body == '\n' || (!*body && body > begin && at + 2 == end));
            body += *body == '\n';
            at += 2;
        } else {
            check(*at++ == *body++);
        }
    }
    check(!*body);
}

static void check_message(const struct mail_text *m) {
    static const char *const names[] = {
        "Date: ",           "From: ",         "To: ",           "Subject: ",        "Message-ID: ",
        "Auto-Submitted: ", "MIME-Version: ", "Content-Type: ", "Content-Transfer-"};
    char *const out = malloc(CAP + 1);
    if (!out)
        return;
    const size_t len = mail_text_write(out, CAP, m);
    out[len] = '\0';
    check(strlen(out) == len);
    size_t name = 0;
    bool is_body = false;
    for (const char *at = out, *line_end; *at; at = line_end + 2) {
        line_end = strstr(at, "\r\n");
        check(line_end && !memchr(at, '\r', (size_t)(line_end - at)) &&
              !memchr(at, '\n', (size_t)(line_end - at)));
        const size_t line = (size_t)(line_end - at);
        check(line <= 78 || (!is_body && memchr(at, '@', line))); // a long address
        for (const char *c = at; c < line_end; c++)
            check(*c >= ' ' && *c <= '~');
        if (is_body)
            continue;
        if (at == line_end) {
            check(name == sizeof(names) / sizeof(names[0]));
            check_body(at + 2, out + len, m->body);
            is_body = true;
        } else if (*at != ' ') {
            check(name < sizeof(names) / sizeof(names[0]) &&
                  strncmp(at, names[name], strlen(names[name])) == 0);
            name++;
        }
    }
    check(!len || is_body);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    char folded[LIMIT_EMAIL_BYTES + 1], again[LIMIT_EMAIL_BYTES + 1];
    struct mail_server server;
    struct mail_text m = {.to = "ann@example.org", .id = "a", .unix_us = 1};
    char *const text = malloc(len + 1);
    if (!text || len > 8192) {
        free(text);
        return 0;
    }
    memcpy(text, data, len);
    text[len] = '\0';
    if (mail_address_read(folded, text)) {
        check(mail_address_read(again, folded) && strcmp(folded, again) == 0);
        check(!strpbrk(folded, "\r\n <>\"\\,") && strchr(folded, '@'));
    }
    if (mail_server_read(&server, text))
        check(server.port && server.host[0] && !strpbrk(server.host, "\r\n /@[]"));
    // The first line is the sender, the second the subject, the rest the body.
    char *const subject = strchr(text, '\n');
    char *const body = subject ? strchr(subject + 1, '\n') : NULL;
    if (subject)
        *subject = '\0';
    if (body)
        *body = '\0';
    if (!mailbox_read(&m.from, text))
        check(mailbox_read(&m.from, "shows@example.org"));
    m.subject = subject ? subject + 1 : text;
    m.body = body ? body + 1 : text;
    check_message(&m);
    free(text);
    return 0;
}
