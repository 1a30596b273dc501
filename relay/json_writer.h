// SPDX-License-Identifier: MIT
// Writes JSON text into the caller's buffer. Commas are its own affair; well-formed nesting is the
// caller's. Writing past the end latches `is_overflown` and writes nothing more: check it once at
// the end. Strings must be valid UTF-8 (everything from outside was checked on its way in); only
// what JSON demands is escaped. JSON that comes in is read by jansson (control.h): strictness is
// its job, but writing on the chat's and acknowledgements' path needs neither a tree nor malloc.
#ifndef TABCAST_RELAY_JSON_WRITER_H
#define TABCAST_RELAY_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
    char *out;
    size_t cap;
    size_t len;
    bool is_overflown;
    bool needs_comma;
};

void json_writer_init(struct json_writer *w, char *out, size_t cap);
// `key` is a literal of ours, or NULL for an array's element and the outermost value.
void json_object_begin(struct json_writer *w, const char *key);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w, const char *key);
void json_array_end(struct json_writer *w);
void json_text(struct json_writer *w, const char *key, const char *text);
void json_u64(struct json_writer *w, const char *key, uint64_t value);
// Microseconds as milliseconds with three decimals; never an exponent.
void json_ms_of_us(struct json_writer *w, const char *key, int64_t us);
// Shortest form that reads back as the same double; the value is finite.
void json_double(struct json_writer *w, const char *key, double value);
void json_bool(struct json_writer *w, const char *key, bool value);
void json_none(struct json_writer *w, const char *key);
// `json` as it is: one whole JSON value.
void json_raw(struct json_writer *w, const char *key, const char *json, size_t len);

#endif
