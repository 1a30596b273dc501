// SPDX-License-Identifier: MIT
// The head of a request to /ingest/STREAM_KEY: what is wanted, how its body is framed, or why it is
// refused. Stricter than HTTP where two readings of a head could differ (RFC 9112 6.3). Pure.
#ifndef TABCAST_RELAY_INGEST_REQUEST_H
#define TABCAST_RELAY_INGEST_REQUEST_H

#include "relay/ingest.h"
#include "relay/ingest_body.h"

enum ingest_method { INGEST_PUT, INGEST_POST, INGEST_DELETE, INGEST_OTHER };

struct ingest_head {
    enum ingest_method method;
    const char *path;           // decoded
    const char *version;        // "HTTP/1.1"
    const char *connection;     // headers; "" = absent
    const char *content_length; //
    const char *transfer_encoding;
    const char *content_encoding;
};

struct ingest_plan {
    struct ingest_problem problem; // status 0: go on
    char key[LIMIT_KEY_CHARS + 1];
    enum ingest_framing framing;
    uint64_t len; // with INGEST_BY_LENGTH
};

// Whether the path belongs to ingest at all.
bool ingest_request_is_ours(const char *path);

void ingest_request_plan(struct ingest_plan *out, const struct ingest_head *head);

#endif
