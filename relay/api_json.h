// SPDX-License-Identifier: MIT
// The API's JSON documents (openapi.json describes them). Each is malloc'd text for the caller to
// free; NULL when out of memory. Pure.
#ifndef TABCAST_RELAY_API_JSON_H
#define TABCAST_RELAY_API_JSON_H

#include "relay/replays.h"
#include "relay/shows.h"
#include <stdbool.h>

#define API_PAGE_DEFAULT_COUNT 50
#define API_PAGE_MAX_COUNT 100

// Where a page of a list begins: behind the item with this time and id, newest first.
struct api_page {
    unsigned limit;
    bool has_cursor;
    int64_t after_ms;
    char after_id[LIMIT_ID_CHARS + 1];
};

// Reads `limit` and `cursor` of a query; false when one of them is nothing we ever said.
bool api_page_read(struct api_page *out, const char *query);

// Its limit alone.
bool api_page_read_limit(struct api_page *out, const char *query);

// Which of the shows in memory are listed.
struct api_show_filter {
    int state; // 0 scheduled, 1 live or reconnecting, 2 ended; -1: scheduled or live
    char category[LIMIT_CATEGORY_BYTES + 1], tag[LIMIT_TAG_BYTES + 1],
        language[LIMIT_LANGUAGE_BYTES + 1]; // "" = any
    bool is_by_start; // only those with a start that is to come, the next one first
    int64_t unix_us;  // now
};

struct api_show_item {
    const struct show *show;
    const struct replay *replay; // its recording, or NULL
    const char *key;             // NULL but in the answer that creates the show or the key
    bool is_locked;              // who asks may know of it, but not watch
    bool is_owners;              // whom it invites is told, too
};

char *api_json_show(const struct api_show_item *item, size_t *len);
// `next`: "" = there is none.
char *api_json_show_items(const struct api_show_item *items, size_t count, const char *next,
                          size_t *len);
// Public ones.
char *api_json_shows(const struct shows *shows, const struct replays *replays,
                     const struct api_show_filter *filter, const struct api_page *page,
                     size_t *len);
// Part of a document: the show as an object, for which API_SHOW_BYTES are enough.
#define API_SHOW_BYTES                                                                             \
    (2 * (LIMIT_TITLE_BYTES + LIMIT_DESCRIPTION_BYTES + LIMIT_TAGS_BYTES + LIMIT_NAME_BYTES) +     \
     LIMIT_INVITED_COUNT * (LIMIT_ACCOUNT_NAME_BYTES + 3) + 1536)
struct json_writer;
void api_json_put_show(struct json_writer *w, const char *name, const struct api_show_item *item);
char *api_json_replay(const struct replay *replay, size_t *len);
// Public ones; sees_hidden: all.
char *api_json_replays(const struct replays *replays, const struct api_page *page, bool sees_hidden,
                       size_t *len);

#endif
