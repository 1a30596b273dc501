// SPDX-License-Identifier: MIT
// Lists of shows. What is announced or live stands in memory and is answered at once; searches and
// the shows of one creator come from the store, each with what memory knows of it now.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/api_json.h"
#include "relay/show_door.h"
#include "relay/show_keeper.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bad_request(struct call *c, const char *detail) {
    http_problem(c->out, 400, "Bad request", detail);
}

// --- From the store

// Where a page of the store's begins: "s20" leaves out twenty.
static bool read_skip(size_t *skip, const char *query) {
    char text[16];
    char *end;
    *skip = 0;
    if (!http_query_find(query, "cursor", text, sizeof(text)))
        return true;
    if (text[0] != 's' || text[1] < '0' || text[1] > '9')
        return false;
    *skip = strtoul(text + 1, &end, 10);
    return !*end && *skip <= LIMIT_SEARCH_DEPTH_COUNT;
}

// Who finds what is hidden is told no more of it than at its own door.
static void lock(const struct account_call *a, struct api_show_item *item) {
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = "", .unix_us = a->unix_us};
    struct show_door door;
    show_door_of(&door, item->show);
    item->is_locked = show_door_entry(&door, &visitor) != SHOW_ENTRY_OPEN;
    item->is_owners = show_may(show_door_actor(&door, &visitor), SHOW_EDIT);
}

static void answer_rows(struct account_call *a, const struct store_show *rows, size_t count) {
    const size_t limit = a->query.limit - 1; // one more was asked for, to know whether there is one
    const size_t shown = count < limit ? count : limit;
    struct show *const copies = calloc(shown + 1, sizeof(*copies));
    struct api_show_item *const items = calloc(shown + 1, sizeof(*items));
    char next[24] = "";
    char *json = NULL;
    size_t listed = 0, len = 0;
    for (size_t i = 0; i < shown && copies && items; i++) {
        struct api_show_item item = {.show = shows_find(&a->relay->shows, rows[i].id),
                                     .replay = replays_find(&a->relay->replays, rows[i].id)};
        if (!item.show) {
            show_from_store(&copies[i], &rows[i]);
            item.show = &copies[i];
        }
        lock(a, &item);
        // A show that is over and was not recorded has nothing for anybody to see.
        if (item.show->state != SHOW_ENDED || item.replay || a->query.sees_hidden)
            items[listed++] = item;
    }
    if (count > limit && a->query.skip + limit <= LIMIT_SEARCH_DEPTH_COUNT)
        snprintf(next, sizeof(next), "s%zu", a->query.skip + limit);
    if (copies && items)
        json = api_json_show_items(items, listed, next, &len);
    free(copies);
    free(items);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_rows(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, ""))
        answer_rows(a, rows, count);
}

static void search(struct account_call *a) {
    account_call_failed(a, store_show_search(a->accounts->store, &a->query, on_rows, a), "");
}

static void on_creator(void *ctx, enum store_status status, const struct store_account *creator,
                       bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (account_call_failed(a, status, "There is nobody of this name."))
        return;
    const struct person person = person_of(&a->account);
    memcpy(a->query.account_id, creator->id, sizeof(a->query.account_id));
    a->query.sees_hidden = show_may(show_actor_of(&person, creator->id), SHOW_SEE_HIDDEN);
    search(a);
}

static void find_creator(struct account_call *a) {
    account_call_failed(a, store_account_find(a->accounts->store, a->canonical, "", on_creator, a),
                        "");
}

static void find_own(struct account_call *a) {
    memcpy(a->query.account_id, a->account.id, sizeof(a->query.account_id));
    a->query.sees_hidden = true;
    search(a);
}

static void list_stored(struct call *c, const struct api_show_filter *filter, const char *words,
                        const char *creator) {
    struct api_page page;
    size_t skip;
    char query[LIMIT_HTTP_QUERY_BYTES];
    snprintf(query, sizeof(query), "%s", c->request->query);
    if (!read_skip(&skip, query)) {
        bad_request(c, "cursor is what `next` said.");
        return;
    }
    if (!api_page_read_limit(&page, query)) {
        bad_request(c, "limit is 1 to 100.");
        return;
    }
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    if (!address_limit_take(&a->accounts->searches, a->address, a->now_us,
                            LIMIT_SEARCHES_PER_SECOND, LIMIT_SEARCHES_BURST, 1)) {
        account_call_problem(a, 429, "Too many requests",
                             "Too many searches from one address; wait a moment.", 2);
        return;
    }
    a->query =
        (struct store_show_query){.state = filter->state, .skip = skip, .limit = page.limit + 1u};
    snprintf(a->query.words, sizeof(a->query.words), "%s", words);
    snprintf(a->query.category, sizeof(a->query.category), "%s", filter->category);
    snprintf(a->query.tag, sizeof(a->query.tag), "%s", filter->tag);
    snprintf(a->query.language, sizeof(a->query.language), "%s", filter->language);
    (void)account_name_read(a->canonical, creator); // "" is nobody's
    if (strcmp(creator, "me") == 0)
        account_call_authenticate(a, c->request->token, find_own);
    else if (creator[0])
        account_call_identify(a, c->request->token, find_creator);
    else
        search(a);
}

// --- The route

static bool read_state(int *out, const char *text) {
    static const char *const names[] = {"scheduled", "live", "ended"};
    *out = -1;
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], text) == 0)
            *out = i;
    return *out >= 0 || !text[0];
}

// A parameter that is there must fit, and be UTF-8.
static bool read_text(char *out, size_t cap, const char *query, const char *name) {
    char long_text[LIMIT_HTTP_PATH_BYTES];
    out[0] = '\0';
    if (!http_query_find(query, name, long_text, sizeof(long_text)))
        return true;
    const size_t len = strlen(long_text);
    if (len >= cap || !utf8_is_valid((const uint8_t *)long_text, len))
        return false;
    memcpy(out, long_text, len + 1);
    return true;
}

void show_list(struct call *c) {
    const char *const query = c->request->query;
    struct api_show_filter filter = {.unix_us = relay_unix_us(c->api->relay, c->now_us)};
    char state[16], sort[16], words[LIMIT_SEARCH_BYTES + 1], creator[LIMIT_ACCOUNT_NAME_BYTES + 1];
    struct api_page page;
    size_t len = 0;
    if (!read_text(state, sizeof(state), query, "state") || !read_state(&filter.state, state)) {
        bad_request(c, "state is one of scheduled, live, ended.");
    } else if (!read_text(sort, sizeof(sort), query, "sort") ||
               (sort[0] && strcmp(sort, "start") != 0)) {
        bad_request(c, "sort is start, or nothing.");
    } else if (!read_text(words, sizeof(words), query, "q") ||
               !read_text(filter.category, sizeof(filter.category), query, "category") ||
               !read_text(filter.tag, sizeof(filter.tag), query, "tag") ||
               !read_text(filter.language, sizeof(filter.language), query, "language") ||
               !read_text(creator, sizeof(creator), query, "creator")) {
        bad_request(
            c, "q, category, tag, language or creator is longer than there are, or not UTF-8.");
    } else if ((words[0] || creator[0] || filter.state == 2) && c->api->relay->accounts) {
        list_stored(c, &filter, words, creator);
    } else if (!api_page_read(&page, query)) {
        bad_request(c, "limit is 1 to 100; cursor is what `next` said.");
    } else {
        filter.is_by_start = sort[0] != '\0';
        char *const json =
            api_json_shows(&c->api->relay->shows, &c->api->relay->replays, &filter, &page, &len);
        http_json(c->out, 200, json, len);
    }
}
