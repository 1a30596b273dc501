// SPDX-License-Identifier: MIT
// A whole JSON document of the API in memory of its own: begun with room for it, ended with its
// length; and its times, as all documents tell them. What a document says is for others.
#ifndef TABCAST_RELAY_JSON_DOCUMENT_H
#define TABCAST_RELAY_JSON_DOCUMENT_H

#include "relay/json_writer.h"

// Room for `cap` bytes, which the caller has reckoned to be enough; false when out of memory.
bool json_document_begin(struct json_writer *w, size_t cap);
// Hands out the text, to be freed, and its length: 0 when it did not fit after all.
char *json_document_end(const struct json_writer *w, size_t *len);
// RFC 3339 (time_text.h).
void json_time(struct json_writer *w, const char *key, int64_t unix_us);
// The same; 0 is null.
void json_time_or_none(struct json_writer *w, const char *key, int64_t unix_us);

#endif
