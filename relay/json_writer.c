// SPDX-License-Identifier: MIT
#include "relay/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_writer_init(struct json_writer *w, char *out, size_t cap) {
    *w = (struct json_writer){.out = out, .cap = cap};
}

static void put(struct json_writer *w, const char *bytes, size_t len) {
    if (w->is_overflown || len > w->cap - w->len) {
        w->is_overflown = true;
        return;
    }
    memcpy(w->out + w->len, bytes, len);
    w->len += len;
}

static void put_escaped(struct json_writer *w, const char *text) {
    static const char hex[] = "0123456789abcdef";
    put(w, "\"", 1);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\') {
            const char pair[2] = {'\\', (char)*p};
            put(w, pair, 2);
        } else if (*p == '\n') {
            put(w, "\\n", 2);
        } else if (*p < 0x20) {
            const char escape[6] = {'\\', 'u', '0', '0', hex[*p >> 4], hex[*p & 15]};
            put(w, escape, 6);
        } else {
            put(w, (const char *)p, 1);
        }
    }
    put(w, "\"", 1);
}

static void begin_value(struct json_writer *w, const char *key) {
    if (w->needs_comma)
        put(w, ",", 1);
    if (key) {
        put_escaped(w, key);
        put(w, ":", 1);
    }
    w->needs_comma = true;
}

void json_object_begin(struct json_writer *w, const char *key) {
    begin_value(w, key);
    put(w, "{", 1);
    w->needs_comma = false;
}

void json_object_end(struct json_writer *w) {
    put(w, "}", 1);
    w->needs_comma = true;
}

void json_array_begin(struct json_writer *w, const char *key) {
    begin_value(w, key);
    put(w, "[", 1);
    w->needs_comma = false;
}

void json_array_end(struct json_writer *w) {
    put(w, "]", 1);
    w->needs_comma = true;
}

void json_text(struct json_writer *w, const char *key, const char *text) {
    begin_value(w, key);
    put_escaped(w, text);
}

void json_u64(struct json_writer *w, const char *key, uint64_t value) {
    char digits[24];
    begin_value(w, key);
    put(w, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value));
}

void json_ms_of_us(struct json_writer *w, const char *key, int64_t us) {
    char digits[32];
    const char *const sign = us < 0 ? "-" : "";
    const uint64_t magnitude = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    begin_value(w, key);
    put(w, digits,
        (size_t)snprintf(digits, sizeof(digits), "%s%" PRIu64 ".%03" PRIu64, sign, magnitude / 1000,
                         magnitude % 1000));
}

void json_double(struct json_writer *w, const char *key, double value) {
    char digits[32];
    assert(isfinite(value));
    begin_value(w, key);
    int len = snprintf(digits, sizeof(digits), "%.15g", value);
    if (strtod(digits, NULL) != value)
        len = snprintf(digits, sizeof(digits), "%.17g", value);
    put(w, digits, (size_t)len);
}

void json_bool(struct json_writer *w, const char *key, bool value) {
    json_raw(w, key, value ? "true" : "false", value ? 4 : 5);
}

void json_none(struct json_writer *w, const char *key) {
    begin_value(w, key);
    put(w, "null", 4);
}

void json_raw(struct json_writer *w, const char *key, const char *json, size_t len) {
    begin_value(w, key);
    put(w, json, len);
}
