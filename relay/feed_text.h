// SPDX-License-Identifier: MIT
// Writes calendars (RFC 5545) and RSS 2.0 into the caller's buffer. Everything that comes from
// people is escaped here. Writing past the end latches is_overflown. Pure.
#ifndef TABCAST_RELAY_FEED_TEXT_H
#define TABCAST_RELAY_FEED_TEXT_H

#include "relay/shows.h"
#include <stdbool.h>
#include <stddef.h>

struct feed_text {
    char *out;
    size_t cap, len;
    bool is_overflown;
    const char *base; // what addresses begin with: "https://host"
};

// What one show takes at most, and what stands around all of them.
#define FEED_SHOW_BYTES (8 * (LIMIT_TITLE_BYTES + LIMIT_DESCRIPTION_BYTES) + 2048)
#define FEED_FRAME_BYTES 4096

void feed_text_init(struct feed_text *f, char *out, size_t cap, const char *base);

// `name` is whose calendar it is, or the show's title.
void feed_calendar_begin(struct feed_text *f, const char *name);
// Must have a start. `is_locked`: without its description.
void feed_calendar_show(struct feed_text *f, const struct show *show, bool is_locked);
void feed_calendar_end(struct feed_text *f);

void feed_rss_begin(struct feed_text *f, const char *name, const char *display_name);
void feed_rss_show(struct feed_text *f, const struct show *show, bool has_replay);
void feed_rss_end(struct feed_text *f);

#endif
