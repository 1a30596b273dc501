// SPDX-License-Identifier: MIT
// What to do with a request's head before any route sees it: the framing rules on which smuggling
// feeds (RFC 9112), which the socket library lets through. Pure.
#ifndef TABCAST_RELAY_NET_HTTP_H
#define TABCAST_RELAY_NET_HTTP_H

#include "relay/http.h"

struct net_http_framing {
    char version[16]; // "HTTP/1.1"
    char connection[64];
    char content_length[32];
    bool has_transfer_encoding;
};

struct net_http_plan {
    uint16_t status; // 0: go on; else answer this problem
    const char *title, *detail;
    size_t body_len; // to be read before the answer
    bool closes;     // the connection ends with the answer
};

// `status`: what reading the head said already (0 = fine).
void net_http_plan(struct net_http_plan *out, const struct http_request *request,
                   const struct net_http_framing *framing, uint16_t status);

// The socket library hands out a query decoded and in pieces; this puts it together again as it was
// sent, so that `&` and `%` in a value stay part of it. False when it does not fit.
bool net_http_query_add(char *query, size_t cap, const char *piece);

// The last element of X-Forwarded-For into out (46 bytes), "" when it is no address.
void net_http_last_address(const char *list, char out[46]);

#endif
