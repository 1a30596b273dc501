// SPDX-License-Identifier: MIT
#include "relay/api_json.h"

#include "relay/http.h"
#include "relay/json_document.h"
#include "relay/room.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One show or replay with every byte of its texts escaped to two, and all else.
#define ITEM_BYTES API_SHOW_BYTES
// A show that should have begun is still "coming up" for so long.
#define LATE_US 10800000000LL

bool api_page_read_limit(struct api_page *out, const char *query) {
    char text[64];
    char *end;
    *out = (struct api_page){.limit = API_PAGE_DEFAULT_COUNT};
    if (!http_query_find(query, "limit", text, sizeof(text)))
        return true;
    const unsigned long limit = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || limit < 1 || limit > API_PAGE_MAX_COUNT)
        return false;
    out->limit = (unsigned)limit;
    return true;
}

bool api_page_read(struct api_page *out, const char *query) {
    char text[64];
    char *end;
    if (!api_page_read_limit(out, query))
        return false;
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

static void put_tags(struct json_writer *w, const char *tags) {
    char tag[LIMIT_TAG_BYTES + 1];
    json_array_begin(w, "tags");
    while (show_tags_next(&tags, tag))
        json_text(w, NULL, tag);
    json_array_end(w);
}

static void put_creator(struct json_writer *w, const struct show *show) {
    if (!show->creator_name[0]) {
        json_none(w, "creator");
        return;
    }
    json_object_begin(w, "creator");
    json_text(w, "name", show->creator_name);
    json_text(w, "displayName", show->creator_display_name);
    put_path(w, "url", "/@", show->creator_name, "");
    json_object_end(w);
}

static void put_invited(struct json_writer *w, const char *invited) {
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1];
    json_array_begin(w, "invited");
    while (show_invited_next(&invited, name))
        json_text(w, NULL, name);
    json_array_end(w);
}

// Who may watch, what it costs, how long it is, in which language.
static void put_terms(struct json_writer *w, const struct api_show_item *item) {
    const struct show_about *const about = &item->show->about;
    json_text(w, "visibility", show_visibility_name(about->visibility));
    json_bool(w, "isLocked", item->is_locked);
    if (item->is_owners)
        put_invited(w, about->invited);
    json_u64(w, "priceCoins", about->price_coins);
    if (about->length_min)
        json_u64(w, "lengthMinutes", about->length_min);
    else
        json_none(w, "lengthMinutes");
    json_text(w, "language", about->language);
}

// Under another address when it is another one, so that browsers may keep it.
static void put_cover(struct json_writer *w, const struct api_show_item *item) {
    char tail[24];
    snprintf(tail, sizeof(tail), "?v=%" PRId64, item->show->about.cover_s);
    if (item->show->about.cover_s && !item->is_locked)
        put_path(w, "coverUrl", "/covers/", item->show->id, tail);
    else
        json_none(w, "coverUrl");
}

static void put_recording(struct json_writer *w, const struct api_show_item *item) {
    const struct show *const show = item->show;
    const struct replay *const replay = item->is_locked ? NULL : item->replay;
    if (!item->is_locked && (show->poster || (replay && replay->has_poster)))
        put_path(w, "posterUrl", "/posters/", show->id, ".jpg");
    else
        json_none(w, "posterUrl");
    put_path(w, "url", "/show/", show->id, "");
    if (replay) {
        put_path(w, "replayUrl", "/replay/", replay->id, "");
        json_u64(w, "durationMs", replay->duration_ms);
    } else {
        json_none(w, "replayUrl");
        json_none(w, "durationMs");
    }
}

void api_json_put_show(struct json_writer *w, const char *name, const struct api_show_item *item) {
    const struct show *const show = item->show;
    json_object_begin(w, name);
    json_text(w, "id", show->id);
    json_text(w, "title", show->about.title);
    json_text(w, "description", item->is_locked ? "" : show->about.description);
    json_text(w, "category", show->about.category);
    put_tags(w, show->about.tags);
    put_terms(w, item);
    json_bool(w, "isRecorded", !show->about.is_unrecorded);
    put_creator(w, show);
    json_text(w, "state", show_state_name(show->state));
    json_bool(w, "isCancelled", show->is_cancelled);
    json_u64(w, "viewers", show->room ? show->room->viewer_count : 0);
    json_time_or_none(w, "createdAt", show->created_unix_us);
    json_time_or_none(w, "startsAt", show->about.starts_us);
    json_time_or_none(w, "startedAt", show->started_unix_us);
    put_cover(w, item);
    put_recording(w, item);
    if (item->key)
        json_text(w, "key", item->key);
    json_object_end(w);
}

static void put_replay(struct json_writer *w, const struct replay *replay) {
    json_object_begin(w, NULL);
    json_text(w, "id", replay->id);
    json_text(w, "title", replay->title);
    json_time_or_none(w, "startedAt", replay->started_at_ms * 1000);
    json_u64(w, "durationMs", replay->duration_ms);
    json_u64(w, "sizeBytes", replay->size_bytes);
    if (replay->has_poster)
        put_path(w, "posterUrl", "/posters/", replay->id, ".jpg");
    else
        json_none(w, "posterUrl");
    put_path(w, "url", "/replay/", replay->id, "");
    put_path(w, "mediaUrl", "/replays/", replay->id, ".webm");
    put_path(w, "chatUrl", "/replays/", replay->id, "/chat.json");
    json_object_end(w);
}

char *api_json_show(const struct api_show_item *item, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, ITEM_BYTES))
        return NULL;
    api_json_put_show(&w, NULL, item);
    return json_document_end(&w, len);
}

char *api_json_show_items(const struct api_show_item *items, size_t count, const char *next,
                          size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, count * ITEM_BYTES + 128))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++)
        api_json_put_show(&w, NULL, &items[i]);
    json_array_end(&w);
    if (*next)
        json_text(&w, "next", next);
    else
        json_none(&w, "next");
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *api_json_replay(const struct replay *replay, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, ITEM_BYTES))
        return NULL;
    put_replay(&w, replay);
    return json_document_end(&w, len);
}

static void cursor_write(char out[48], int64_t ms, const char *id) {
    snprintf(out, 48, "%" PRId64 "-%s", ms, id);
}

// Shows are listed by the time they started or, before that, were made.
static int64_t show_time_ms(const struct show *show) {
    return (show->started_unix_us ? show->started_unix_us : show->created_unix_us) / 1000;
}

static int by_time(const void *left, const void *right) {
    const struct show *const a = *(const struct show *const *)left;
    const struct show *const b = *(const struct show *const *)right;
    if (show_time_ms(a) != show_time_ms(b))
        return show_time_ms(a) > show_time_ms(b) ? -1 : 1;
    return strcmp(a->id, b->id);
}

static int by_start(const void *left, const void *right) {
    const struct show *const a = *(const struct show *const *)left;
    const struct show *const b = *(const struct show *const *)right;
    if (a->about.starts_us != b->about.starts_us)
        return a->about.starts_us < b->about.starts_us ? -1 : 1;
    return strcmp(a->id, b->id);
}

static bool is_in_state(const struct show *show, int state) {
    const bool is_on = show->state == SHOW_LIVE || show->state == SHOW_RECONNECTING;
    const int group = is_on ? 1 : show->state == SHOW_ENDED ? 2 : 0;
    return state < 0 ? group != 2 : group == state;
}

static bool is_listed(const struct show *show, const struct api_show_filter *f,
                      const struct api_page *page) {
    if (!is_in_state(show, f->state) || show->about.visibility != SHOW_PUBLIC ||
        show->is_cancelled ||
        (f->is_by_start &&
         (!show->about.starts_us || show->about.starts_us < f->unix_us - LATE_US)) ||
        (f->category[0] && strcmp(f->category, show->about.category) != 0) ||
        (f->tag[0] && !show_has_tag(&show->about, f->tag)) ||
        (f->language[0] && strcmp(f->language, show->about.language) != 0))
        return false;
    if (!page->has_cursor)
        return true;
    const int64_t ms = f->is_by_start ? show->about.starts_us / 1000 : show_time_ms(show);
    if (ms == page->after_ms)
        return strcmp(show->id, page->after_id) > 0;
    return f->is_by_start ? ms > page->after_ms : ms < page->after_ms;
}

char *api_json_shows(const struct shows *shows, const struct replays *replays,
                     const struct api_show_filter *filter, const struct api_page *page,
                     size_t *len) {
    size_t count = 0;
    char next[48] = "", *json = NULL;
    const struct show **const listed = malloc((shows->count + 1) * sizeof(struct show *));
    struct api_show_item *const items = calloc(page->limit, sizeof(*items));
    if (listed && items) {
        for (size_t i = 0; i < shows->count; i++)
            if (is_listed(shows->by_id[i], filter, page))
                listed[count++] = shows->by_id[i];
        qsort(listed, count, sizeof(*listed), filter->is_by_start ? by_start : by_time);
        const size_t shown = count < page->limit ? count : page->limit;
        for (size_t i = 0; i < shown; i++)
            items[i] = (struct api_show_item){.show = listed[i],
                                              .replay = replays_find(replays, listed[i]->id)};
        const struct show *const last = shown ? listed[shown - 1] : NULL;
        if (count > shown)
            cursor_write(next,
                         filter->is_by_start ? last->about.starts_us / 1000 : show_time_ms(last),
                         last->id);
        json = api_json_show_items(items, shown, next, len);
    }
    free(listed);
    free(items);
    return json;
}

char *api_json_replays(const struct replays *replays, const struct api_page *page, bool sees_hidden,
                       size_t *len) {
    struct json_writer w;
    char next[48];
    if (!json_document_begin(&w, page->limit * ITEM_BYTES + 128))
        return NULL;
    size_t at = page->has_cursor ? replays_after(replays, page->after_ms, page->after_id) : 0;
    const struct replay *last = NULL;
    unsigned shown = 0;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (; at < replays->count && shown < page->limit; at++) {
        if (replays->by_time[at]->is_unlisted && !sees_hidden)
            continue;
        last = replays->by_time[at];
        put_replay(&w, last);
        shown++;
    }
    while (at < replays->count && replays->by_time[at]->is_unlisted && !sees_hidden)
        at++;
    json_array_end(&w);
    if (at < replays->count && last) {
        cursor_write(next, last->started_at_ms, last->id);
        json_text(&w, "next", next);
    } else {
        json_none(&w, "next");
    }
    json_object_end(&w);
    return json_document_end(&w, len);
}
