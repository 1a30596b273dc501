// SPDX-License-Identifier: MIT
#include "relay/mail_text.h"

#include "relay/time_text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 76 // of quoted-printable, and of a header with an encoded word (RFC 2047 2)
#define HEAD "=?UTF-8?Q?"
#define TAIL "?="

struct text {
    char *out;
    size_t cap, len;
    size_t column; // of the present line
    bool is_overflown;
};

static void put(struct text *t, const char *bytes, size_t len) {
    if (len > t->cap - t->len) {
        t->is_overflown = true;
        return;
    }
    memcpy(t->out + t->len, bytes, len);
    t->len += len;
    t->column += len;
}

static void put_text(struct text *t, const char *text) { put(t, text, strlen(text)); }

static void end_line(struct text *t) {
    put(t, "\r\n", 2);
    t->column = 0;
}

static void header(struct text *t, const char *name, const char *value) {
    put_text(t, name);
    put(t, ": ", 2);
    put_text(t, value);
    end_line(t);
}

static void put_hex(struct text *t, unsigned char byte) {
    static const char digits[] = "0123456789ABCDEF";
    const char hex[3] = {'=', digits[byte >> 4], digits[byte & 15]};
    put(t, hex, 3);
}

// --- Headers

static bool is_plain(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// How many bytes the character takes that begins here; 1 for what begins none.
static size_t char_len(const char *at) {
    size_t len = 1;
    if ((unsigned char)*at >= 0xc0)
        while (len < 4 && ((unsigned char)at[len] & 0xc0) == 0x80)
            len++;
    return len;
}

// Encoded words, none longer than a line and none ending within a character; the header's name
// stands before them.
static void put_encoded(struct text *t, const char *text) {
    put_text(t, HEAD);
    while (*text) {
        const size_t len = char_len(text);
        if (t->column + 3 * len + sizeof(TAIL) > LINE_BYTES) {
            put_text(t, TAIL "\r\n ");
            t->column = 1;
            put_text(t, HEAD);
        }
        for (size_t i = 0; i < len; i++, text++) {
            const unsigned char c = (unsigned char)*text;
            if (is_plain(c))
                put(t, text, 1);
            else if (c <= ' ' || c == 0x7f) // a line's end is a blank like others
                put(t, "_", 1);
            else
                put_hex(t, c);
        }
    }
    put_text(t, TAIL);
}

// As it is when nothing in it could mean anything, on one line; else encoded.
static void put_words(struct text *t, const char *text, const char *also) {
    bool is_fine = t->column + strlen(text) <= LINE_BYTES;
    for (const char *c = text; *c && is_fine; c++)
        is_fine = is_plain((unsigned char)*c) || strchr(also, *c);
    if (is_fine && *text && *text != ' ')
        put_text(t, text);
    else
        put_encoded(t, text);
}

static void put_from(struct text *t, const struct mailbox *from) {
    put_text(t, "From: ");
    if (from->name[0]) {
        put_words(t, from->name, " ");
        if (t->column + strlen(from->address) + 3 > LINE_BYTES)
            end_line(t);
        put(t, " ", 1);
    }
    put(t, "<", 1);
    put_text(t, from->address);
    put(t, ">", 1);
    end_line(t);
}

static void put_date(struct text *t, int64_t unix_us) {
    char date[TIME_HTTP_LEN + 1];
    time_http_write(date, unix_us); // "Sat, 31 Jan 2026 12:00:00 GMT"
    put_text(t, "Date: ");
    put(t, date, TIME_HTTP_LEN - 3);
    put_text(t, "+0000");
    end_line(t);
}

// --- Body

// One byte as quoted-printable, on the next line if this one is full.
static void put_quoted(struct text *t, unsigned char c, bool is_last) {
    const bool is_bare = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !is_last);
    // Room for the '=' that a soft break ends in.
    if (t->column + (is_bare ? 1 : 3) > LINE_BYTES - 1) {
        put(t, "=", 1);
        end_line(t);
    }
    if (is_bare)
        put(t, (const char *)&c, 1);
    else
        put_hex(t, c);
}

static void put_body(struct text *t, const char *body) {
    t->column = 0;
    for (; *body; body++) {
        if (*body == '\n')
            end_line(t);
        else
            put_quoted(t, (unsigned char)*body, !body[1] || body[1] == '\n');
    }
    if (t->column)
        end_line(t);
}

size_t mail_text_write(char *out, size_t cap, const struct mail_text *m) {
    struct text t = {.out = out, .cap = cap};
    put_date(&t, m->unix_us);
    put_from(&t, &m->from);
    header(&t, "To", m->to);
    put_text(&t, "Subject: ");
    put_words(&t, m->subject, " .,:;!'()/-");
    end_line(&t);
    put_text(&t, "Message-ID: <");
    put_text(&t, m->id);
    put(&t, "@", 1);
    put_text(&t, mail_address_domain(m->from.address));
    put(&t, ">", 1);
    end_line(&t);
    header(&t, "Auto-Submitted", "auto-generated"); // RFC 3834: no machine shall answer
    header(&t, "MIME-Version", "1.0");
    header(&t, "Content-Type", "text/plain; charset=utf-8");
    header(&t, "Content-Transfer-Encoding", "quoted-printable");
    end_line(&t);
    put_body(&t, m->body);
    return t.is_overflown ? 0 : t.len;
}
