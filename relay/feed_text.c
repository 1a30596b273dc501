// SPDX-License-Identifier: MIT
#include "relay/feed_text.h"

#include "relay/time_text.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ICS_LINE_BYTES 75   // RFC 5545 3.1; longer ones are folded
#define USUAL_LENGTH_MIN 60 // of a show whose maker says nothing

void feed_text_init(struct feed_text *f, char *out, size_t cap, const char *base) {
    *f = (struct feed_text){.out = out, .cap = cap, .base = base};
}

static void put(struct feed_text *f, const char *bytes, size_t len) {
    if (f->is_overflown || len >= f->cap - f->len) {
        f->is_overflown = true;
        return;
    }
    memcpy(f->out + f->len, bytes, len);
    f->len += len;
}

static void put_text(struct feed_text *f, const char *text) { put(f, text, strlen(text)); }

// --- Calendars

// One property; blanks begin the lines it is folded into, never within a character.
static void ics_line(struct feed_text *f, const char *name, const char *value, bool is_text) {
    size_t column = strlen(name) + 1;
    put_text(f, name);
    put(f, ":", 1);
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;
        const bool is_marked = is_text && strchr("\\;,", c);
        const size_t width = (c & 0xc0) == 0xc0 ? 4 : is_marked || c == '\n' ? 2 : 1;
        if (column + width > ICS_LINE_BYTES && (c & 0xc0) != 0x80) {
            put(f, "\r\n ", 3);
            column = 1;
        }
        if (c == '\n') {
            put(f, "\\n", 2);
            column += 2;
            continue;
        }
        if (is_marked)
            put(f, "\\", 1);
        put(f, value, 1);
        column += is_marked ? 2 : 1;
    }
    put(f, "\r\n", 2);
}

// 2026-01-31T20:00:00.000Z as 20260131T200000Z.
static void ics_time(struct feed_text *f, const char *name, int64_t unix_us) {
    char text[TIME_TEXT_LEN + 1], plain[20];
    time_text_write(text, unix_us);
    snprintf(plain, sizeof(plain), "%.4s%.2s%.2sT%.2s%.2s%.2sZ", text, text + 5, text + 8,
             text + 11, text + 14, text + 17);
    ics_line(f, name, plain, false);
}

void feed_calendar_begin(struct feed_text *f, const char *name) {
    put_text(f, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tabcast//Shows//EN\r\n"
                "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    ics_line(f, "X-WR-CALNAME", name, true);
}

void feed_calendar_show(struct feed_text *f, const struct show *show, bool is_locked) {
    const int64_t length_min = show->about.length_min ? show->about.length_min : USUAL_LENGTH_MIN;
    char text[LIMIT_HTTP_HEADER_BYTES + 64];
    const char *const host = strstr(f->base, "://");
    put_text(f, "BEGIN:VEVENT\r\n");
    snprintf(text, sizeof(text), "%s@%s", show->id, host ? host + 3 : "tabcast");
    ics_line(f, "UID", text, false);
    ics_time(f, "DTSTAMP", show->created_unix_us);
    ics_time(f, "DTSTART", show->about.starts_us);
    ics_time(f, "DTEND", show->about.starts_us + length_min * 60000000);
    ics_line(f, "SUMMARY", show->about.title, true);
    if (show->about.description[0] && !is_locked)
        ics_line(f, "DESCRIPTION", show->about.description, true);
    snprintf(text, sizeof(text), "%s/show/%s", f->base, show->id);
    ics_line(f, "URL", text, false);
    ics_line(f, "STATUS", show->is_cancelled ? "CANCELLED" : "CONFIRMED", false);
    put_text(f, "END:VEVENT\r\n");
}

void feed_calendar_end(struct feed_text *f) { put_text(f, "END:VCALENDAR\r\n"); }

// --- RSS

static void xml(struct feed_text *f, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&':
            put_text(f, "&amp;");
            break;
        case '<':
            put_text(f, "&lt;");
            break;
        case '>':
            put_text(f, "&gt;");
            break;
        case '"':
            put_text(f, "&quot;");
            break;
        default:
            put(f, text, 1);
        }
    }
}

static void element(struct feed_text *f, const char *name, const char *head, const char *text) {
    put(f, "<", 1);
    put_text(f, name);
    put(f, ">", 1);
    xml(f, head);
    xml(f, text);
    put(f, "</", 2);
    put_text(f, name);
    put(f, ">\n", 2);
}

void feed_rss_begin(struct feed_text *f, const char *name, const char *display_name) {
    char path[LIMIT_ACCOUNT_NAME_BYTES + 32];
    put_text(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
                "xmlns:media=\"http://search.yahoo.com/mrss/\"><channel>\n");
    element(f, "title", display_name, "");
    snprintf(path, sizeof(path), "/@%s", name);
    element(f, "link", f->base, path);
    element(f, "description", "Shows of ", display_name);
    put_text(f, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
    snprintf(path, sizeof(path), "/@%s/feed.xml", name);
    xml(f, f->base);
    xml(f, path);
    put_text(f, "\"/>\n");
}

void feed_rss_show(struct feed_text *f, const struct show *show, bool has_replay) {
    char text[64];
    put_text(f, "<item>\n");
    element(f, "title", show->about.title, "");
    snprintf(text, sizeof(text), has_replay ? "/replay/%s" : "/show/%s", show->id);
    element(f, "link", f->base, text);
    put_text(f, "<guid isPermaLink=\"false\">");
    xml(f, show->id);
    put_text(f, "</guid>\n");
    time_http_write(text, show->started_unix_us ? show->started_unix_us : show->created_unix_us);
    element(f, "pubDate", text, "");
    if (show->about.description[0])
        element(f, "description", show->about.description, "");
    if (show->about.cover_s) {
        put_text(f, "<media:thumbnail url=\"");
        xml(f, f->base);
        snprintf(text, sizeof(text), "/covers/%s?v=%" PRId64, show->id, show->about.cover_s);
        xml(f, text);
        put_text(f, "\"/>\n");
    }
    put_text(f, "</item>\n");
}

void feed_rss_end(struct feed_text *f) { put_text(f, "</channel></rss>\n"); }
