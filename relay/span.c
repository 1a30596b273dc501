// SPDX-License-Identifier: MIT
#include "relay/span.h"

#include <stdlib.h>
#include <string.h>

void span_init(struct span *s, uint64_t texts_at, uint64_t media_at) {
    s->count = 0;
    s->texts_at = texts_at;
    s->media_at = media_at;
}

bool span_add(struct span *s, struct message *m) {
    if (s->count == SPAN_MESSAGES_COUNT)
        return false;
    s->messages[s->count++] = message_ref(m);
    return true;
}

void span_dispose(struct span *s) {
    while (s->count)
        message_unref(s->messages[--s->count]);
}

// Sound and texts are for all, pictures for those of their rendition.
static bool is_for(const struct message *m, uint8_t rendition) {
    return m->is_text || m->header.kind != WIRE_VIDEO || m->header.rendition == rendition;
}

static bool make_room(struct bundle *b) {
    if (b->len > SPAN_BUNDLE_BYTES)
        return false;
    if (b->len <= b->copy_cap)
        return true;
    free(b->copy);
    b->copy_cap = 0;
    b->copy = malloc(b->len);
    if (b->copy)
        b->copy_cap = b->len;
    return b->copy != NULL;
}

bool bundle_make(struct bundle *b, const struct span *s, uint8_t rendition) {
    const struct message *only = NULL;
    uint64_t texts_at = s->texts_at, media_at = s->media_at;
    b->count = 0;
    b->len = 0;
    for (unsigned i = 0; i < s->count; i++) {
        const struct message *const m = s->messages[i];
        texts_at += m->is_text;
        media_at += !m->is_text;
        if (!is_for(m, rendition))
            continue;
        only = m;
        b->len += m->framed_len;
        b->ends[b->count++] = (struct bundle_end){b->len, texts_at, media_at};
    }
    if (b->count <= 1) {
        b->bytes = only ? only->bytes : NULL;
        return true;
    }
    if (!make_room(b))
        return false;
    for (unsigned i = 0, n = 0; i < s->count; i++)
        if (is_for(s->messages[i], rendition)) {
            memcpy(b->copy + (n ? b->ends[n - 1].end : 0), s->messages[i]->bytes,
                   s->messages[i]->framed_len);
            n++;
        }
    b->bytes = b->copy;
    return true;
}

unsigned bundle_stopped_in(const struct bundle *b, size_t sent) {
    unsigned i = 0;
    while (i < b->count && b->ends[i].end <= sent)
        i++;
    return i;
}

void bundle_add_up(struct bundle_sum *sum, const struct bundle *b, const struct span *s,
                   unsigned count, uint64_t times) {
    uint64_t texts_at = s->texts_at;
    size_t start = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint64_t bytes = (b->ends[i].end - start) * times;
        const bool is_text = b->ends[i].texts_at != texts_at;
        *(is_text ? &sum->text_count : &sum->media_count) += times;
        *(is_text ? &sum->text_bytes : &sum->media_bytes) += bytes;
        texts_at = b->ends[i].texts_at;
        start = b->ends[i].end;
    }
}

void bundle_dispose(struct bundle *b) {
    free(b->copy);
    *b = (struct bundle){0};
}
