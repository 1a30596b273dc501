// SPDX-License-Identifier: MIT
#include "relay/json_jansson.h"

#include "relay/seen_text.h"
#include "shared/utf8.h"
#include <string.h>

// Duplicates are refused, and so is anything behind the object (jansson's default). NUL in strings
// is refused, too.
#define STRICT JSON_REJECT_DUPLICATES

json_t *jansson_load_object(const char *json, size_t len) {
    json_t *const root = json_loadb(json, len, STRICT, NULL);
    if (root && !json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

int jansson_copy_text(char *out, size_t cap, const json_t *value) {
    if (!json_is_string(value) || json_string_length(value) >= cap)
        return -1;
    memcpy(out, json_string_value(value), json_string_length(value) + 1);
    return (int)json_string_length(value);
}

bool jansson_is_line(const char *text) { return utf8_is_line((const uint8_t *)text, strlen(text)); }

bool jansson_read_count(uint64_t *out, const json_t *value) {
    if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
        json_number_value(value) > 9e15)
        return false;
    *out = (uint64_t)json_number_value(value);
    return true;
}

const json_t *jansson_member(const json_t *root, const char *name) {
    const json_t *const value = json_object_get(root, name);
    return json_is_null(value) ? NULL : value;
}

bool jansson_is_title(const char *text) {
    return jansson_is_line(text) && seen_text_is_plain(text);
}
