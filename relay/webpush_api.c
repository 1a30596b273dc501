// SPDX-License-Identifier: MIT
// Browsers that want to be told by Web Push: the relay's key for them, taking one in, letting it
// go.
#include "relay/account_call.h"
#include "relay/json_writer.h"
#include "relay/webpush.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void push_get_key(struct call *c) {
    struct relay *const relay = c->api->relay;
    struct json_writer w;
    char point[BASE64URL_CHARS(WEBPUSH_POINT_LEN) + 1];
    char *const json = malloc(256);
    if (!relay->push_key) {
        free(json);
        http_problem(c->out, 404, "Not found", "This relay sends no Web Push.");
        return;
    }
    base64url_write(point, relay->push_key->point, sizeof(relay->push_key->point));
    json_writer_init(&w, json, json ? 256 : 0);
    json_object_begin(&w, NULL);
    json_text(&w, "publicKey", point);
    json_object_end(&w);
    http_json(c->out, 200, json, w.len);
}

static void on_done(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, "This browser was not taken in, or not by you."))
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void add(struct account_call *a) {
    struct store_push push = a->body.push;
    char origin[256];
    uint8_t point[WEBPUSH_POINT_LEN], auth[WEBPUSH_AUTH_LEN];
    if (!a->relay->push_key) {
        account_call_problem(a, 404, "Not found", "This relay sends no Web Push.", 0);
        return;
    }
    if (!webpush_endpoint_read(origin, push.endpoint, a->relay->config.pushes_anywhere) ||
        !base64url_read(point, sizeof(point), push.point) || !webpush_point_is_valid(point) ||
        !base64url_read(auth, sizeof(auth), push.auth)) {
        account_call_problem(a, 422, "Unprocessable content",
                             "endpoint: an https address; keys: p256dh and auth as browsers give "
                             "them.",
                             0);
        return;
    }
    memcpy(push.account_id, a->account.id, sizeof(push.account_id));
    account_call_failed(a, store_push_add(a->accounts->store, &push, a->unix_us, on_done, a), "");
}

void push_subscribe(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_PUSH_ADD;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, add);
}

static void unsubscribe(struct account_call *a) {
    account_call_failed(
        a, store_push_delete(a->accounts->store, a->account.id, a->body.push.endpoint, on_done, a),
        "");
}

void push_unsubscribe(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_PUSH_END;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, unsubscribe);
}
