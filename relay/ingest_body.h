// SPDX-License-Identifier: MIT
// The body of a request that never ends: takes HTTP's framing off (RFC 9112 6 and 7.1), in pieces
// of any length. Holds no bytes: what comes out lies in what went in. Pure.
#ifndef TABCAST_RELAY_INGEST_BODY_H
#define TABCAST_RELAY_INGEST_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ingest_framing { INGEST_BY_LENGTH, INGEST_BY_CHUNKS, INGEST_UNTIL_CLOSE };

enum ingest_body_status {
    INGEST_BODY_OK = 0,   // progress was made
    INGEST_BODY_DONE = 1, // the body is complete; this stays
    INGEST_BODY_BAD = -1, // no chunked coding; this stays
};

struct ingest_body {
    enum ingest_framing framing;
    uint8_t state;        // of chunks; private
    bool has_digit;       // the size line has one
    uint32_t spent_bytes; // of this size line, or of the trailers
    uint64_t left;        // bytes of the body, or of this chunk
};

// `len` counts for INGEST_BY_LENGTH alone.
void ingest_body_init(struct ingest_body *b, enum ingest_framing framing, uint64_t len);

// Looks at `bytes` and consumes some of them (all of an empty answer's, at least one of any):
// *media and *media_len are what of them is the body, possibly nothing.
int ingest_body_next(struct ingest_body *b, const uint8_t *bytes, size_t len, size_t *consumed,
                     const uint8_t **media, size_t *media_len);

#endif
