// SPDX-License-Identifier: MIT
// Collects what shared/webm_scanner.c finds in front of the first Cluster.
#include "wasm/replay_index.h"

#include "shared/webm_scanner.h"
#include "wasm/codec_status.h"

#include <stdlib.h>
#include <string.h>

struct replay_index {
    struct webm_scanner scanner;
    struct replay_cue *cues;
    size_t cue_count;
    size_t cue_cap;
    uint64_t init_len;
    uint64_t duration_ms;
    int status; // the error that ended it, or 0
    int is_complete;
    size_t rest_len; // bytes at the front of `bytes` that the scanner has not consumed
    uint8_t bytes[WEBM_SCANNER_WINDOW_LEN + REPLAY_INDEX_WRITE_BYTES];
};

int replay_index_create(struct replay_index **out) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return CODEC_ERR_MEMORY;
    webm_scanner_init(&(*out)->scanner);
    return 0;
}

void replay_index_destroy(struct replay_index *r) {
    if (r == NULL)
        return;
    free(r->cues);
    free(r);
}

size_t replay_index_write_room(const struct replay_index *r) {
    return sizeof r->bytes - r->rest_len;
}
uint8_t *replay_index_write_pointer(struct replay_index *r) { return r->bytes + r->rest_len; }

static int add_cue(struct replay_index *r, const struct webm_item *item) {
    if (r->cue_count == REPLAY_INDEX_CUES_MAX)
        return CODEC_ERR_TOO_LARGE;
    // A cue that goes back in time would break every search; such a file lies about itself.
    if (r->cue_count > 0 && item->timestamp_ms < r->cues[r->cue_count - 1].timestamp_ms)
        return CODEC_ERR_STREAM;
    if (r->cue_count == r->cue_cap) {
        const size_t cap = r->cue_cap == 0 ? 256 : 2 * r->cue_cap;
        struct replay_cue *const cues = realloc(r->cues, cap * sizeof *cues);
        if (cues == NULL)
            return CODEC_ERR_MEMORY;
        r->cues = cues;
        r->cue_cap = cap;
    }
    r->cues[r->cue_count++] = (struct replay_cue){item->timestamp_ms, item->offset};
    return 0;
}

static int take(struct replay_index *r, const struct webm_item *item) {
    switch (item->kind) {
    case WEBM_ITEM_INIT_END:
        r->init_len = item->offset;
        return 0;
    case WEBM_ITEM_DURATION:
        r->duration_ms = item->timestamp_ms;
        return 0;
    case WEBM_ITEM_CUE:
        return add_cue(r, item);
    case WEBM_ITEM_CLUSTER:
        r->is_complete = 1;
        // Without Tracks in front nothing could be played.
        return r->init_len > 0 ? 0 : CODEC_ERR_STREAM;
    case WEBM_ITEM_TRACKS: // of foreign streams
    case WEBM_ITEM_BLOCK:  // not before a Cluster
    case WEBM_ITEM_NONE:
        return 0;
    }
    return 0;
}

int replay_index_did_write(struct replay_index *r, size_t len) {
    if (len > replay_index_write_room(r))
        return CODEC_ERR_OVERFLOW;
    const size_t end = r->rest_len + len;
    size_t at = 0;
    while (r->status == 0 && !r->is_complete) {
        struct webm_item item;
        size_t consumed;
        const int found = webm_scanner_next(&r->scanner, &item, r->bytes + at, end - at, &consumed);
        if (found == WEBM_MORE)
            break;
        if (found != WEBM_OK) { // DONE: a Segment without a Cluster
            r->status = CODEC_ERR_STREAM;
            break;
        }
        at += consumed;
        r->status = take(r, &item);
    }
    r->rest_len = r->is_complete || r->status != 0 ? 0 : end - at;
    memmove(r->bytes, r->bytes + at, r->rest_len);
    return r->status;
}

int replay_index_is_complete(const struct replay_index *r) { return r->is_complete; }
uint64_t replay_index_init_len(const struct replay_index *r) { return r->init_len; }
uint64_t replay_index_duration_ms(const struct replay_index *r) { return r->duration_ms; }
size_t replay_index_cue_count(const struct replay_index *r) { return r->cue_count; }

const struct replay_cue *replay_index_cue(const struct replay_index *r, size_t index) {
    return &r->cues[index];
}
