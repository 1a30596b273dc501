// SPDX-License-Identifier: MIT
// One HTTP request and its answer, between a socket and the API: waits for the body if the route
// takes one, asks the API, then hands out head and body in pieces as the socket can take them.
// Knows no socket.
#ifndef TABCAST_RELAY_EXCHANGE_H
#define TABCAST_RELAY_EXCHANGE_H

#include "relay/api.h"
#include "relay/net_http.h"

struct exchange {
    struct api *api;
    void *conn;                       // of whoever created it
    void (*wake)(struct exchange *x); // a live stream has more
    // The answer came later: exchange_settle may be called. From any thread, under the relay's
    // lock.
    void (*ready)(struct exchange *x);
    struct http_request request;
    struct http_response response;
    bool is_asked;    // the API was, once and for all; before that the body is awaited
    bool is_answered; // the response is complete and may be written
    bool has_head;    // the head was handed out
    size_t body_len, body_expected;
    char body[];
};

// NULL when out of memory. `status`: what reading the head said already (0 = fine).
struct exchange *exchange_create(struct api *api, const struct http_request *request,
                                 const struct net_http_framing *framing, uint16_t status,
                                 void (*wake)(struct exchange *x),
                                 void (*ready)(struct exchange *x), void *conn, uint64_t now_us);
void exchange_destroy(struct exchange *x); // also NULL

// A part of the body; false when there is more than was announced.
bool exchange_take_body(struct exchange *x, const char *bytes, size_t len);
// The body is complete. Does nothing when the API was asked already (a body of length 0).
void exchange_body_complete(struct exchange *x, uint64_t now_us);

// The answer is there, or who asks is known and the API is asked once more. On the loop's thread.
void exchange_settle(struct exchange *x, uint64_t now_us);

// What to write next: `scratch` holds at least HTTP_HEAD_BYTES and some; *bytes is valid until the
// next call. Returns the length, 0 when a live stream has nothing for now, -1 when the connection
// must be cut.
// Counts in *metrics.
int64_t exchange_next(struct exchange *x, const uint8_t **bytes, uint8_t *scratch, size_t cap,
                      struct metrics *metrics, uint64_t now_us, bool *is_end);

#endif
