// SPDX-License-Identifier: MIT
// Every HTTP route of the relay, in one table: API, media, pages, operations. Takes a request,
// fills a response; the socket sends it. Opens files of replays, nothing else is I/O. One thread.
#ifndef TABCAST_RELAY_API_H
#define TABCAST_RELAY_API_H

#include "relay/assets.h"
#include "relay/http.h"
#include "relay/relay.h"

struct api {
    struct relay *relay;
    struct assets *assets;
    int recordings_fd; // folder of recordings; -1 = none
    unsigned loop;     // on whose thread this copy is used
};

// Answers the request. `wake` is what a live stream's viewer, with viewer->conn = conn, calls when
// there is more. `body` is the whole body (POST), else empty.
void api_handle(struct api *api, const struct http_request *request, const char *body,
                size_t body_len, void (*wake)(struct viewer *v), void *conn, uint64_t now_us,
                struct http_response *out);

// Whether the route takes a body at all with this method: others are answered without reading it.
bool api_takes_body(const struct http_request *request);
// The longest body the route reads.
size_t api_body_limit(const struct http_request *request);

#endif
