// SPDX-License-Identifier: MIT
// Owns the life of a message and its WebSocket framing (RFC 6455 5.2). Refuses nothing: callers
// have checked the bytes. Any thread; a message is immutable once created and freed by its last
// unref.
#include "relay/message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WS_FIN_TEXT 0x81
#define WS_FIN_BINARY 0x82
#define WS_LEN_16 126
#define WS_LEN_64 127
#define WS_HEAD_MAX_LEN 10

static size_t write_frame_head(uint8_t out[WS_HEAD_MAX_LEN], uint8_t first_byte, size_t body_len) {
    out[0] = first_byte;
    if (body_len < WS_LEN_16) {
        out[1] = (uint8_t)body_len;
        return 2;
    }
    if (body_len <= UINT16_MAX) {
        out[1] = WS_LEN_16;
        out[2] = (uint8_t)(body_len >> 8);
        out[3] = (uint8_t)body_len;
        return 4;
    }
    out[1] = WS_LEN_64;
    for (unsigned i = 0; i < 8; i++)
        out[2 + i] = (uint8_t)((uint64_t)body_len >> (56 - 8 * i));
    return WS_HEAD_MAX_LEN;
}

static struct message *create(uint8_t first_byte, const void *body, size_t len) {
    uint8_t head[WS_HEAD_MAX_LEN];
    const size_t head_len = write_frame_head(head, first_byte, len);
    if (len > UINT32_MAX - WS_HEAD_MAX_LEN)
        return NULL;
    struct message *m = malloc(sizeof(*m) + head_len + len);
    if (!m)
        return NULL;
    atomic_init(&m->refs, 1);
    m->is_text = first_byte == WS_FIN_TEXT;
    m->frame_head_len = (uint8_t)head_len;
    m->framed_len = (uint32_t)(head_len + len);
    m->header = (struct wire_header){0};
    memcpy(m->bytes, head, head_len);
    if (len)
        memcpy(m->bytes + head_len, body, len);
    return m;
}

struct message *message_create_media(const struct wire_header *header, const uint8_t *body,
                                     size_t len) {
    assert(len >= WIRE_HEADER_LEN);
    struct message *m = create(WS_FIN_BINARY, body, len);
    if (!m)
        return NULL;
    m->header = *header;
    wire_header_write(m->bytes + m->frame_head_len, header);
    return m;
}

struct message *message_create_text(const char *json, size_t len) {
    return create(WS_FIN_TEXT, json, len);
}

struct message *message_ref(struct message *m) {
    atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
    return m;
}

void message_unref(struct message *m) {
    // Release, then acquire on the last one: the freeing thread sees all others' reads done.
    if (!m || atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1)
        return;
    free(m);
}

const uint8_t *message_payload(const struct message *m) {
    assert(!m->is_text);
    return m->bytes + m->frame_head_len + WIRE_HEADER_LEN;
}

size_t message_payload_len(const struct message *m) {
    assert(!m->is_text);
    return m->framed_len - m->frame_head_len - WIRE_HEADER_LEN;
}
