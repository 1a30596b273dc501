// SPDX-License-Identifier: MIT
// One request to the API on its way through a route: what was asked, and where the answer goes.
// Routes (api.c) are functions of it. Under the relay's lock.
#ifndef TABCAST_RELAY_API_CALL_H
#define TABCAST_RELAY_API_CALL_H

#include "relay/api.h"

struct call {
    struct api *api;
    const struct http_request *request;
    const char *body;
    size_t body_len;
    void (*wake)(struct viewer *v);
    void *conn;
    uint64_t now_us;
    char id[LIMIT_ID_CHARS + 1]; // what stands for ID in the route's pattern
    struct http_response *out;
};

// account_api.c
void account_create(struct call *c);
void account_get_own(struct call *c);
void account_change_password(struct call *c);
void invitation_create(struct call *c);
// session_api.c
void session_create_for(struct call *c);
void session_list_own(struct call *c);
void session_end_all(struct call *c);
void session_end_current(struct call *c);
void session_end_one(struct call *c);

#endif
