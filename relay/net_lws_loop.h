// SPDX-License-Identifier: MIT
// What the net_lws*.c files share: one event loop with its library context, and the two kinds of
// connection. A loop and all its connections belong to one thread; the fields below "under the
// relay's lock" are what other threads may touch.
#ifndef TABCAST_RELAY_NET_LWS_LOOP_H
#define TABCAST_RELAY_NET_LWS_LOOP_H

#include "relay/address_counts.h"
#include "relay/busy_meter.h"
#include "relay/exchange.h"
#include "relay/frame_check.h"
#include "relay/head_check.h"
#include "relay/message_parts.h"
#include "relay/net.h"
#include "relay/push.h"
#include "relay/ready_list.h"
#include "relay/span.h"
#include <ev.h>
#include <libwebsockets.h>
#include <stdatomic.h>

// More unsent bytes than this in the kernel would only hide that a viewer is slow.
#define NOTSENT_LOWAT_BYTES (16 * 1024)
#define KEEPALIVE_S 30
// A request must be there within this, a response must make progress.
#define HTTP_TIMEOUT_S 10
#define HTTP_STALLED_S 20
// A body must be there whole within this, however often a byte of it comes.
#define HTTP_BODY_US 15000000ULL

struct intake_block; // net_lws_intake.c

struct loop {
    struct net *net;
    struct relay *relay;
    unsigned index;
    struct api api; // the program's, with this loop's number
    pthread_t thread;
    struct ev_loop *ev;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct ssl_ctx_st *no_client; // for TLS clients, which there are none of
    int listener_fd;
    struct intake_block **intake_blocks; // by descriptor
    size_t intake_block_count;
    struct ahead *aheads; // net_lws_intake.c, which serves them
    ev_timer turn;        // in this
    ev_io acceptor;
    ev_timer tick, ride;
    ev_async notified;
    ev_prepare before_sleep;
    ev_check after_sleep;
    struct busy_meter busy;
    struct push *push;
    struct span span;
    struct bundle bundles[LIMIT_RENDITIONS_COUNT];
    struct bundle_sum pushed;
    uint64_t tick_due_us;
    uint64_t exchange_count;
    unsigned reload_count;  // of the network's, how many were followed
    struct metrics counted; // of HTTP bodies, until it is added under the lock
    uint8_t scratch[HTTP_HEAD_BYTES + LIMIT_HTTP_CHUNK_BYTES];

    // Under the relay's lock.
    struct ready_list ready;    // connections that have something to write
    struct ready_list answered; // HTTP connections whose answer came later
    struct ready_list news;     // branches whose room has something new
    atomic_bool is_called;      // one of the lists may hold something; read without the lock
};

// Of TLS session tickets (net_lws_tickets.c).
struct ticket_key {
    uint8_t name[16];
    uint8_t cipher[32];
    uint8_t mac[32];
};

struct tickets {
    pthread_mutex_t lock;
    struct ticket_key keys[2]; // the newest seals; what the one before it sealed is still taken
    uint64_t made_us;
};

struct net {
    struct net_config config;
    struct relay *relay;
    struct loop *loops;
    unsigned loop_count;
    ev_signal sigterm, sigint, sighup, sigusr2;
    atomic_uint reload_count;     // times the certificate was to be read anew
    _Atomic uint64_t stopping_us; // 0 = running
    uint16_t port;
    struct address_counts addresses; // under the relay's lock
    struct tickets tickets;
};

// Of one WebSocket; the library's per-session memory. 72 bytes: each idle viewer pays them. Its
// loop is loop_of(wsi).
struct ws_conn {
    struct session *session;
    struct lws *wsi; // NULL until it is open
    int fd;
    bool is_secure : 1; // bytes go through the library alone
    bool is_choked : 1; // the socket took nothing: the library will say when it does
    bool is_close_sent : 1;
    bool is_leaving : 1; // the peer has said goodbye: nothing may follow the library's answer
    bool is_deaf : 1;    // what it sends is forgotten: it broke the rules of frames
    bool is_cut : 1;
    // Above is all that a push looks at.
    struct message_parts parts;
    struct ready_node ready;
};

// Of one HTTP connection.
struct http_conn {
    struct exchange *exchange;  // NULL between requests
    struct lws *wsi;            // with an exchange
    struct ready_node answered; // under the relay's lock
    struct ingest_conn *ingest; // of /ingest; or NULL
    uint64_t begun_us;
};

// --- net_lws.c
struct loop *loop_of(struct lws *wsi);
void loop_lock(struct loop *l);
void loop_unlock(struct loop *l);
bool header_copy(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap);
void peer_address(struct lws *wsi, char out[46]);
void set_lowat(struct lws *wsi);

// --- net_lws_tickets.c
void tickets_init(struct tickets *t, uint64_t now_us);
void tickets_dispose(struct tickets *t);
// Another key seals from now on. tickets_age: when it is time. Both on the first loop's thread.
void tickets_renew(struct tickets *t, uint64_t now_us);
void tickets_age(struct tickets *t, uint64_t now_us);
// A loop's TLS takes them; 0, or -1.
int tickets_use(struct tickets *t, SSL_CTX *context);

// --- net_lws_listen.c
// A listening socket on host:port that shares its port with those of the other loops, the first of
// which refuses a port that another program has; *port 0 picks one. What it accepts shares lines
// the way `congestion` says, if that is not empty. -1: errno says why.
int listener_open(const char *host, uint16_t *port, const char *congestion, bool is_first);
// Takes new connections into the loop.
void listener_start(struct loop *l);
void listener_stop(struct loop *l);
// A connection has gone: its address may have another.
void listener_forget(struct lws *wsi);

// --- net_lws_intake.c
// This thread reads the loop's connections from now on; NULL: none any more.
void intake_serve(struct loop *l);
// False when the library's reads do not come through intake_recv and intake_tls_read.
bool intake_is_in_place(void);
// A connection begins, before the library has it; false when out of memory. Then the library's.
bool intake_open(struct loop *l, int fd, uint64_t address, bool is_secure);
void intake_adopted(struct loop *l, int fd, struct lws *wsi);
// A connection has gone; returns its address.
uint64_t intake_close(struct loop *l, int fd);
// The library has read one request's head.
void intake_begun(struct lws *wsi);
// The connection became this WebSocket.
void intake_upgraded(struct ws_conn *c);
// Whether what comes behind this request goes unread; the connection ends with it.
bool intake_is_blind(struct lws *wsi);
// Behind a whole answer: what the client asked meanwhile gets its turn.
void intake_go_on(struct lws *wsi);
// Behind a whole answer: true when the next request is refused, which it is told now.
bool intake_answer_refused(struct lws *wsi);
void intake_dispose(struct loop *l);

// --- net_lws_ws.c
int on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
void wake_ws(void *conn);  // relay->wake
void watch_ws(void *conn); // relay->watch
void cut_ws(void *conn);
// Writes what the connection has; 0, or -1 when it shall be cut.
int ws_write(struct ws_conn *c);

// --- net_lws_http.c
// Writes a short answer in one go; the response is disposed of.
void http_answer_at_once(struct lws *wsi, struct http_response *r);
// Its answer is there, and goes out. On its own loop, under the lock.
void http_answered(struct http_conn *c);
int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

// --- net_lws_ingest.c
// A request to /ingest: from here on its connection is read there.
int ingest_begin(struct lws *wsi, struct http_conn *c, const struct http_request *request,
                 const struct net_http_framing *framing, uint16_t status);
// What the library had read of the body along with the head; -1: too much.
int ingest_read_ahead(struct ingest_conn *c, const uint8_t *bytes, size_t len);
// The socket can take bytes; -1: the connection shall end.
int ingest_writable(const struct ingest_conn *c);
void ingest_conn_destroy(struct ingest_conn *c); // also NULL

// --- net_lws_push.c
// One of the loop's lists has something. From any thread, under the lock.
void loop_call(struct loop *l);
void wake_branch(struct branch *b);   // relay->wake_branch
void forget_branch(struct branch *b); // relay->forget_branch
push_on_short push_fell_short;        // ctx: the loop, peer: the ws_conn
// Serves every branch that has news. Lock held; let go of while it sends.
void push_news(struct loop *l);
void on_ride_over(struct ev_loop *ev, ev_timer *timer, int events);

#endif
