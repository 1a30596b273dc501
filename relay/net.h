// SPDX-License-Identifier: MIT
// The relay's sockets and its event loop: accepts connections, reads whole messages and requests
// into the core (session.h, api.h), writes what the core hands out when a socket can take it, and
// tells the time. One loop per thread, all on the same port: the kernel spreads the connections
// (SO_REUSEPORT), and a room's viewers may be on any of them (branch.h). Implemented by net_lws*.c,
// the only files that include libwebsockets and libev.
#ifndef TABCAST_RELAY_NET_H
#define TABCAST_RELAY_NET_H

#include "relay/api.h"
#include "relay/relay.h"

// When sound waits for the next picture, which halves the work: when a loop has little time left,
// always, or never.
enum net_ride { NET_RIDE_AUTO, NET_RIDE_ALWAYS, NET_RIDE_NEVER };

struct net_config {
    const char *host; // numeric address, or "" for all
    uint16_t port;    // 0 picks one
    uint32_t connections_count;
    uint32_t per_address_count;
    const char *tls_cert; // files in PEM; "" = no TLS
    const char *tls_key;
    unsigned loops_count; // 1 to LIMIT_LOOPS_COUNT
    bool wants_uring;     // io_uring where it works (push.h)
    enum net_ride ride;
    const char *congestion; // TCP's way to share a line (net_has_congestion); "" = the system's
    bool trusts_proxy;      // the peer's address is what the last proxy says (X-Forwarded-For)
    // Called on the first loop's thread, with the relay's lock held, after net_notify, and at least
    // ten times a second.
    void (*on_tick)(void *ctx, uint64_t now_us);
    void *tick_ctx;
};

struct net;

// Whether the kernel offers this way to share a line to us. If not, `others` gets the names of
// those it does.
bool net_has_congestion(const char *name, char *others, size_t cap);

// Binds and listens. NULL: the address cannot be had; it was logged.
struct net *net_create(const struct net_config *config, struct relay *relay, const struct api *api);
uint16_t net_port(const struct net *n);
// The way in use, as the kernel tells it; "" when it does not.
void net_congestion(const struct net *n, char *out, size_t cap);
// Runs until SIGTERM or SIGINT, then ends the shows, lets sockets drain for up to 3 s, and returns.
// SIGUSR2 does the same but leaves the shows on: for a restart.
void net_run(struct net *n);
// Whether net_run was ended by a second signal: what can wait for the next start should.
bool net_is_hurried(const struct net *n);
// Makes on_tick happen soon. From any thread.
void net_notify(struct net *n);
// Closes all connections; net_notify still may be called. Also NULL.
void net_close(struct net *n);
// The end, when no thread is left that calls net_notify.
void net_destroy(struct net *n);

uint64_t net_now_us(void); // monotonic

#endif
