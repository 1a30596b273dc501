// SPDX-License-Identifier: MIT
// Sets up and runs the loops: contexts of libwebsockets on libev, one per thread, their timers, and
// the end of it all. What they do stands in net_lws_listen.c, net_lws_ws.c, net_lws_http.c and
// net_lws_push.c.
#include "relay/net_lws_loop.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK_S 0.05
#define DRAIN_US 3000000ULL
#define STOPPING_HURRIED_US 1ULL // since so long ago that no time to drain is left
// A crowded loop turns at most so often: what comes within this is fetched and sent on together.
#define COLLECT_S 0.002

uint64_t net_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct loop *loop_of(struct lws *wsi) {
    return lws_context_user(lws_get_context(wsi));
}

void loop_lock(struct loop *l) { pthread_mutex_lock(&l->relay->lock); }
void loop_unlock(struct loop *l) { pthread_mutex_unlock(&l->relay->lock); }

bool header_copy(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap) {
    out[0] = '\0';
    const int len = lws_hdr_total_length(wsi, token);
    return len == 0 || ((size_t)len < cap && lws_hdr_copy(wsi, out, (int)cap, token) >= 0);
}

void peer_address(struct lws *wsi, char out[46]) {
    out[0] = '\0';
    if (loop_of(wsi)->net->config.trusts_proxy) {
        char list[LIMIT_HTTP_HEADER_BYTES];
        if (lws_hdr_copy(wsi, list, sizeof(list), WSI_TOKEN_X_FORWARDED_FOR) > 0) {
            net_http_last_address(list, out);
            if (out[0])
                return;
        }
    }
    lws_get_peer_simple(wsi, out, 46);
}

void set_lowat(struct lws *wsi) {
    const int bytes = NOTSENT_LOWAT_BYTES;
    (void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

// --- Time

// All that happened in this turn of the loop is served at once: what came in one read goes out in
// one push, and nobody is asked for POLLOUT first.
static void on_before_sleep(struct ev_loop *ev, ev_prepare *prepare, int events) {
    struct loop *const l = prepare->data;
    (void)events;
    if (atomic_exchange_explicit(&l->is_called, false, memory_order_relaxed)) {
        loop_lock(l);
        push_news(l);
        while (l->answered.first) {
            struct http_conn *const c =
                lws_container_of(l->answered.first, struct http_conn, answered);
            ready_list_remove(&l->answered, &c->answered);
            http_answered(c);
        }
        while (l->ready.first) {
            struct ws_conn *const c = lws_container_of(l->ready.first, struct ws_conn, ready);
            ready_list_remove(&l->ready, &c->ready);
            loop_unlock(l);
            if (ws_write(c) != 0)
                cut_ws(c);
            loop_lock(l);
        }
        loop_unlock(l);
    }
    busy_meter_sleeps(&l->busy, net_now_us());
    const double collect_s = l->busy.is_crowded ? COLLECT_S : 0;
    ev_set_io_collect_interval(ev, collect_s);
    ev_set_timeout_collect_interval(ev, collect_s);
}

static void on_after_sleep(struct ev_loop *ev, ev_check *check, int events) {
    struct loop *const l = check->data;
    (void)ev;
    (void)events;
    busy_meter_wakes(&l->busy, net_now_us());
}

static bool has_drained(const struct loop *l, uint64_t now_us) {
    const uint64_t stopping_us = l->net->stopping_us;
    if (!stopping_us)
        return false;
    return (!l->relay->loops[l->index].session_count && !l->exchange_count) ||
           now_us - stopping_us > DRAIN_US;
}

// Connections that are there keep the certificate they were opened with.
static void follow_reload(struct loop *l) {
    const struct net_config *const config = &l->net->config;
    const unsigned wanted = l->net->reload_count;
    if (l->reload_count == wanted)
        return;
    l->reload_count = wanted;
    if (!config->tls_cert[0])
        return;
    const int failed =
        lws_tls_cert_updated(l->context, config->tls_cert, config->tls_key, NULL, 0, NULL, 0);
    if (l->index != 0)
        return;
    loop_lock(l);
    log_event(l->relay->log, relay_unix_us(l->relay, net_now_us()),
              failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
              failed ? "certificate-not-read" : "certificate-read",
              LOG_TEXT("file", config->tls_cert));
    loop_unlock(l);
}

static void on_tick(struct ev_loop *ev, ev_timer *timer, int events) {
    struct loop *const l = timer->data;
    const struct net_config *const config = &l->net->config;
    const uint64_t now_us = net_now_us();
    (void)events;
    loop_lock(l);
    relay_loop_delay(l->relay, now_us, now_us > l->tick_due_us ? now_us - l->tick_due_us : 0);
    if (l->index == 0)
        config->on_tick(config->tick_ctx, now_us);
    if (l->index == 0)
        tickets_age(&l->net->tickets, now_us);
    relay_tick(l->relay, l->index, now_us, cut_ws);
    const bool is_over = has_drained(l, now_us);
    loop_unlock(l);
    follow_reload(l);
    l->tick_due_us = now_us + (uint64_t)(TICK_S * 1e6);
    if (is_over)
        ev_break(ev, EVBREAK_ALL);
}

// Called by another thread: what it left is served before the loop sleeps again.
static void on_notified(struct ev_loop *ev, ev_async *async, int events) {
    struct loop *const l = async->data;
    (void)ev;
    (void)events;
    if (l->index != 0)
        return;
    loop_lock(l);
    l->net->config.on_tick(l->net->config.tick_ctx, net_now_us());
    loop_unlock(l);
}

static void on_signal(struct ev_loop *ev, ev_signal *signal, int events) {
    struct net *const n = signal->data;
    (void)events;
    const uint64_t now_us = net_now_us();
    // Asked twice: now. The other loops see it at their next tick.
    const bool is_second = n->stopping_us != 0;
    n->stopping_us = is_second ? STOPPING_HURRIED_US : now_us;
    if (is_second) {
        ev_break(ev, EVBREAK_ALL);
        return;
    }
    pthread_mutex_lock(&n->relay->lock);
    (signal == &n->sigusr2 ? relay_leave : relay_stop)(n->relay, now_us);
    pthread_mutex_unlock(&n->relay->lock);
}

static void on_hangup(struct ev_loop *ev, ev_signal *signal, int events) {
    struct net *const n = signal->data;
    (void)ev;
    (void)events;
    n->reload_count++;
    tickets_renew(&n->tickets, net_now_us());
}

// --- Set-up

static void on_library_log(int level, const char *line) {
    (void)level;
    fprintf(stderr, "libwebsockets: %s", line);
}

// One write is one system call up to 1 MiB. Viewers hardly speak, and their receive buffers are
// most of what an idle one costs; of a publisher, a message comes in one piece or two.
#define WEBSOCKET(name_, rx_bytes)                                                                 \
    {                                                                                              \
        .name = name_, .callback = on_ws, .per_session_data_size = sizeof(struct ws_conn),         \
        .rx_buffer_size = rx_bytes, .tx_packet_size = (1 << 20) + 64                               \
    }
static const struct lws_protocols protocols[] = {{.name = "http",
                                                  .callback = on_http,
                                                  .per_session_data_size = sizeof(struct http_conn),
                                                  .tx_packet_size = 1 << 20},
                                                 WEBSOCKET(WIRE_SUBPROTOCOL, 128),
                                                 WEBSOCKET(WIRE_SUBPROTOCOL_PUBLISH, 16 * 1024),
                                                 {0}};

// No validity checks by the library: they keep each socket in a sorted list, whose insertions cost
// 10,000 sockets 200 us each. session_tick sends the PINGs.
static const lws_retry_bo_t no_validity = {0};

static int create_context(struct loop *l) {
    const struct net_config *const config = &l->net->config;
    void *loops[1] = {l->ev};
    const bool is_secure = config->tls_cert[0] != '\0';
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .gid = -1,
        .uid = -1,
        .foreign_loops = loops,
        .user = l,
        .pt_serv_buf_size = 64 * 1024,
        .timeout_secs = HTTP_TIMEOUT_S,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   (is_secure ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
    };
    l->context = lws_create_context(&info);
    if (!l->context)
        return -1;
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER; // sockets are adopted
    info.vhost_name = "tabcast";
    info.protocols = protocols;
    info.keepalive_timeout = KEEPALIVE_S;
    info.retry_and_idle_policy = &no_validity;
    info.alpn = "http/1.1"; // WebSocket over HTTP/2 would share one socket among viewers
    if (is_secure) {
        info.ssl_cert_filepath = config->tls_cert;
        info.ssl_private_key_filepath = config->tls_key;
        info.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";
        // Else the library makes one with all the authorities of the system for each loop (0.7 MB),
        // and with a second loop forgets to which it belongs.
        l->no_client = SSL_CTX_new(TLS_client_method());
        if (!l->no_client)
            return -1;
        info.provided_client_ssl_ctx = l->no_client;
    }
    l->vhost = lws_create_vhost(l->context, &info);
    return l->vhost ? 0 : -1;
}

static void start_watchers(struct loop *l) {
    ev_timer_init(&l->tick, on_tick, TICK_S, TICK_S);
    ev_timer_init(&l->ride, on_ride_over, 0, 0);
    ev_async_init(&l->notified, on_notified);
    ev_prepare_init(&l->before_sleep, on_before_sleep);
    ev_check_init(&l->after_sleep, on_after_sleep);
    ev_set_priority(&l->after_sleep, EV_MAXPRI); // the time of what the others do counts
    l->tick.data = l->ride.data = l->notified.data = l;
    l->before_sleep.data = l->after_sleep.data = l;
    ev_timer_start(l->ev, &l->tick);
    ev_async_start(l->ev, &l->notified);
    ev_prepare_start(l->ev, &l->before_sleep);
    ev_check_start(l->ev, &l->after_sleep);
    listener_start(l);
}

static int create_loop(struct net *n, unsigned index, const struct api *api) {
    struct loop *const l = &n->loops[index];
    l->net = n;
    l->relay = n->relay;
    l->index = index;
    l->api = *api;
    l->api.loop = index;
    l->listener_fd = listener_open(n->config.host, &n->port, n->config.congestion, index == 0);
    l->ev = ev_loop_new(EVFLAG_AUTO);
    if (l->listener_fd < 0 || !l->ev || create_context(l) != 0)
        return -1;
    start_watchers(l);
    return 0;
}

struct net *net_create(const struct net_config *config, struct relay *relay,
                       const struct api *api) {
    struct net *const n = calloc(1, sizeof(*n));
    if (!n)
        return NULL;
    assert(config->loops_count && config->loops_count <= LIMIT_LOOPS_COUNT);
    lws_set_log_level(LLL_ERR, on_library_log);
    if (!intake_is_in_place()) {
        fprintf(stderr, "tabcast: what clients send would go unchecked; this build is broken\n");
        free(n);
        return NULL;
    }
    n->config = *config;
    n->relay = relay;
    n->port = config->port;
    tickets_init(&n->tickets, net_now_us());
    n->loops = calloc(config->loops_count, sizeof(*n->loops));
    if (!n->loops || address_counts_init(&n->addresses, config->connections_count) != 0) {
        net_destroy(n);
        return NULL;
    }
    relay->net = n;
    relay->wake = wake_ws;
    relay->watch = watch_ws;
    relay->wake_branch = wake_branch;
    relay->forget_branch = forget_branch;
    for (; n->loop_count < config->loops_count; n->loop_count++) {
        n->loops[n->loop_count].listener_fd = -1;
        if (create_loop(n, n->loop_count, api) != 0) {
            n->loop_count++; // half made
            net_destroy(n);
            return NULL;
        }
    }
    ev_signal_init(&n->sigterm, on_signal, SIGTERM);
    ev_signal_init(&n->sigint, on_signal, SIGINT);
    ev_signal_init(&n->sigusr2, on_signal, SIGUSR2);
    ev_signal_init(&n->sighup, on_hangup, SIGHUP);
    n->sigterm.data = n->sigint.data = n->sighup.data = n->sigusr2.data = n;
    ev_signal_start(n->loops[0].ev, &n->sighup);
    ev_signal_start(n->loops[0].ev, &n->sigterm);
    ev_signal_start(n->loops[0].ev, &n->sigint);
    ev_signal_start(n->loops[0].ev, &n->sigusr2);
    return n;
}

uint16_t net_port(const struct net *n) { return n->port; }
bool net_is_hurried(const struct net *n) { return n->stopping_us == STOPPING_HURRIED_US; }

// --- Running

static void run(struct loop *l) {
    const uint64_t now_us = net_now_us();
    loop_lock(l);
    l->thread = pthread_self(); // from now on known to those who call
    loop_unlock(l);
    l->tick_due_us = now_us + (uint64_t)(TICK_S * 1e6);
    busy_meter_init(&l->busy, now_us);
    intake_serve(l);
    l->push = push_create(l->net->config.wants_uring, push_fell_short, l);
    if (l->push)
        ev_run(l->ev, 0);
    else
        fprintf(stderr, "tabcast: out of memory\n");
    listener_stop(l);
    intake_serve(NULL);
    push_destroy(l->push);
}

static void *run_thread(void *loop) {
    run(loop);
    return NULL;
}

void net_run(struct net *n) {
    sigset_t all, before;
    pthread_t threads[LIMIT_LOOPS_COUNT];
    bool is_running[LIMIT_LOOPS_COUNT] = {false};
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals belong to the first loop
    for (unsigned i = 1; i < n->loop_count; i++) {
        is_running[i] = pthread_create(&threads[i], NULL, run_thread, &n->loops[i]) == 0;
        if (!is_running[i])
            listener_stop(&n->loops[i]); // the others take its share
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    run(&n->loops[0]);
    for (unsigned i = 1; i < n->loop_count; i++)
        if (is_running[i])
            pthread_join(threads[i], NULL);
}

void net_notify(struct net *n) { ev_async_send(n->loops[0].ev, &n->loops[0].notified); }

static void close_loop(struct loop *l) {
    listener_stop(l);
    if (l->context)
        lws_context_destroy(l->context); // every open connection gets its CLOSED
    SSL_CTX_free(l->no_client);
    l->context = NULL;
    l->no_client = NULL;
}

void net_close(struct net *n) {
    for (unsigned i = 0; n && i < n->loop_count; i++)
        close_loop(&n->loops[i]);
}

static void destroy_loop(struct loop *l) {
    if (l->ev)
        ev_loop_destroy(l->ev);
    for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
        bundle_dispose(&l->bundles[r]);
    intake_dispose(l);
}

void net_destroy(struct net *n) {
    if (!n)
        return;
    net_close(n);
    for (unsigned i = 0; i < n->loop_count; i++)
        destroy_loop(&n->loops[i]);
    address_counts_dispose(&n->addresses);
    tickets_dispose(&n->tickets);
    free(n->loops);
    free(n);
}
