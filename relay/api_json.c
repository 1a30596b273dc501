// SPDX-License-Identifier: MIT
#include "relay/api_json.h"

#include "relay/http.h"
#include "relay/json_writer.h"
#include "relay/room.h"
#include "relay/time_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One show or replay with every byte of its texts escaped to two, and all else.
#define ITEM_BYTES (2 * (LIMIT_TITLE_BYTES + LIMIT_DESCRIPTION_BYTES) + 768)

bool api_page_read(struct api_page *out, const char *query) {
    char text[64];
    char *end;
    *out = (struct api_page){.limit = API_PAGE_DEFAULT_COUNT};
    if (http_query_find(query, "limit", text, sizeof(text))) {
        const unsigned long limit = strtoul(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end || limit < 1 || limit > API_PAGE_MAX_COUNT)
            return false;
        out->limit = (unsigned)limit;
    }
    if (!http_query_find(query, "cursor", text, sizeof(text)))
        return true;
    errno = 0;
    out->after_ms = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno || *end != '-' ||
        !show_id_is_valid(end + 1, strlen(end + 1)))
        return false;
    memcpy(out->after_id, end + 1, LIMIT_ID_CHARS + 1);
    out->has_cursor = true;
    return true;
}

static void put_path(struct json_writer *w, const char *key, const char *head, const char *id,
                     const char *tail) {
    char path[64];
    snprintf(path, sizeof(path), "%s%s%s", head, id, tail);
    json_text(w, key, path);
}

static void put_time(struct json_writer *w, const char *key, int64_t unix_us) {
    char text[TIME_TEXT_LEN + 1];
    if (!unix_us) {
        json_null(w, key);
        return;
    }
    time_text_write(text, unix_us);
    json_text(w, key, text);
}

static void put_show(struct json_writer *w, const struct show *show, const char *key) {
    json_object_begin(w, NULL);
    json_text(w, "id", show->id);
    json_text(w, "title", show->title);
    json_text(w, "description", show->description);
    json_text(w, "state", show_state_name(show->state));
    json_u64(w, "viewers", show->room ? show->room->viewer_count : 0);
    put_time(w, "createdAt", show->created_unix_us);
    put_time(w, "startedAt", show->started_unix_us);
    if (show->poster)
        put_path(w, "posterUrl", "/posters/", show->id, ".jpg");
    else
        json_null(w, "posterUrl");
    put_path(w, "url", "/show/", show->id, "");
    if (key)
        json_text(w, "key", key);
    json_object_end(w);
}

static void put_replay(struct json_writer *w, const struct replay *replay) {
    json_object_begin(w, NULL);
    json_text(w, "id", replay->id);
    json_text(w, "title", replay->title);
    put_time(w, "startedAt", replay->started_at_ms * 1000);
    json_u64(w, "durationMs", replay->duration_ms);
    json_u64(w, "sizeBytes", replay->size_bytes);
    if (replay->has_poster)
        put_path(w, "posterUrl", "/posters/", replay->id, ".jpg");
    else
        json_null(w, "posterUrl");
    put_path(w, "url", "/replay/", replay->id, "");
    put_path(w, "mediaUrl", "/replays/", replay->id, ".webm");
    put_path(w, "chatUrl", "/replays/", replay->id, "/chat.json");
    json_object_end(w);
}

static char *begin(struct json_writer *w, size_t cap) {
    char *const out = malloc(cap);
    if (out)
        json_writer_init(w, out, cap);
    return out;
}

static char *finish(struct json_writer *w, size_t *len) {
    *len = w->is_overflown ? 0 : w->len;
    return w->out;
}

char *api_json_show(const struct show *show, const char *key, size_t *len) {
    struct json_writer w;
    if (!begin(&w, ITEM_BYTES))
        return NULL;
    put_show(&w, show, key);
    return finish(&w, len);
}

char *api_json_replay(const struct replay *replay, size_t *len) {
    struct json_writer w;
    if (!begin(&w, ITEM_BYTES))
        return NULL;
    put_replay(&w, replay);
    return finish(&w, len);
}

static void put_next(struct json_writer *w, bool has_more, int64_t ms, const char *id) {
    char cursor[48];
    json_array_end(w);
    if (has_more) {
        snprintf(cursor, sizeof(cursor), "%" PRId64 "-%s", ms, id);
        json_text(w, "next", cursor);
    } else {
        json_null(w, "next");
    }
    json_object_end(w);
}

// Shows are listed by the time they started or, before that, were made.
static int64_t show_time_ms(const struct show *show) {
    return (show->started_unix_us ? show->started_unix_us : show->created_unix_us) / 1000;
}

static int by_time(const void *left, const void *right) {
    const struct show *const a = *(const struct show *const *)left, *const b = *(
                                                                        const struct show *const *)
                                                                                   right;
    if (show_time_ms(a) != show_time_ms(b))
        return show_time_ms(a) > show_time_ms(b) ? -1 : 1;
    return strcmp(a->id, b->id);
}

static bool is_listed(const struct show *show, const char *state, const struct api_page *page) {
    const bool is_on = show->state == SHOW_LIVE || show->state == SHOW_RECONNECTING;
    const char *const group = is_on ? "live" : show_state_name(show->state);
    if (*state ? strcmp(group, state) != 0 : show->state == SHOW_ENDED)
        return false;
    if (!page->has_cursor)
        return true;
    const int64_t ms = show_time_ms(show);
    return ms != page->after_ms ? ms < page->after_ms : strcmp(show->id, page->after_id) > 0;
}

char *api_json_shows(const struct shows *shows, const char *state, const struct api_page *page,
                     size_t *len) {
    struct json_writer w;
    size_t count = 0;
    const struct show **const listed = malloc((shows->count + 1) * sizeof(struct show *));
    char *const out = listed ? begin(&w, page->limit * ITEM_BYTES + 128) : NULL;
    if (!out) {
        free(listed);
        return NULL;
    }
    for (size_t i = 0; i < shows->count; i++)
        if (is_listed(shows->by_id[i], state, page))
            listed[count++] = shows->by_id[i];
    qsort(listed, count, sizeof(*listed), by_time);
    const size_t shown = count < page->limit ? count : page->limit;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < shown; i++)
        put_show(&w, listed[i], NULL);
    put_next(&w, count > shown, shown ? show_time_ms(listed[shown - 1]) : 0,
             shown ? listed[shown - 1]->id : "");
    free(listed);
    return finish(&w, len);
}

char *api_json_replays(const struct replays *replays, const struct api_page *page, size_t *len) {
    struct json_writer w;
    if (!begin(&w, page->limit * ITEM_BYTES + 128))
        return NULL;
    const size_t first =
        page->has_cursor ? replays_after(replays, page->after_ms, page->after_id) : 0;
    size_t end = first;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (; end < replays->count && end - first < page->limit; end++)
        put_replay(&w, replays->by_time[end]);
    const struct replay *const last = end > first ? replays->by_time[end - 1] : NULL;
    put_next(&w, end < replays->count, last ? last->started_at_ms : 0, last ? last->id : "");
    return finish(&w, len);
}
