// SPDX-License-Identifier: MIT
// Owns the 16 bytes in front of every binary message: reads and checks them, writes them.
// Refuses every value it cannot name. Pure; any thread.
#include "shared/wire.h"

#include "shared/limits.h"

#include <assert.h>

// What each kind may carry. A row of zeros is a kind we do not know.
struct kind_rule {
    uint32_t message_max_len;
    uint8_t flags_allowed;
    uint8_t flags_required;
    uint8_t rendition_max;
    uint8_t temporal_id_max;
};

static const struct kind_rule kind_rules[] = {
    [WIRE_INIT] = {WIRE_HEADER_LEN + LIMIT_INIT_BYTES, 0, 0, LIMIT_RENDITIONS_COUNT - 1, 0},
    [WIRE_VIDEO] = {LIMIT_MEDIA_MESSAGE_BYTES, WIRE_KEY | WIRE_SYNC | WIRE_GAP, 0,
                    LIMIT_RENDITIONS_COUNT - 1, LIMIT_TEMPORAL_LAYERS_COUNT - 1},
    [WIRE_AUDIO] = {LIMIT_AUDIO_MESSAGE_BYTES, WIRE_KEY | WIRE_GAP, WIRE_KEY, 0, 0},
    [WIRE_POSTER] = {WIRE_HEADER_LEN + LIMIT_POSTER_BYTES, 0, 0, 0, 0},
};

static uint64_t get_be(const uint8_t *p, unsigned count) {
    uint64_t v = 0;
    for (unsigned i = 0; i < count; i++)
        v = v << 8 | p[i];
    return v;
}

static void put_be(uint8_t *p, unsigned count, uint64_t v) {
    for (unsigned i = 0; i < count; i++)
        p[i] = (uint8_t)(v >> (8 * (count - 1 - i)));
}

static int header_check(const struct wire_header *h) {
    if (h->kind < WIRE_INIT || h->kind > WIRE_POSTER)
        return WIRE_ERR_KIND;
    const struct kind_rule *const rule = &kind_rules[h->kind];
    if ((h->flags & ~rule->flags_allowed) ||
        (h->flags & rule->flags_required) != rule->flags_required)
        return WIRE_ERR_FLAGS;
    if (h->rendition > rule->rendition_max)
        return WIRE_ERR_RENDITION;
    if (h->temporal_id > rule->temporal_id_max)
        return WIRE_ERR_TEMPORAL_ID;
    // A key frame in a droppable layer would be left out by who skips that layer.
    if (h->kind == WIRE_VIDEO && (h->flags & WIRE_KEY) && h->temporal_id != 0)
        return WIRE_ERR_TEMPORAL_ID;
    if (h->timestamp_us > LIMIT_TIMESTAMP_US)
        return WIRE_ERR_TIMESTAMP;
    return WIRE_OK;
}

int wire_header_read(struct wire_header *out, const uint8_t *message, size_t len) {
    if (len < WIRE_HEADER_LEN)
        return WIRE_ERR_SHORT;
    const struct wire_header h = {
        .kind = message[0],
        .flags = message[1],
        .rendition = message[2],
        .temporal_id = message[3],
        .sequence = (uint32_t)get_be(message + 4, 4),
        .timestamp_us = get_be(message + 8, 8),
    };
    const int status = header_check(&h);
    if (status != WIRE_OK)
        return status;
    if (len > kind_rules[h.kind].message_max_len)
        return WIRE_ERR_TOO_LONG;
    if (len == WIRE_HEADER_LEN)
        return WIRE_ERR_EMPTY;
    *out = h;
    return WIRE_OK;
}

void wire_header_write(uint8_t out[WIRE_HEADER_LEN], const struct wire_header *header) {
    assert(header_check(header) == WIRE_OK);
    out[0] = header->kind;
    out[1] = header->flags;
    out[2] = header->rendition;
    out[3] = header->temporal_id;
    put_be(out + 4, 4, header->sequence);
    put_be(out + 8, 8, header->timestamp_us);
}

const char *wire_status_name(int status) {
    switch (status) {
    case WIRE_OK:
        return "ok";
    case WIRE_ERR_SHORT:
        return "too-short";
    case WIRE_ERR_KIND:
        return "unknown-kind";
    case WIRE_ERR_FLAGS:
        return "bad-flags";
    case WIRE_ERR_RENDITION:
        return "bad-rendition";
    case WIRE_ERR_TEMPORAL_ID:
        return "bad-temporal-id";
    case WIRE_ERR_TIMESTAMP:
        return "bad-timestamp";
    case WIRE_ERR_TOO_LONG:
        return "too-long";
    case WIRE_ERR_EMPTY:
        return "empty-payload";
    default:
        return "unknown";
    }
}
