// SPDX-License-Identifier: MIT
// /ingest/STREAM_KEY: the library reads the request's head, keeps the connection and writes the
// answer; the body is read here, straight from the socket (or its TLS), because the library neither
// decodes chunks nor takes more than 100 MiB of a body whose length nobody says. Reading stops
// while the stream is ahead of the show's clock: TCP then holds the encoder back.
#include "relay/net_lws_loop.h"

#include "relay/ingest_request.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TICK_S 0.25
// A frame that came early waits in steps of this.
#define EARLY_S 0.02
// Reads in one go; then the others get their turn.
#define READS_COUNT 4

enum { READ_WAITS = 0, READ_ENDED = -1 };

struct ingest_conn {
    struct lws *wsi;
    struct loop *loop;
    struct ingest *ingest; // NULL once answered
    struct ingest_body body;
    ev_io readable;
    ev_timer tick;
    bool is_ours;     // the library has let go of reading and of its copy of the head
    bool is_complete; // the body is: nothing more will be read
    bool is_closing;
    uint64_t heard_us, answered_us;
    size_t at, len; // unread: bytes[at .. len)
    uint8_t bytes[LIMIT_INGEST_READ_BYTES];
};

// --- Answers

static void write_answer(struct ingest_conn *c, struct http_response *r) {
    r->closes = true;
    http_answer_at_once(c->wsi, r);
    c->answered_us = net_now_us();
}

static void answer(struct ingest_conn *c, const struct ingest_problem *p) {
    struct http_response r;
    if (c->answered_us)
        return;
    http_response_init(&r);
    if (p->status)
        http_problem(&r, p->status, p->title, p->detail);
    else
        r.status = 204;
    if (p->status == 405)
        r.allow = "PUT, POST, DELETE";
    write_answer(c, &r);
}

static void leave_seat(struct ingest_conn *c) {
    loop_lock(c->loop);
    ingest_destroy(c->ingest, net_now_us());
    loop_unlock(c->loop);
    c->ingest = NULL;
}

// The library ends a connection from its callbacks alone; the next one is that bytes came, or can
// go. While it is told not to read it serves neither, and spins over a socket that can be written.
static void close_soon(struct ingest_conn *c) {
    ev_io_stop(c->loop->ev, &c->readable);
    ev_timer_stop(c->loop->ev, &c->tick);
    c->is_closing = true;
    (void)lws_rx_flow_control(c->wsi, 1);
    lws_callback_on_writable(c->wsi);
}

// The answer goes out; what still comes is read and forgotten for a while.
static void end_with(struct ingest_conn *c, const struct ingest_problem *p) {
    answer(c, p);
    if (c->ingest)
        leave_seat(c);
    c->at = c->len = 0;
    ev_io_start(c->loop->ev, &c->readable);
    if (c->is_complete || lws_partial_buffered(c->wsi))
        close_soon(c);
}

// --- Bytes in

// Bytes read, or READ_WAITS, or READ_ENDED.
static ssize_t read_some(struct ingest_conn *c, uint8_t *out, size_t cap) {
    if (lws_is_ssl(c->wsi)) {
        SSL *const tls = lws_get_ssl(c->wsi);
        const int n = SSL_read(tls, out, (int)cap);
        if (n > 0)
            return n;
        const int error = SSL_get_error(tls, n);
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? READ_WAITS
                                                                             : READ_ENDED;
    }
    const ssize_t n = recv(c->readable.fd, out, cap, MSG_DONTWAIT);
    if (n > 0)
        return n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? READ_WAITS : READ_ENDED;
}

static void set_tick(struct ingest_conn *c, double every_s) {
    if (c->tick.repeat == every_s)
        return;
    c->tick.repeat = every_s;
    ev_timer_again(c->loop->ev, &c->tick);
}

// Takes the framing off and hands the media on. False when the stream waits for its time.
static bool take(struct ingest_conn *c, bool *is_bad) {
    if (ingest_is_held(c->ingest))
        (void)ingest_take(c->ingest, c->bytes, 0, net_now_us());
    while (c->at < c->len && c->ingest->state != INGEST_OVER) {
        struct ingest_body before = c->body;
        const uint8_t *media;
        size_t consumed, media_len;
        const int status = ingest_body_next(&c->body, c->bytes + c->at, c->len - c->at, &consumed,
                                            &media, &media_len);
        if (status != INGEST_BODY_OK) {
            *is_bad = status == INGEST_BODY_BAD;
            c->is_complete = status == INGEST_BODY_DONE;
            return !ingest_is_held(c->ingest);
        }
        const size_t taken = ingest_take(c->ingest, media, media_len, net_now_us());
        if (taken < media_len) { // up to here the framing is off; the rest comes again
            const size_t head_len = (size_t)(media - (c->bytes + c->at));
            c->body = before;
            (void)ingest_body_next(&c->body, c->bytes + c->at, head_len + taken, &consumed, &media,
                                   &media_len);
            c->at += consumed;
            return false;
        }
        c->at += consumed;
    }
    return !ingest_is_held(c->ingest);
}

// What is there is handed on; true: more may be read.
static bool feed(struct ingest_conn *c, bool is_dry) {
    struct loop *const l = c->loop;
    bool is_bad = false;
    loop_lock(l);
    const bool goes_on = take(c, &is_bad);
    if (c->body.framing == INGEST_BY_LENGTH && c->at == c->len && !c->body.left)
        c->is_complete = true;
    const bool is_finished = c->is_complete && goes_on && !is_bad;
    if (is_finished)
        ingest_finish(c->ingest, net_now_us());
    else if (is_dry)
        ingest_dry(c->ingest, net_now_us());
    const bool is_over = c->ingest->state == INGEST_OVER || is_finished || is_bad;
    struct ingest_problem problem = c->ingest->problem;
    loop_unlock(l);
    if (is_bad)
        problem = (struct ingest_problem){400, "Bad request", "The chunked coding is damaged."};
    set_tick(c, goes_on ? TICK_S : EARLY_S);
    if (is_over)
        end_with(c, &problem);
    else if (goes_on && !c->is_complete)
        ev_io_start(l->ev, &c->readable);
    else
        ev_io_stop(l->ev, &c->readable);
    return goes_on && !is_over;
}

// The encoder closed its side. Of a body that lasts as long as its connection this is the proper
// end; of any other it is as when a tab goes away.
static void on_eof(struct ingest_conn *c) {
    static const struct ingest_problem none;
    ev_io_stop(c->loop->ev, &c->readable);
    c->is_complete = true;
    if (c->body.framing == INGEST_UNTIL_CLOSE)
        (void)feed(c, true);
    else
        end_with(c, &none);
}

static void forget_rest(struct ingest_conn *c) {
    const ssize_t n = read_some(c, c->bytes, sizeof(c->bytes));
    if (n == READ_ENDED)
        close_soon(c);
}

static void on_readable(struct ev_loop *ev, ev_io *watcher, int events) {
    struct ingest_conn *const c = watcher->data;
    (void)events;
    if (!c->ingest) {
        forget_rest(c);
        return;
    }
    for (int i = 0; c->ingest && i < READS_COUNT; i++) {
        if (c->at == c->len)
            c->at = c->len = 0;
        if (c->len == sizeof(c->bytes)) {
            (void)feed(c, false);
            return;
        }
        const ssize_t n = read_some(c, c->bytes + c->len, sizeof(c->bytes) - c->len);
        if (n == READ_ENDED) {
            on_eof(c);
            return;
        }
        if (n > 0) {
            c->len += (size_t)n;
            c->heard_us = net_now_us();
        }
        if (!feed(c, n == READ_WAITS) || n == READ_WAITS)
            return;
    }
    // Bytes that TLS has decoded already wake nobody.
    if (c->ingest && lws_is_ssl(c->wsi) && SSL_pending(lws_get_ssl(c->wsi)))
        ev_feed_event(ev, &c->readable, EV_READ);
}

// From now on the library neither reads nor times this connection; its head is needed no more.
static void take_over(struct ingest_conn *c) {
    if (c->is_ours)
        return;
    c->is_ours = true;
    (void)lws_http_headers_detach(c->wsi);
    lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0);
}

static void on_tick(struct ev_loop *ev, ev_timer *timer, int events) {
    struct ingest_conn *const c = timer->data;
    const uint64_t now_us = net_now_us();
    (void)ev;
    (void)events;
    take_over(c);
    if (!c->ingest) {
        if (now_us - c->answered_us > LIMIT_INGEST_FAREWELL_US)
            close_soon(c);
        return;
    }
    if (c->at < c->len || ingest_is_held(c->ingest)) { // it waits: nobody is silent
        c->heard_us = now_us;
        (void)feed(c, false);
        return;
    }
    loop_lock(c->loop);
    ingest_tick(c->ingest, now_us);
    struct ingest_problem problem = c->ingest->problem;
    loop_unlock(c->loop);
    if (!problem.status && now_us - c->heard_us > LIMIT_INGEST_SILENT_US)
        problem = (struct ingest_problem){408, "Request timeout", "Nothing came for 15 seconds."};
    if (problem.status)
        end_with(c, &problem);
}

// --- From and to the library

static void read_head(struct lws *wsi, struct ingest_head *head, char encoding[64],
                      char content_encoding[64]) {
    head->method = lws_hdr_total_length(wsi, WSI_TOKEN_PUT_URI)      ? INGEST_PUT
                   : lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI)   ? INGEST_POST
                   : lws_hdr_total_length(wsi, WSI_TOKEN_DELETE_URI) ? INGEST_DELETE
                                                                     : INGEST_OTHER;
    if (!header_copy(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING, encoding, 64))
        snprintf(encoding, 64, "?");
    if (!header_copy(wsi, WSI_TOKEN_HTTP_CONTENT_ENCODING, content_encoding, 64))
        snprintf(content_encoding, 64, "?");
    head->transfer_encoding = encoding;
    head->content_encoding = content_encoding;
}

static void end_show(struct ingest_conn *c, struct ingest_plan *plan) {
    loop_lock(c->loop);
    (void)ingest_end_show(c->loop->relay, plan->key, net_now_us(), &plan->problem);
    loop_unlock(c->loop);
    c->is_complete = true;
}

// What the head asks for is begun, or refused.
static void open_seat(struct ingest_conn *c, const struct http_request *request,
                      struct ingest_plan *plan, enum ingest_method method) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char expect[32];
    struct loop *const l = c->loop;
    if (!plan->problem.status && method == INGEST_DELETE)
        end_show(c, plan);
    if (plan->problem.status || method == INGEST_DELETE) {
        answer(c, &plan->problem);
        return;
    }
    loop_lock(l);
    c->ingest = ingest_create(l->relay, l->index, plan->key, request->address, net_now_us(),
                              &plan->problem);
    loop_unlock(l);
    if (!c->ingest) {
        answer(c, &plan->problem);
        return;
    }
    ingest_body_init(&c->body, plan->framing, plan->len);
    if (header_copy(c->wsi, WSI_TOKEN_HTTP_EXPECT, expect, sizeof(expect)) && expect[0]) {
        memcpy(l->scratch, go_on, sizeof(go_on) - 1);
        (void)lws_write(c->wsi, l->scratch, sizeof(go_on) - 1, LWS_WRITE_HTTP);
    }
}

int ingest_begin(struct lws *wsi, struct http_conn *conn, const struct http_request *request,
                 const struct net_http_framing *framing, uint16_t status) {
    struct loop *const l = loop_of(wsi);
    char encoding[64], content_encoding[64];
    struct ingest_head head = {.path = request->path,
                               .version = framing->version,
                               .connection = framing->connection,
                               .content_length = framing->content_length};
    struct ingest_plan plan;
    struct net_http_plan general;
    struct net_http_framing bare = *framing;
    struct ingest_conn *const c = malloc(sizeof(*c));
    if (!c)
        return -1;
    memset(c, 0, offsetof(struct ingest_conn, bytes));
    c->wsi = wsi;
    c->loop = l;
    c->heard_us = net_now_us();
    conn->ingest = c;
    l->exchange_count++;
    // Version and Host as of any request; the body's framing is read here.
    bare.has_transfer_encoding = false;
    bare.content_length[0] = '\0';
    read_head(wsi, &head, encoding, content_encoding);
    ingest_request_plan(&plan, &head);
    net_http_plan(&general, request, &bare, status);
    if (general.status) {
        plan.problem = (struct ingest_problem){.status = general.status, .title = general.title};
        snprintf(plan.problem.detail, sizeof(plan.problem.detail), "%s", general.detail);
    }
    (void)lws_rx_flow_control(wsi, 0);
    ev_io_init(&c->readable, on_readable, lws_get_socket_fd(wsi), EV_READ);
    ev_timer_init(&c->tick, on_tick, TICK_S, TICK_S);
    c->readable.data = c->tick.data = c;
    ev_io_start(l->ev, &c->readable);
    ev_timer_start(l->ev, &c->tick);
    open_seat(c, request, &plan, head.method);
    return 0;
}

int ingest_read_ahead(struct ingest_conn *c, const uint8_t *bytes, size_t len) {
    if (c->is_closing)
        return -1;
    if (!c->ingest)
        return 0;
    if (len > sizeof(c->bytes) - c->len)
        return -1;
    memcpy(c->bytes + c->len, bytes, len);
    c->len += len;
    ev_feed_event(c->loop->ev, &c->readable, EV_READ);
    return 0;
}

int ingest_writable(const struct ingest_conn *c) { return c->is_closing ? -1 : 0; }

void ingest_conn_destroy(struct ingest_conn *c) {
    if (!c)
        return;
    ev_io_stop(c->loop->ev, &c->readable);
    ev_timer_stop(c->loop->ev, &c->tick);
    if (c->ingest)
        leave_seat(c);
    c->loop->exchange_count--;
    free(c);
}
