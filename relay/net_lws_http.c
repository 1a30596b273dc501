// SPDX-License-Identifier: MIT
// HTTP: the library's callbacks on one side, exchange.h on the other. The API is asked under the
// relay's lock; files are read without.
#include "relay/net_lws_loop.h"

#include "relay/ingest_request.h"
#include <stdio.h>
#include <string.h>

static void wake_http(struct exchange *x) { lws_callback_on_writable(x->conn); }

static void answer_came(struct exchange *x) {
    struct http_conn *const c = lws_wsi_user(x->conn);
    struct loop *const l = loop_of(x->conn);
    ready_list_add(&l->answered, &c->answered);
    loop_call(l);
}

void http_answered(struct http_conn *c) {
    exchange_settle(c->exchange, net_now_us());
    if (c->exchange->response.kind == HTTP_BODY_LIVE)
        set_lowat(c->wsi);
    lws_callback_on_writable(c->wsi);
}

static void http_end(struct loop *l, struct http_conn *c) {
    if (!c->exchange)
        return;
    loop_lock(l);
    ready_list_remove(&l->answered, &c->answered);
    exchange_destroy(c->exchange);
    loop_unlock(l);
    c->exchange = NULL;
    l->exchange_count--;
}

void http_answer_at_once(struct lws *wsi, struct http_response *r) {
    struct loop *const l = loop_of(wsi);
    r->is_https = lws_is_ssl(wsi);
    loop_lock(l);
    l->relay->metrics.http_responses[r->status / 100]++;
    size_t len = http_head_write((char *)l->scratch, HTTP_HEAD_BYTES, r,
                                 relay_unix_us(l->relay, net_now_us()));
    loop_unlock(l);
    if (r->body_len && r->body_len <= LIMIT_HTTP_CHUNK_BYTES) {
        memcpy(l->scratch + len, r->bytes, r->body_len);
        len += r->body_len;
    }
    (void)lws_write(wsi, l->scratch, len, LWS_WRITE_HTTP);
    http_response_dispose(r);
}

// A live stream is part of a room; all else the exchange has to itself, but for what it counts.
static int64_t next_bytes(struct loop *l, struct exchange *x, const uint8_t **bytes, bool *is_end) {
    const bool is_live = x->response.kind == HTTP_BODY_LIVE;
    if (is_live)
        loop_lock(l);
    const int64_t len =
        exchange_next(x, bytes, l->scratch, sizeof(l->scratch),
                      is_live ? &l->relay->metrics : &l->counted, net_now_us(), is_end);
    if (!is_live) {
        loop_lock(l);
        metrics_add_http(&l->relay->metrics, &l->counted);
    }
    loop_unlock(l);
    return len;
}

static int http_write(struct lws *wsi, struct http_conn *c) {
    struct loop *const l = loop_of(wsi);
    struct exchange *const x = c->exchange;
    const uint8_t *bytes = NULL;
    bool is_end = false;
    if (x && !x->is_answered && x->body_len == x->body_expected) // being made elsewhere
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, HTTP_STALLED_S);
    if (!x || !x->is_answered || lws_partial_buffered(wsi))
        return 0;
    const int64_t len = next_bytes(l, x, &bytes, &is_end);
    if (len < 0)
        return -1;
    if (len == 0 && !is_end) { // live, and nothing new: however long the show is silent
        lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
        return 0;
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, HTTP_STALLED_S);
    if (len && lws_write(wsi, (uint8_t *)(uintptr_t)bytes, (size_t)len, LWS_WRITE_HTTP) < 0)
        return -1;
    if (!is_end) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    const bool closes = x->response.closes || intake_is_blind(wsi);
    http_end(l, c);
    if (!closes && intake_answer_refused(wsi))
        return 0;
    if (closes || lws_http_transaction_completed(wsi))
        return -1;
    intake_go_on(wsi);
    return 0;
}

static const struct {
    enum lws_token_indexes token;
    size_t offset, cap;
} header_fields[] = {
#define FIELD(token, name)                                                                         \
    { token, offsetof(struct http_request, name), sizeof(((struct http_request *)0)->name) }
    FIELD(WSI_TOKEN_HOST, host),
    FIELD(WSI_TOKEN_ORIGIN, origin),
    FIELD(WSI_TOKEN_HTTP_ACCEPT_ENCODING, accept_encoding),
    FIELD(WSI_TOKEN_HTTP_CONTENT_TYPE, content_type),
    FIELD(WSI_TOKEN_HTTP_IF_NONE_MATCH, if_none_match),
    FIELD(WSI_TOKEN_HTTP_IF_MATCH, if_match),
    FIELD(WSI_TOKEN_HTTP_IF_MODIFIED_SINCE, if_modified_since),
    FIELD(WSI_TOKEN_HTTP_IF_UNMODIFIED_SINCE, if_unmodified_since),
    FIELD(WSI_TOKEN_HTTP_RANGE, range),
    FIELD(WSI_TOKEN_HTTP_IF_RANGE, if_range),
#undef FIELD
};

static const struct {
    enum lws_token_indexes token;
    enum http_method method;
} methods[] = {{WSI_TOKEN_GET_URI, HTTP_GET},      {WSI_TOKEN_HEAD_URI, HTTP_HEAD},
               {WSI_TOKEN_POST_URI, HTTP_POST},    {WSI_TOKEN_PUT_URI, HTTP_OTHER},
               {WSI_TOKEN_PATCH_URI, HTTP_PATCH},  {WSI_TOKEN_DELETE_URI, HTTP_DELETE},
               {WSI_TOKEN_OPTIONS_URI, HTTP_OTHER}};

static bool query_copy(struct lws *wsi, char *out, size_t cap) {
    char piece[LIMIT_HTTP_QUERY_BYTES];
    out[0] = '\0';
    for (int i = 0; lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++)
        if (lws_hdr_copy_fragment(wsi, piece, sizeof(piece), WSI_TOKEN_HTTP_URI_ARGS, i) < 0 ||
            !net_http_query_add(out, cap, piece))
            return false;
    return true;
}

// A header of others' making may be long: one that does not fit is as good as absent.
static void read_identity(struct lws *wsi, struct http_request *r) {
    char authorization[128], cookie[4096], agent[1024], id[LIMIT_ID_CHARS + 1];
    if (!header_copy(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, authorization, sizeof(authorization)))
        snprintf(authorization, sizeof(authorization), "?");
    if (!header_copy(wsi, WSI_TOKEN_HTTP_COOKIE, cookie, sizeof(cookie)))
        cookie[0] = '\0';
    if (!header_copy(wsi, WSI_TOKEN_HTTP_USER_AGENT, agent, sizeof(agent)))
        agent[0] = '\0';
    http_token_read(r->token, authorization, cookie);
    openid_cookie_find(r->openid, cookie);
    http_path_id(id, r->path);
    if (id[0] && !http_query_find(r->query, "pass", r->pass, sizeof(r->pass)))
        show_pass_find(r->pass, cookie, id);
    static const char request_key[] = "idempotency-key:";
    const int key_len = lws_hdr_custom_length(wsi, request_key, sizeof(request_key) - 1);
    if (key_len > 0 && lws_hdr_custom_copy(wsi, r->request_key, sizeof(r->request_key), request_key,
                                           sizeof(request_key) - 1) < 0)
        snprintf(r->request_key, sizeof(r->request_key), "?"); // no key is: it did not fit
    size_t len = 0;
    while (len < sizeof(r->agent) - 1 && agent[len] >= ' ' && agent[len] <= '~')
        len++;
    memcpy(r->agent, agent, len);
}

// Reads what we need of the head; returns 0 or the status which says why not.
static uint16_t read_request(struct lws *wsi, struct http_request *r,
                             struct net_http_framing *framing) {
    uint16_t status = 0;
    r->method = HTTP_OTHER;
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (lws_hdr_total_length(wsi, methods[i].token)) {
            r->method = methods[i].method;
            if (!header_copy(wsi, methods[i].token, r->path, sizeof(r->path)))
                status = 414;
        }
    for (size_t i = 0; i < sizeof(header_fields) / sizeof(header_fields[0]); i++)
        if (!header_copy(wsi, header_fields[i].token, (char *)r + header_fields[i].offset,
                         header_fields[i].cap))
            status = 431;
    if (!query_copy(wsi, r->query, sizeof(r->query)))
        status = 414;
    if (!header_copy(wsi, WSI_TOKEN_HTTP, framing->version, sizeof(framing->version)) ||
        !header_copy(wsi, WSI_TOKEN_CONNECTION, framing->connection, sizeof(framing->connection)) ||
        !header_copy(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, framing->content_length,
                     sizeof(framing->content_length)))
        status = 400;
    framing->has_transfer_encoding =
        lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    r->is_secure = lws_is_ssl(wsi);
    read_identity(wsi, r);
    peer_address(wsi, r->address);
    return status;
}

static int http_begin(struct lws *wsi, struct http_conn *c) {
    struct loop *const l = loop_of(wsi);
    struct net_http_framing framing = {0};
    struct http_request request = {0};
    const uint16_t status = read_request(wsi, &request, &framing);
    intake_begun(wsi);
    http_end(l, c); // none is left: a pipelined request waits for its predecessor's completion
    if (ingest_request_is_ours(request.path))
        return ingest_begin(wsi, c, &request, &framing, status);
    loop_lock(l);
    c->wsi = wsi;
    c->exchange = exchange_create(&l->api, &request, &framing, status, wake_http, answer_came, wsi,
                                  net_now_us());
    // From here on an answer that comes later may be filled in by another thread.
    const bool is_live = c->exchange && c->exchange->response.kind == HTTP_BODY_LIVE;
    loop_unlock(l);
    if (!c->exchange)
        return -1;
    l->exchange_count++;
    c->begun_us = net_now_us();
    if (is_live)
        set_lowat(wsi);
    return http_write(wsi, c); // nothing yet when a body is awaited
}

static int http_body(struct http_conn *c, const char *bytes, size_t len) {
    if (!c->exchange)
        return 0;
    return net_now_us() - c->begun_us < HTTP_BODY_US && exchange_take_body(c->exchange, bytes, len)
               ? 0
               : -1;
}

static int http_body_complete(struct lws *wsi, struct http_conn *c) {
    if (!c->exchange || c->exchange->is_answered)
        return 0;
    struct loop *const l = loop_of(wsi);
    loop_lock(l);
    exchange_body_complete(c->exchange, net_now_us());
    loop_unlock(l);
    return http_write(wsi, c);
}

static void count_connection(struct loop *l, bool is_new) {
    struct relay *const r = l->relay;
    loop_lock(l);
    if (is_new) {
        r->connection_count++;
        r->metrics.connections_opened++;
    } else if (r->connection_count) {
        r->connection_count--;
    }
    loop_unlock(l);
}

int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct http_conn *const c = user;
    switch (reason) {
    case LWS_CALLBACK_WSI_CREATE:
    case LWS_CALLBACK_WSI_DESTROY:
        count_connection(loop_of(wsi), reason == LWS_CALLBACK_WSI_CREATE);
        if (reason == LWS_CALLBACK_WSI_DESTROY)
            listener_forget(wsi);
        return 0;
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: // the loop's TLS is being set up
        return tickets_use(&((struct loop *)lws_vhost_user(in))->net->tickets, user);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return strcmp(in, "websocket") != 0;      // no h2c
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: // a WebSocket without our subprotocol
        lws_return_http_status(wsi, 400, NULL);
        return -1;
    case LWS_CALLBACK_HTTP:
        return http_begin(wsi, c);
    case LWS_CALLBACK_HTTP_BODY:
        return c->ingest ? ingest_read_ahead(c->ingest, in, len) : http_body(c, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return http_body_complete(wsi, c);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return c->ingest ? ingest_writable(c->ingest) : http_write(wsi, c);
    case LWS_CALLBACK_CLOSED_HTTP:
        if (!c)
            return 0;
        http_end(loop_of(wsi), c);
        ingest_conn_destroy(c->ingest);
        c->ingest = NULL;
        return 0;
    default:
        return 0;
    }
}
