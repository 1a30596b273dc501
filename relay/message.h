// SPDX-License-Identifier: MIT
// One message of a room: a single immutable, refcounted buffer that is already framed for WebSocket
// (RFC 6455 5.2, server side: FIN, unmasked), so that fan-out copies nothing. Any thread may hold
// and drop references; the bytes never change after message_create returned.
#ifndef TABCAST_RELAY_MESSAGE_H
#define TABCAST_RELAY_MESSAGE_H

#include "shared/wire.h"
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct message {
    atomic_uint refs;
    uint8_t is_text;           // 1: JSON text, header is zero; 0: media with a wire header
    uint8_t frame_head_len;    // bytes of WebSocket framing in front
    uint32_t framed_len;       // whole WebSocket frame: head + body
    struct wire_header header; // media only
    uint8_t bytes[];           // frame head, body (media: wire header, then WebM)
};

// Both return a message with one reference, or NULL when out of memory. The body is copied once.
// Media: `body` is the whole binary message, wire header and payload, `len` >= WIRE_HEADER_LEN; its
// first WIRE_HEADER_LEN bytes are written anew from *header, so a copy with another flag (GAP) is
// one call.
struct message *message_create_media(const struct wire_header *header, const uint8_t *body,
                                     size_t len);
struct message *message_create_text(const char *json, size_t len);
struct message *message_ref(struct message *m);
void message_unref(struct message *m); // NULL is allowed; frees on the last one

// WebM bytes of a media message (behind the wire header).
const uint8_t *message_payload(const struct message *m);
size_t message_payload_len(const struct message *m);

#endif
