// SPDX-License-Identifier: MIT
// The only file that includes libwebsockets and libev: their loop, their callbacks, nothing else. A
// WebSocket message goes to session.h, an HTTP request to net_http.h; when a socket is writable it
// pulls. Messages are framed already, so they are written raw (LWS_WRITE_HTTP); what the kernel
// does not take the library keeps, and while it keeps anything (lws_partial_buffered) nothing more
// is written: PONGs of its own would otherwise fall into a frame.
#include "relay/net.h"

#include "relay/exchange.h"
#include "relay/message_parts.h"
#include "relay/ready_list.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <libwebsockets.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK_S 0.05
#define DRAIN_US 3000000ULL
// Beyond this many bytes in one go the other viewers get their turn.
#define TURN_BYTES (256 * 1024)
// More unsent bytes than this in the kernel would only hide that a viewer is slow.
#define NOTSENT_LOWAT_BYTES (64 * 1024)
// A request must be there within this, a response must make progress.
#define HTTP_TIMEOUT_S 10
#define HTTP_STALLED_S 20
#define KEEPALIVE_S 30

struct net {
    struct net_config config;
    struct relay *relay;
    struct api *api;
    struct ev_loop *loop;
    struct lws_context *context;
    struct lws_vhost *vhost;
    ev_timer tick;
    ev_async notified;
    ev_prepare before_sleep;
    ev_signal sigterm, sigint;
    struct ready_list ready; // woken, to be written before the loop sleeps
    uint64_t tick_due_us;
    uint64_t stopping_us; // 0 = running
    uint64_t exchange_count;
    uint8_t scratch[HTTP_HEAD_BYTES + LIMIT_HTTP_CHUNK_BYTES];
};

// Of one WebSocket; the library's per-session memory.
struct ws_conn {
    struct session *session;
    struct lws *wsi;
    struct net *net;
    struct message_parts parts;
    struct ready_node ready;
    bool is_close_sent;
    bool is_cut;
};

// Of one HTTP connection.
struct http_conn {
    struct exchange *exchange; // NULL between requests
};

uint64_t net_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static struct net *net_of(struct lws *wsi) { return lws_context_user(lws_get_context(wsi)); }

static void peer_address(struct lws *wsi, char out[46]) {
    out[0] = '\0';
    if (net_of(wsi)->config.trusts_proxy) {
        char list[LIMIT_HTTP_HEADER_BYTES];
        if (lws_hdr_copy(wsi, list, sizeof(list), WSI_TOKEN_X_FORWARDED_FOR) > 0) {
            net_http_last_address(list, out);
            if (out[0])
                return;
        }
    }
    lws_get_peer_simple(wsi, out, 46);
}

// --- WebSocket

// Only notes who has something: writing within the core's loops could change what they walk over.
// Before the loop sleeps all are written at once, without asking for POLLOUT first: two system
// calls less for each message.
static void wake_ws(void *conn) {
    struct ws_conn *const c = conn;
    ready_list_add(&c->net->ready, &c->ready);
}

// Ends a connection from outside its callbacks: the socket reports its end to the library, which
// then closes it.
static void cut_ws(void *conn) {
    struct ws_conn *const c = conn;
    if (!c->is_cut)
        (void)shutdown(lws_get_socket_fd(c->wsi), SHUT_RDWR);
    c->is_cut = true;
}

static bool header_copy(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap) {
    out[0] = '\0';
    const int len = lws_hdr_total_length(wsi, token);
    return len == 0 || ((size_t)len < cap && lws_hdr_copy(wsi, out, (int)cap, token) >= 0);
}

// An upgrade is ours when it asks for /ws and comes from our own pages.
static bool is_upgrade_allowed(struct lws *wsi) {
    const struct net *const n = net_of(wsi);
    char path[16], origin[LIMIT_HTTP_HEADER_BYTES], host[LIMIT_HTTP_HEADER_BYTES];
    return header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof(path)) && strcmp(path, "/ws") == 0 &&
           header_copy(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)) &&
           header_copy(wsi, WSI_TOKEN_HOST, host, sizeof(host)) && http_host_is_sane(host) &&
           http_origin_is_ours(origin, host, n->relay->config.public_url);
}

static void set_lowat(struct lws *wsi) {
    const int bytes = NOTSENT_LOWAT_BYTES;
    (void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

static int ws_open(struct lws *wsi, struct ws_conn *c) {
    char address[46];
    peer_address(wsi, address);
    c->wsi = wsi;
    c->net = net_of(wsi);
    set_lowat(wsi);
    c->session = session_create(c->net->relay, c, address, net_now_us());
    return c->session ? 0 : -1;
}

static void ws_close(struct net *n, struct ws_conn *c) {
    if (c->session)
        session_destroy(c->session, net_now_us());
    c->session = NULL;
    ready_list_remove(&n->ready, &c->ready); // leaving the room may have woken it once more
    message_parts_dispose(&c->parts);
}

static void ws_receive(struct lws *wsi, struct ws_conn *c, const uint8_t *bytes, size_t len) {
    const struct message_part part = {.bytes = bytes,
                                      .len = len,
                                      .announced = lws_remaining_packet_payload(wsi),
                                      .is_text = !lws_frame_is_binary(wsi),
                                      .is_first = lws_is_first_fragment(wsi),
                                      .is_final = lws_is_final_fragment(wsi)};
    message_parts_take(&c->parts, c->session, &part, net_now_us());
}

// The library's own close would cut the connection at the next bytes that are no close frame, and
// the reset that follows takes our code with it. So: our own close frame, then read and forget
// until the peer's comes.
static int send_close(struct lws *wsi, struct ws_conn *c) {
    const uint16_t code = c->session->close_code;
    uint8_t frame[4] = {0x88, 2, (uint8_t)(code >> 8), (uint8_t)code};
    if (c->is_close_sent)
        return 0;
    c->is_close_sent = true;
    return lws_write(wsi, frame, sizeof(frame), LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

static int ws_write(struct lws *wsi, struct ws_conn *c) {
    uint8_t ping[3] = {0x89, 1, 'p'}; // the library does not tell of an empty PONG
    size_t written = 0;
    ready_list_remove(&c->net->ready, &c->ready);
    while (!lws_partial_buffered(wsi)) { // if it keeps something, it calls again when that has left
        struct message *m = NULL;
        switch (session_pull(c->session, &m, net_now_us())) {
        case SESSION_PULL_NOTHING:
            return 0;
        case SESSION_PULL_CLOSE:
            return send_close(wsi, c);
        case SESSION_PULL_PING:
            if (lws_write(wsi, ping, sizeof(ping), LWS_WRITE_HTTP) < 0)
                return -1;
            continue;
        case SESSION_PULL_MESSAGE:
            break;
        }
        const int len = lws_write(wsi, m->bytes, m->framed_len, LWS_WRITE_HTTP);
        written += m->framed_len;
        message_unref(m);
        if (len < 0)
            return -1;
        if (!session_wants_write(c->session))
            return 0;
        if (written >= TURN_BYTES) {
            lws_callback_on_writable(wsi);
            return 0;
        }
    }
    return 0;
}

static void on_before_sleep(struct ev_loop *loop, ev_prepare *prepare, int events) {
    struct net *const n = prepare->data;
    (void)loop;
    (void)events;
    while (n->ready.first) {
        struct ws_conn *const c = lws_container_of(n->ready.first, struct ws_conn, ready);
        if (ws_write(c->wsi, c) != 0)
            cut_ws(c);
    }
}

static int on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t len) {
    struct ws_conn *const c = user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        if (is_upgrade_allowed(wsi))
            return 0;
        net_of(wsi)->relay->metrics.http_responses[4]++;
        lws_return_http_status(wsi, 403, NULL);
        return -1;
    case LWS_CALLBACK_ESTABLISHED:
        return ws_open(wsi, c);
    case LWS_CALLBACK_RECEIVE:
        ws_receive(wsi, c, in, len);
        return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        session_heard(c->session, net_now_us());
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return ws_write(wsi, c);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return c->is_close_sent ? -1 : 0; // the answer to ours; else the library answers
    case LWS_CALLBACK_CLOSED:
        ws_close(net_of(wsi), c);
        return 0;
    default:
        return 0;
    }
}

// --- HTTP

static void wake_http(struct exchange *x) { lws_callback_on_writable(x->conn); }

static void http_end(struct net *n, struct http_conn *c) {
    if (!c->exchange)
        return;
    exchange_destroy(c->exchange);
    c->exchange = NULL;
    n->exchange_count--;
}

static int http_write(struct lws *wsi, struct http_conn *c) {
    struct net *const n = net_of(wsi);
    struct exchange *const x = c->exchange;
    const uint8_t *bytes = NULL;
    bool is_end = false;
    if (!x || !x->is_answered || lws_partial_buffered(wsi))
        return 0;
    const int64_t len =
        exchange_next(x, &bytes, n->scratch, sizeof(n->scratch), net_now_us(), &is_end);
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
    const bool closes = x->response.closes;
    http_end(n, c);
    return closes || lws_http_transaction_completed(wsi) ? -1 : 0;
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
               {WSI_TOKEN_PATCH_URI, HTTP_OTHER},  {WSI_TOKEN_DELETE_URI, HTTP_OTHER},
               {WSI_TOKEN_OPTIONS_URI, HTTP_OTHER}};

static bool query_copy(struct lws *wsi, char *out, size_t cap) {
    char piece[LIMIT_HTTP_PATH_BYTES];
    out[0] = '\0';
    for (int i = 0; lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++)
        if (lws_hdr_copy_fragment(wsi, piece, sizeof(piece), WSI_TOKEN_HTTP_URI_ARGS, i) < 0 ||
            !net_http_query_add(out, cap, piece))
            return false;
    return true;
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
    peer_address(wsi, r->address);
    return status;
}

static int http_begin(struct lws *wsi, struct http_conn *c) {
    struct net *const n = net_of(wsi);
    struct net_http_framing framing = {0};
    struct http_request request = {0};
    const uint16_t status = read_request(wsi, &request, &framing);
    http_end(n,
             c); // none is left; a pipelined request comes only after its predecessor's completion
    c->exchange = exchange_create(n->api, &request, &framing, status, wake_http, wsi, net_now_us());
    if (!c->exchange)
        return -1;
    n->exchange_count++;
    if (c->exchange->response.kind == HTTP_BODY_LIVE)
        set_lowat(wsi);
    return http_write(wsi, c); // nothing yet when a body is awaited
}

static int http_body_complete(struct lws *wsi, struct http_conn *c) {
    if (!c->exchange || c->exchange->is_answered)
        return 0;
    exchange_body_complete(c->exchange, net_now_us());
    return http_write(wsi, c);
}

static int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                   size_t len) {
    struct http_conn *const c = user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: {
        struct net *const n = net_of(wsi);
        if (n->relay->connection_count < n->config.connections_count && !n->stopping_us)
            return 0;
        n->relay->metrics.connections_refused++;
        return 1;
    }
    case LWS_CALLBACK_WSI_CREATE:
        net_of(wsi)->relay->connection_count++;
        net_of(wsi)->relay->metrics.connections_opened++;
        return 0;
    case LWS_CALLBACK_WSI_DESTROY: // also of the listener, which was never counted, at the very end
        if (net_of(wsi)->relay->connection_count)
            net_of(wsi)->relay->connection_count--;
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return strcmp(in, "websocket") != 0;      // no h2c
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: // a WebSocket without our subprotocol
        lws_return_http_status(wsi, 400, NULL);
        return -1;
    case LWS_CALLBACK_HTTP:
        return http_begin(wsi, c);
    case LWS_CALLBACK_HTTP_BODY:
        return !c->exchange || exchange_take_body(c->exchange, in, len) ? 0 : -1;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return http_body_complete(wsi, c);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return http_write(wsi, c);
    case LWS_CALLBACK_CLOSED_HTTP:
        if (c)
            http_end(net_of(wsi), c);
        return 0;
    default:
        return 0;
    }
}

// --- Loop

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events) {
    struct net *const n = timer->data;
    const uint64_t now_us = net_now_us();
    (void)events;
    relay_loop_delay(n->relay, now_us, now_us > n->tick_due_us ? now_us - n->tick_due_us : 0);
    n->tick_due_us = now_us + (uint64_t)(TICK_S * 1e6);
    n->config.on_tick(n->config.tick_ctx, now_us);
    relay_tick(n->relay, now_us, cut_ws);
    const bool is_quiet = !n->relay->session_count && !n->exchange_count;
    if (n->stopping_us && (is_quiet || now_us - n->stopping_us > DRAIN_US))
        ev_break(loop, EVBREAK_ALL);
}

static void on_notified(struct ev_loop *loop, ev_async *async, int events) {
    struct net *const n = async->data;
    (void)loop;
    (void)events;
    n->config.on_tick(n->config.tick_ctx, net_now_us());
}

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events) {
    struct net *const n = signal->data;
    (void)events;
    if (n->stopping_us) { // asked twice: now
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    n->stopping_us = net_now_us();
    relay_stop(n->relay, n->stopping_us);
}

static void on_library_log(int level, const char *line) {
    (void)level;
    fprintf(stderr, "libwebsockets: %s", line);
}

static const struct lws_protocols protocols[] = {
    {.name = "http",
     .callback = on_http,
     .per_session_data_size = sizeof(struct http_conn),
     .tx_packet_size = 1 << 20},
    // One write is one system call up to 1 MiB. 1 kB of receive buffer each: viewers hardly speak,
    // and a publisher's 600 kB/s are 600 calls.
    {.name = WIRE_SUBPROTOCOL,
     .callback = on_ws,
     .per_session_data_size = sizeof(struct ws_conn),
     .rx_buffer_size = 1024,
     .tx_packet_size = (1 << 20) + 64},
    {0}};

// No validity checks by the library: they keep each socket in a sorted list, whose insertions cost
// 10,000 sockets 200 us each. session_tick sends the PINGs.
static const lws_retry_bo_t no_validity = {0};

static int create_context(struct net *n) {
    void *loops[1] = {n->loop};
    const bool is_secure = n->config.tls_cert[0] != '\0';
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .gid = -1,
        .uid = -1,
        .foreign_loops = loops,
        .user = n,
        .pt_serv_buf_size = 64 * 1024,
        .timeout_secs = HTTP_TIMEOUT_S,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DISABLE_IPV6 |
                   (is_secure ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
    };
    if (strchr(n->config.host, ':'))
        info.options &= ~(uint64_t)LWS_SERVER_OPTION_DISABLE_IPV6;
    n->context = lws_create_context(&info);
    if (!n->context)
        return -1;
    info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
    info.port = n->config.port;
    info.iface = n->config.host[0] ? n->config.host : NULL;
    info.vhost_name = "tabcast";
    info.protocols = protocols;
    info.keepalive_timeout = KEEPALIVE_S;
    info.retry_and_idle_policy = &no_validity;
    info.alpn = "http/1.1"; // WebSocket over HTTP/2 would share one socket among viewers
    if (is_secure) {
        info.ssl_cert_filepath = n->config.tls_cert;
        info.ssl_private_key_filepath = n->config.tls_key;
        info.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";
    }
    n->vhost = lws_create_vhost(n->context, &info);
    return n->vhost ? 0 : -1;
}

struct net *net_create(const struct net_config *config, struct relay *relay, struct api *api) {
    struct net *const n = calloc(1, sizeof(*n));
    if (!n)
        return NULL;
    lws_set_log_level(LLL_ERR, on_library_log);
    n->config = *config;
    n->relay = relay;
    n->api = api;
    relay->wake = wake_ws;
    n->loop = ev_loop_new(EVFLAG_AUTO);
    if (!n->loop || create_context(n) != 0) {
        net_destroy(n);
        return NULL;
    }
    ev_timer_init(&n->tick, on_tick, TICK_S, TICK_S);
    ev_async_init(&n->notified, on_notified);
    ev_prepare_init(&n->before_sleep, on_before_sleep);
    ev_signal_init(&n->sigterm, on_signal, SIGTERM);
    ev_signal_init(&n->sigint, on_signal, SIGINT);
    n->tick.data = n->notified.data = n->before_sleep.data = n->sigterm.data = n->sigint.data = n;
    ev_timer_start(n->loop, &n->tick);
    ev_async_start(n->loop, &n->notified);
    ev_prepare_start(n->loop, &n->before_sleep);
    ev_signal_start(n->loop, &n->sigterm);
    ev_signal_start(n->loop, &n->sigint);
    return n;
}

uint16_t net_port(const struct net *n) { return (uint16_t)lws_get_vhost_listen_port(n->vhost); }

void net_run(struct net *n) {
    n->tick_due_us = net_now_us() + (uint64_t)(TICK_S * 1e6);
    ev_run(n->loop, 0);
}

void net_notify(struct net *n) { ev_async_send(n->loop, &n->notified); }

void net_destroy(struct net *n) {
    if (!n)
        return;
    if (n->context)
        lws_context_destroy(n->context); // every open connection gets its CLOSED
    if (n->loop)
        ev_loop_destroy(n->loop);
    free(n);
}
