// SPDX-License-Identifier: MIT
#include "relay/show_answer.h"

#include "relay/api_json.h"
#include "relay/show_keeper.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct created {
    struct http_later later;
    struct relay *relay;
    char id[LIMIT_ID_CHARS + 1];
    char key[LIMIT_KEY_CHARS + 1];
};

static void answer(struct http_response *out, const struct show *show, const char *key) {
    size_t len = 0;
    const struct api_show_item item = {.show = show, .key = key};
    char *const json = api_json_show(&item, &len);
    http_json(out, 201, json, len);
    if (out->status == 201)
        snprintf(out->location, sizeof(out->location), "/api/v1/shows/%s", show->id);
}

static void refuse(struct http_response *out) {
    http_problem(out, 503, "Service unavailable",
                 "The relay cannot keep new shows at the moment; please try again.");
    out->retry_after_s = 5;
}

static void on_kept(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    struct created *const c = ctx;
    (void)rows;
    (void)count;
    struct http_response *const out = http_later_take(&c->later);
    struct show *const show = shows_find(&c->relay->shows, c->id);
    if (status != STORE_OK && show && !show->room)
        shows_remove(&c->relay->shows, show);
    if (out && status == STORE_OK && show)
        answer(out, show, c->key);
    else if (out)
        refuse(out);
    http_later_done(&c->later);
    free(c);
}

void show_answer_created(struct relay *r, struct show *show, const char *key,
                         struct http_response *out) {
    if (!r->store) {
        answer(out, show, key);
        return;
    }
    struct store_show kept;
    struct created *const c = calloc(1, sizeof(*c));
    show_to_store(&kept, show, show->created_unix_us);
    if (!c || store_show_create(r->store, &kept, NULL, on_kept, c) != STORE_OK) {
        free(c);
        shows_remove(&r->shows, show);
        refuse(out);
        return;
    }
    c->relay = r;
    memcpy(c->id, show->id, sizeof(c->id));
    snprintf(c->key, sizeof(c->key), "%s", key);
    http_later_begin(&c->later, out);
}
