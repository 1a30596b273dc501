// SPDX-License-Identifier: MIT
#include "relay/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void wake_exchange(struct viewer *v) {
    struct exchange *const x = v->conn;
    x->wake(x);
}

static void on_ready(void *conn) {
    struct exchange *const x = conn;
    x->ready(x);
}

static void ask(struct exchange *x, uint64_t now_us) {
    struct http_response *const r = &x->response;
    x->is_asked = true;
    api_handle(x->api, &x->request, x->body, x->body_len, wake_exchange, x, now_us, r);
    if (r->kind == HTTP_BODY_LATER) {
        r->later->ready = on_ready;
        r->later->conn = x;
    } else {
        x->is_answered = true;
    }
}

void exchange_settle(struct exchange *x, uint64_t now_us) {
    struct http_response *const r = &x->response;
    const bool closes = r->closes;
    if (r->kind != HTTP_BODY_AGAIN) {
        x->is_answered = true;
        return;
    }
    x->request.person = r->person;
    memcpy(x->request.session_id, r->session_id, sizeof(r->session_id));
    x->request.identified_at = r->identified_at;
    x->request.is_identified = true;
    ask(x, now_us);
    r->closes |= closes;
}

struct exchange *exchange_create(struct api *api, const struct http_request *request,
                                 const struct net_http_framing *framing, uint16_t status,
                                 void (*wake)(struct exchange *x),
                                 void (*ready)(struct exchange *x), void *conn, uint64_t now_us) {
    struct net_http_plan plan;
    net_http_plan(&plan, request, framing, status);
    struct exchange *const x = calloc(1, sizeof(*x) + plan.body_len);
    if (!x)
        return NULL;
    x->api = api;
    x->conn = conn;
    x->wake = wake;
    x->ready = ready;
    x->request = *request;
    x->body_expected = plan.body_len;
    http_response_init(&x->response);
    if (plan.body_len)
        return x;
    if (plan.status) {
        http_problem(&x->response, plan.status, plan.title, plan.detail);
        x->is_answered = true;
    } else {
        ask(x, now_us);
    }
    x->response.closes |= plan.closes;
    return x;
}

void exchange_destroy(struct exchange *x) {
    if (!x)
        return;
    http_response_dispose(&x->response);
    free(x);
}

bool exchange_take_body(struct exchange *x, const char *bytes, size_t len) {
    if (x->is_asked || x->is_answered || !len)
        return true; // answered without it; the connection closes. Or: a body of no length
    if (len > x->body_expected - x->body_len)
        return false;
    memcpy(x->body + x->body_len, bytes, len);
    x->body_len += len;
    return true;
}

void exchange_body_complete(struct exchange *x, uint64_t now_us) {
    if (!x->is_asked && !x->is_answered)
        ask(x, now_us);
}

int64_t exchange_next(struct exchange *x, const uint8_t **bytes, uint8_t *scratch, size_t cap,
                      struct metrics *metrics, uint64_t now_us, bool *is_end) {
    struct http_response *const r = &x->response;
    assert(x->is_answered && cap > HTTP_HEAD_BYTES);
    if (x->has_head)
        return http_body_next(r, bytes, scratch, cap, metrics, now_us, is_end);

    // Head, and as much of the body as fits behind it, in one write.
    x->has_head = true;
    r->is_https = x->request.is_secure;
    metrics->http_responses[r->status / 100]++;
    const size_t head_len =
        http_head_write((char *)scratch, HTTP_HEAD_BYTES, r, relay_unix_us(x->api->relay, now_us));
    assert(head_len);
    *bytes = scratch;
    *is_end = x->request.method == HTTP_HEAD || r->status == 304;
    if (*is_end || r->kind == HTTP_BODY_LIVE)
        return (int64_t)head_len;
    const uint8_t *body = NULL;
    const int64_t len =
        http_body_next(r, &body, scratch + head_len, cap - head_len, metrics, now_us, is_end);
    if (len < 0)
        return -1;
    if (len && body != scratch + head_len)
        memcpy(scratch + head_len, body, (size_t)len);
    return (int64_t)head_len + len;
}
