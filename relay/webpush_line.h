// SPDX-License-Identifier: MIT
// One worker's connection to push services. Implemented by webpush_curl.c. Blocks.
#ifndef TABCAST_RELAY_WEBPUSH_LINE_H
#define TABCAST_RELAY_WEBPUSH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct webpush_line;

void webpush_line_start(void); // once per process, before any other thread
struct webpush_line *webpush_line_create(bool is_anywhere); // NULL: out of memory
void webpush_line_destroy(struct webpush_line *line);       // also NULL

// Sends one message. Only https and only to public addresses, unless `is_anywhere`; follows no
// redirect. Returns the HTTP status, or 0: no answer within 10 s, or refused.
unsigned webpush_line_post(struct webpush_line *line, const char *endpoint,
                           const char *authorization, const uint8_t *body, size_t len);

#endif
