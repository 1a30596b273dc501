// SPDX-License-Identifier: MIT
// Any stream, walked whole and in pieces: the same items, the same end. The first byte chooses the
// pieces.
#include "shared/webm_scanner.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct outcome {
    uint64_t hash; // of all items
    uint64_t offset;
    int status;
    const char *reason;
};

static void mix(struct outcome *o, uint64_t value) {
    o->hash = (o->hash ^ value) * 1099511628211ULL;
}

static void check_item(struct outcome *o, const struct webm_item *item, size_t len) {
    if (item->kind == WEBM_ITEM_NONE)
        return;
    const struct webm_block *const b = &item->block;
    if (item->kind == WEBM_ITEM_CLUSTER && item->offset >= len)
        abort();
    if (item->kind == WEBM_ITEM_BLOCK && (b->track == 0 || b->frame_count == 0))
        abort();
    mix(o, item->kind);
    mix(o, item->offset);
    mix(o, item->timestamp_ms);
    mix(o, b->offset);
    mix(o, b->len);
    mix(o, b->timestamp_ms);
    mix(o, (uint64_t)b->track << 32 | (uint64_t)b->is_keyframe << 16 | b->frame_count);
}

static struct outcome walk(const uint8_t *bytes, size_t len, size_t piece) {
    struct outcome o = {.hash = 14695981039346656037ULL};
    struct webm_scanner s;
    webm_scanner_init(&s);
    size_t fed = piece < len ? piece : len;
    for (;;) {
        struct webm_item item;
        size_t used;
        const uint64_t before = s.offset;
        o.status = webm_scanner_next(&s, &item, bytes + s.offset, fed - s.offset, &used);
        if (s.offset - before != used || s.offset > fed)
            abort();
        if (o.status == WEBM_OK) {
            check_item(&o, &item, len);
            continue;
        }
        if (used != 0 || (o.status == WEBM_BAD && !s.reason))
            abort();
        if (o.status != WEBM_MORE || fed == len)
            break;
        if (fed - s.offset >= WEBM_SCANNER_WINDOW_LEN)
            abort(); // asked for more than it said it ever needs
        fed += piece < len - fed ? piece : len - fed;
    }
    o.offset = s.offset;
    o.reason = s.reason;
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len == 0)
        return 0;
    const size_t piece = 1 + data[0] % 64;
    const struct outcome whole = walk(data + 1, len - 1, len);
    const struct outcome pieces = walk(data + 1, len - 1, piece);
    if (whole.hash != pieces.hash || whole.status != pieces.status ||
        whole.offset != pieces.offset || whole.reason != pieces.reason)
        abort();
    return 0;
}
