// SPDX-License-Identifier: MIT
// One line per event: `2026-01-31T12:00:00.123Z info show-started show=abc title="My show"`, or the
// same as JSON. Formats only; the line goes to a function of the owner's. Values from outside are
// escaped, so that no peer writes lines of its own. Secrets are never given to this file.
#ifndef TABCAST_RELAY_LOG_H
#define TABCAST_RELAY_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

struct log {
    void (*write)(void *ctx, const char *line, size_t len); // the line ends in '\n'
    void *ctx;
    enum log_level lowest;
    bool is_json;
};

struct log_field {
    const char *name; // NULL ends the list
    const char *text; // NULL: `number` is meant
    uint64_t number;
};

#define LOG_TEXT(name_, text_) ((struct log_field){.name = (name_), .text = (text_)})
#define LOG_NUMBER(name_, number_)                                                                 \
    ((struct log_field){.name = (name_), .number = (uint64_t)(number_)})

// `unix_us`: the event's time. `event`: a literal, [a-z-]. Fields end with one whose name is NULL
// (log_event adds it).
void log_fields(const struct log *log, int64_t unix_us, enum log_level level, const char *event,
                const struct log_field *fields);
#define log_event(log, unix_us, level, event, ...)                                                 \
    log_fields((log), (unix_us), (level), (event), (const struct log_field[]){__VA_ARGS__, {0}})

#endif
