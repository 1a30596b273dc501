// SPDX-License-Identifier: MIT
// What the readers of JSON from outside share (json_jansson*.c, the only files that know jansson):
// one strict object, its members copied into fields of fixed size, so that nothing of jansson's
// lives on. Private to them.
#ifndef TABCAST_RELAY_JSON_JANSSON_H
#define TABCAST_RELAY_JSON_JANSSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// NULL: not one JSON object, or a member twice. To be given to json_decref.
json_t *jansson_load_object(const char *json, size_t len);
// Copies a string member with its NUL. Returns its length, or -1 when it is no string or does not
// fit.
int jansson_copy_text(char *out, size_t cap, const json_t *value);
bool jansson_read_count(uint64_t *out, const json_t *value);
// `null` is the same as nothing.
const json_t *jansson_member(const json_t *root, const char *name);
bool jansson_is_line(const char *text);  // without control characters
bool jansson_is_title(const char *text); // a line with something in it

#endif
