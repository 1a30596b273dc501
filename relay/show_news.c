// SPDX-License-Identifier: MIT
#include "relay/show_news.h"

#include "relay/json_writer.h"
#include "relay/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_US 1000000ULL
enum { TOLD_ANNOUNCED = 1, TOLD_LIVE = 2 };

// One show's news on the way to those who want them.
struct telling {
    struct show_news *news;
    char text[WEBPUSH_TEXT_BYTES + 1];
};

static void on_forgotten(void *ctx, enum store_status status) {
    (void)ctx;
    (void)status; // it is told to be gone again
}

static void on_gone(void *ctx, const char *endpoint) {
    struct show_news *const n = ctx;
    (void)store_push_forget(n->relay->store, endpoint, on_forgotten, NULL);
}

static void on_subscriptions(void *ctx, enum store_status status, const struct store_push *rows,
                             size_t count) {
    struct telling *const t = ctx;
    struct relay *const r = t->news->relay;
    size_t accepted = 0;
    for (size_t i = 0; status == STORE_OK && i < count; i++) {
        struct webpush_target target;
        snprintf(target.endpoint, sizeof(target.endpoint), "%s", rows[i].endpoint);
        if (base64url_read(target.point, sizeof(target.point), rows[i].point) &&
            base64url_read(target.auth, sizeof(target.auth), rows[i].auth))
            accepted += webpush_send(t->news->webpush, &target, t->text);
    }
    if (count)
        log_event(r->log, relay_unix_us(r, t->news->looked_us), LOG_LEVEL_INFO, "push",
                  LOG_NUMBER("wanted", count), LOG_NUMBER("queued", accepted));
    free(t);
}

static bool write_text(char out[WEBPUSH_TEXT_BYTES + 1], const struct show *show,
                       const char *kind) {
    struct json_writer w;
    char url[64];
    // What is over is invited to as its replay.
    snprintf(url, sizeof(url), "/%s/%s", show->state == SHOW_ENDED ? "replay" : "show", show->id);
    json_writer_init(&w, out, WEBPUSH_TEXT_BYTES);
    json_object_begin(&w, NULL);
    json_text(&w, "kind", kind);
    json_text(&w, "who", show->creator_display_name);
    json_text(&w, "title", show->about.title);
    json_text(&w, "url", url);
    json_object_end(&w);
    out[w.len] = '\0';
    return !w.is_overflown;
}

static void tell(struct show_news *n, const struct show *show, bool is_live) {
    struct telling *const t = malloc(sizeof(*t));
    // What is not public is told to those alone who asked to be reminded of it.
    const bool is_public = show->about.visibility == SHOW_PUBLIC;
    if (!t)
        return;
    t->news = n;
    if (!show->account_id[0] || (!is_live && !is_public) ||
        !write_text(t->text, show, is_live ? "live" : "scheduled") ||
        store_push_list(n->relay->store, is_public ? show->account_id : "", is_live ? show->id : "",
                        on_subscriptions, t) != STORE_OK)
        free(t);
}

void show_news_invited(struct relay *r, const struct show *show, int64_t at_us) {
    if (!r->news || show->about.visibility != SHOW_PRIVATE)
        return;
    struct telling *const t = malloc(sizeof(*t));
    if (!t)
        return;
    t->news = r->news;
    if (!write_text(t->text, show, "invited") ||
        store_push_list_invited(r->store, show->id, at_us, on_subscriptions, t) != STORE_OK)
        free(t);
}

static void look(struct show_news *n, struct show *show, bool is_first) {
    const bool is_on = show->state == SHOW_LIVE || show->state == SHOW_RECONNECTING;
    const bool is_announced = show->state == SHOW_SCHEDULED && show->about.starts_us;
    const unsigned due = (is_on ? TOLD_LIVE : 0u) | (is_announced ? TOLD_ANNOUNCED : 0u);
    const unsigned news = due & ~(unsigned)show->told;
    show->told |= (uint8_t)due;
    if (news && !is_first)
        tell(n, show, news & TOLD_LIVE);
}

void show_news_poll(struct show_news *n, uint64_t now_us) {
    const bool is_first = !n->looked_us;
    webpush_poll(n->webpush, on_gone, n);
    if (!is_first && now_us - n->looked_us < LOOK_US)
        return;
    n->looked_us = now_us;
    const struct webpush_counts counts = webpush_count(n->webpush);
    n->relay->metrics.pushes_sent = counts.sent;
    n->relay->metrics.pushes_gone = counts.gone;
    n->relay->metrics.pushes_failed = counts.failed;
    for (size_t i = 0; i < n->relay->shows.count; i++)
        look(n, n->relay->shows.by_id[i], is_first);
}
