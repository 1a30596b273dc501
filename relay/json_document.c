// SPDX-License-Identifier: MIT
#include "relay/json_document.h"

#include "relay/time_text.h"
#include <assert.h>
#include <stdlib.h>

bool json_document_begin(struct json_writer *w, size_t cap) {
    char *const json = malloc(cap);
    if (json)
        json_writer_init(w, json, cap);
    return json != NULL;
}

char *json_document_end(const struct json_writer *w, size_t *len) {
    assert(!w->is_overflown);
    *len = w->is_overflown ? 0 : w->len;
    return w->out;
}

void json_time(struct json_writer *w, const char *key, int64_t unix_us) {
    char text[TIME_TEXT_LEN + 1];
    time_text_write(text, unix_us);
    json_text(w, key, text);
}

void json_time_or_none(struct json_writer *w, const char *key, int64_t unix_us) {
    if (unix_us)
        json_time(w, key, unix_us);
    else
        json_none(w, key);
}
