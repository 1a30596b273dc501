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

// `key`: NULL but in the answer that creates the show.
char *api_json_show(const struct show *show, const char *key, size_t *len);
// `state`: "" lists what is scheduled or live.
char *api_json_shows(const struct shows *shows, const char *state, const struct api_page *page,
                     size_t *len);
char *api_json_replay(const struct replay *replay, size_t *len);
char *api_json_replays(const struct replays *replays, const struct api_page *page, size_t *len);

#endif
