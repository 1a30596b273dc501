// SPDX-License-Identifier: MIT
#include "relay/log.h"

#include "relay/json_writer.h"
#include "relay/time_text.h"
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 2048

static const char *const levels[] = {"debug", "info", "warn", "error"};

static void put(char *line, size_t *len, const char *text, size_t text_len) {
    if (text_len > LINE_BYTES - 1 - *len)
        text_len = LINE_BYTES - 1 - *len; // a cut line is better than none
    memcpy(line + *len, text, text_len);
    *len += text_len;
}

// A JSON string is also a fine quoted string for people.
static void put_quoted(char *line, size_t *len, const char *text) {
    struct json_writer w;
    if (*text &&
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-") ==
            strlen(text)) {
        put(line, len, text, strlen(text));
        return;
    }
    json_writer_init(&w, line + *len, LINE_BYTES - 1 - *len);
    json_text(&w, NULL, text);
    *len += w.len;
}

static size_t write_text(char *line, const char *time, enum log_level level, const char *event,
                         const struct log_field *fields) {
    size_t len = (size_t)snprintf(line, LINE_BYTES, "%s %s %s", time, levels[level], event);
    for (; fields->name; fields++) {
        put(line, &len, " ", 1);
        put(line, &len, fields->name, strlen(fields->name));
        put(line, &len, "=", 1);
        if (fields->text) {
            put_quoted(line, &len, fields->text);
        } else {
            char digits[24];
            put(line, &len, digits,
                (size_t)snprintf(digits, sizeof(digits), "%llu",
                                 (unsigned long long)fields->number));
        }
    }
    return len;
}

static size_t write_json(char *line, const char *time, enum log_level level, const char *event,
                         const struct log_field *fields) {
    struct json_writer w;
    json_writer_init(&w, line, LINE_BYTES - 2);
    json_object_begin(&w, NULL);
    json_text(&w, "time", time);
    json_text(&w, "level", levels[level]);
    json_text(&w, "event", event);
    for (; fields->name && w.len < LINE_BYTES / 2; fields++) {
        if (fields->text)
            json_text(&w, fields->name, fields->text);
        else
            json_u64(&w, fields->name, fields->number);
    }
    json_object_end(&w);
    if (!w.is_overflown)
        return w.len;
    // Too long a value: the event without its fields is still a line of JSON.
    json_writer_init(&w, line, LINE_BYTES - 2);
    json_object_begin(&w, NULL);
    json_text(&w, "time", time);
    json_text(&w, "level", levels[level]);
    json_text(&w, "event", event);
    json_object_end(&w);
    return w.len;
}

void log_fields(const struct log *log, int64_t unix_us, enum log_level level, const char *event,
                const struct log_field *fields) {
    char line[LINE_BYTES], time[TIME_TEXT_LEN + 1];
    if (!log || level < log->lowest)
        return;
    time_text_write(time, unix_us);
    size_t len = (log->is_json ? write_json : write_text)(line, time, level, event, fields);
    line[len++] = '\n';
    log->write(log->ctx, line, len);
}
