// SPDX-License-Identifier: MIT
// Owns the walk over a recording and what is accepted from it. Refuses frames that no publisher
// could have sent.
#include "relay/block_index.h"

#include "relay/cue_journal.h"
#include "shared/limits.h"
#include "shared/webm_scanner.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// One read covers many small blocks; a long frame's rest is passed without being read.
#define WINDOW_LEN 16384

struct walk {
    const struct block_source *source;
    struct block_index *index;
    struct webm_scanner scanner;
    size_t journal_count;
    bool video_waits; // for a key frame
    bool is_resumed;  // the next block must be the journal's cue
    struct cue_record cue;
    uint64_t window_offset;
    size_t window_len;
    uint8_t window[WINDOW_LEN];
};

static_assert(WINDOW_LEN >= LIMIT_INIT_BYTES, "the init segment is checked in one window");

// Makes the window cover scanner.offset with all the scanner may need, or with what there is.
static int64_t fill_window(struct walk *w, const uint8_t **bytes) {
    const uint64_t at = w->scanner.offset;
    if (at < w->window_offset || at > w->window_offset + w->window_len ||
        w->window_offset + w->window_len - at < WEBM_SCANNER_WINDOW_LEN) {
        const uint64_t left = at < w->source->size ? w->source->size - at : 0;
        w->window_offset = at;
        w->window_len = 0;
        while (w->window_len < WINDOW_LEN && w->window_len < left) {
            const uint64_t rest = left - w->window_len;
            const size_t want = WINDOW_LEN - w->window_len;
            const int64_t n =
                w->source->read(w->source->ctx, w->window + w->window_len,
                                rest < want ? (size_t)rest : want, at + w->window_len);
            if (n < 0)
                return n;
            if (n == 0)
                break;
            w->window_len += (size_t)n;
        }
    }
    *bytes = w->window + (at - w->window_offset);
    return (int64_t)(w->window_offset + w->window_len - at);
}

static int append(struct block_list *list, const struct webm_block *block) {
    if (list->count == list->cap) {
        const size_t cap = list->cap ? list->cap * 2 : 1024;
        struct block_ref *const items = realloc(list->items, cap * sizeof(*items));
        if (!items)
            return -ENOMEM;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = (struct block_ref){
        .offset = block->offset,
        .timestamp_ms = (uint32_t)block->timestamp_ms,
        .len = block->len & 0x7FFFFFFFu,
        .is_keyframe = block->is_keyframe != 0,
    };
    return 0;
}

// Could a publisher have sent this frame?
static bool is_plausible(const struct block_index *index, const struct webm_block *block) {
    if (block->frame_count != 1 || block->len == 0 || block->len > LIMIT_MEDIA_MESSAGE_BYTES ||
        block->timestamp_ms > LIMIT_TIMESTAMP_US / 1000)
        return false;
    return block->track == WEBM_TRACK_VIDEO   ? index->tracks.width != 0
           : block->track == WEBM_TRACK_AUDIO ? index->tracks.channels != 0
                                              : false;
}

static int accept_block(struct walk *w, const struct webm_block *block) {
    const bool is_video = block->track == WEBM_TRACK_VIDEO;
    struct block_list *const list = is_video ? &w->index->video : &w->index->audio;
    if (list->count && block->timestamp_ms < list->items[list->count - 1].timestamp_ms)
        return 0;
    if (is_video && w->video_waits && !block->is_keyframe)
        return 0;
    if (is_video)
        w->video_waits = false;
    return append(list, block);
}

// Goes on at the next cue behind the damage. False: there is none.
static bool resume(struct walk *w) {
    const uint64_t damage = w->scanner.offset;
    uint64_t from = damage + 1;
    if (w->is_resumed && w->cue.offset >= damage)
        from = w->cue.offset + 1;
    if (!w->journal_count ||
        cue_journal_find(&w->cue, w->source->journal, w->journal_count, from) != 0 ||
        w->cue.offset >= w->source->size)
        return false;
    w->index->bytes_left_out += w->cue.offset - damage;
    webm_scanner_init_at_cluster(&w->scanner, w->cue.offset);
    w->is_resumed = true;
    w->video_waits = true;
    return true;
}

// The first block after resume() must be the one the journal tells of.
static bool is_the_cue(const struct walk *w, const struct webm_block *block) {
    return block->track == WEBM_TRACK_VIDEO && block->is_keyframe &&
           block->timestamp_ms == w->cue.timestamp_ms &&
           block->offset - w->cue.offset <= WEBM_CLUSTER_HEAD_MAX_LEN;
}

enum step_result { STEP_ON = 0, STEP_END = 1, STEP_DAMAGED = 2 };

static int take_block(struct walk *w, const struct webm_block *block) {
    if (block->len > w->source->size || block->offset > w->source->size - block->len)
        return STEP_END; // cut tail
    if (!is_plausible(w->index, block) || (w->is_resumed && !is_the_cue(w, block)))
        return STEP_DAMAGED;
    w->is_resumed = false;
    const int status = accept_block(w, block);
    if (status != 0)
        return status;
    webm_scanner_skip(&w->scanner, block->len);
    return STEP_ON;
}

// The init segment lies whole in the first window: check it as strictly as when it came.
static int check_init(struct walk *w, uint64_t init_len) {
    if (init_len > w->window_len || w->window_offset != 0)
        return -EILSEQ;
    return webm_init_check(&w->index->tracks, w->window, (size_t)init_len, NULL) == WEBM_OK
               ? STEP_ON
               : -EILSEQ;
}

static int step(struct walk *w, bool *has_init) {
    const uint8_t *bytes;
    const int64_t here = fill_window(w, &bytes);
    if (here < 0)
        return (int)here;
    struct webm_item item;
    size_t used;
    const int status = webm_scanner_next(&w->scanner, &item, bytes, (size_t)here, &used);
    if (status == WEBM_MORE || status == WEBM_DONE)
        return STEP_END;
    if (status == WEBM_BAD)
        return *has_init ? STEP_DAMAGED : -EILSEQ;
    switch (item.kind) {
    case WEBM_ITEM_INIT_END:
        *has_init = true;
        return check_init(w, item.offset);
    case WEBM_ITEM_BLOCK:
        return *has_init ? take_block(w, &item.block) : -EILSEQ;
    default:
        return STEP_ON;
    }
}

int block_index_build(struct block_index *index, const struct block_source *source) {
    *index = (struct block_index){0};
    struct walk *const w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->source = source;
    w->index = index;
    w->video_waits = true;
    w->journal_count =
        source->journal ? cue_journal_count(source->journal, source->journal_len) : 0;
    webm_scanner_init(&w->scanner);
    bool has_init = false;
    int status;
    do {
        status = step(w, &has_init);
        if (status == STEP_DAMAGED)
            status = resume(w) ? STEP_ON : STEP_END;
    } while (status == STEP_ON);
    if (source->size > w->scanner.offset)
        index->bytes_left_out += source->size - w->scanner.offset;
    free(w);
    if (index->video.count == 0)
        index->tracks.width = index->tracks.height = 0;
    if (index->audio.count == 0)
        index->tracks.channels = 0;
    return status < 0 ? status : 0;
}

void block_index_dispose(struct block_index *index) {
    free(index->video.items);
    free(index->audio.items);
    *index = (struct block_index){0};
}
