// SPDX-License-Identifier: MIT
// Calendars and RSS: what other programs read of shows and creators.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/feed_text.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALENDAR_TYPE "text/calendar; charset=utf-8"
#define RSS_TYPE "application/rss+xml; charset=utf-8"

// A whole file in a buffer from malloc, as http_json.
static void fill(struct http_response *out, const char *type, char *take_text,
                 const struct feed_text *f) {
    http_json(out, 200, take_text, take_text && !f->is_overflown ? f->len : 0);
    if (out->status != 200)
        return;
    out->content_type = type;
    out->cache_control = "no-cache";
}

void feed_show_calendar(struct call *c) {
    const struct show *const show = shows_find(&c->api->relay->shows, c->id);
    char base[LIMIT_HTTP_HEADER_BYTES + 16];
    struct feed_text f = {0};
    if (!show) {
        show_entry_missing(c->out);
        return;
    }
    struct show_door door;
    enum show_entry entry;
    show_door_of(&door, show);
    if (!show_entry_find(c, &door, &entry))
        return;
    if (entry == SHOW_ENTRY_HIDDEN) {
        show_entry_missing(c->out);
        return;
    }
    if (!show->about.starts_us) {
        http_problem(c->out, 404, "Not found", "No time is set for this show.");
        return;
    }
    char *const text = malloc(FEED_FRAME_BYTES + FEED_SHOW_BYTES);
    if (text) {
        account_call_base(base, c);
        feed_text_init(&f, text, FEED_FRAME_BYTES + FEED_SHOW_BYTES, base);
        feed_calendar_begin(&f, show->about.title);
        feed_calendar_show(&f, show, entry == SHOW_ENTRY_LOCKED);
        feed_calendar_end(&f);
    }
    fill(c->out, CALENDAR_TYPE, text, &f);
}

// --- Of a creator: the account, then its shows, then the file.

static bool is_calendar(const struct account_call *a) { return a->query.state == 0; }

static void write_shows(struct account_call *a, struct feed_text *f, const struct store_show *rows,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct show show;
        const struct replay *const replay = replays_find(&a->relay->replays, rows[i].id);
        show_from_store(&show, &rows[i]);
        if (is_calendar(a) && show.about.starts_us)
            feed_calendar_show(f, &show, false);
        else if (!is_calendar(a) && (replay || show.state != SHOW_ENDED))
            feed_rss_show(f, &show, replay != NULL);
    }
}

static void on_rows(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    struct account_call *const a = ctx;
    struct feed_text f = {0};
    if (account_call_failed(a, status, ""))
        return;
    const size_t cap = FEED_FRAME_BYTES + count * FEED_SHOW_BYTES;
    char *const text = malloc(cap);
    if (text) {
        feed_text_init(&f, text, cap, a->base);
        if (is_calendar(a))
            feed_calendar_begin(&f, a->account.display_name);
        else
            feed_rss_begin(&f, a->account.name, a->account.display_name);
        write_shows(a, &f, rows, count);
        if (is_calendar(a))
            feed_calendar_end(&f);
        else
            feed_rss_end(&f);
    }
    struct http_response *const out = http_later_take(&a->later);
    if (out)
        fill(out, is_calendar(a) ? CALENDAR_TYPE : RSS_TYPE, text, &f);
    else
        free(text);
    account_call_end(a);
}

static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (account_call_failed(a, status, "There is nobody of this name."))
        return;
    a->account = *account;
    memcpy(a->query.account_id, account->id, sizeof(a->query.account_id));
    account_call_failed(a, store_show_search(a->accounts->store, &a->query, on_rows, a), "");
}

static void begin(struct call *c, int state) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    a->query = (struct store_show_query){.state = state, .limit = 50};
    account_call_base(a->base, c);
    (void)account_name_read(a->canonical, c->id);
    account_call_failed(a, store_account_find(a->accounts->store, a->canonical, "", on_account, a),
                        "");
}

void feed_calendar(struct call *c) { begin(c, 0); }
void feed_rss(struct call *c) { begin(c, -1); }
