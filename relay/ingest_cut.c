// SPDX-License-Identifier: MIT
// The scanner finds Tracks and blocks; their bytes are collected while it skips them.
#include "relay/ingest_cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ingest_cut_init(struct ingest_cut *c) {
    memset(c, 0, offsetof(struct ingest_cut, in));
    webm_scanner_init_foreign(&c->scanner);
}

void ingest_cut_dispose(struct ingest_cut *c) {
    free(c->held);
    c->held = NULL;
}

size_t ingest_cut_put(struct ingest_cut *c, const uint8_t *bytes, size_t len) {
    if (c->in_at) {
        memmove(c->in, c->in + c->in_at, c->in_len - c->in_at);
        c->in_len -= c->in_at;
        c->in_at = 0;
    }
    const size_t room = sizeof(c->in) - c->in_len;
    const size_t taken = len < room ? len : room;
    if (taken)
        memcpy(c->in + c->in_len, bytes, taken);
    c->in_len += taken;
    return taken;
}

static int bad(struct ingest_cut *c, const char *reason) {
    snprintf(c->reason, sizeof(c->reason), "%s", reason);
    return INGEST_CUT_BAD;
}

// From here on the next `len` bytes are kept.
static int collect(struct ingest_cut *c, size_t len) {
    c->held_len = 0;
    c->missing_len = len;
    if (len <= c->held_cap)
        return INGEST_CUT_MORE;
    uint8_t *const larger = realloc(c->held, len);
    if (!larger)
        return bad(c, "The relay is short of memory; please try again.");
    c->held = larger;
    c->held_cap = len;
    return INGEST_CUT_MORE;
}

static int begin_tracks(struct ingest_cut *c, uint32_t len) {
    if (c->has_tracks)
        return INGEST_CUT_MORE; // once more, as a copy: the first ones hold
    if (len == 0 || len > LIMIT_INGEST_TRACKS_BYTES)
        return bad(c, "The stream's list of tracks is empty or longer than 64 KiB.");
    c->is_collecting_tracks = true;
    return collect(c, len);
}

static int begin_block(struct ingest_cut *c, const struct webm_block *block) {
    if (!c->has_tracks)
        return bad(c, "Media came before the stream's list of tracks.");
    const bool is_ours =
        block->track == c->tracks.video_number || block->track == c->tracks.audio_number;
    if (!is_ours || block->len == 0)
        return INGEST_CUT_MORE;
    if (block->len > LIMIT_INGEST_FRAME_BYTES)
        return bad(c, "A frame is longer than 1 MiB; lower the bitrate (with ffmpeg: -b:v 2M).");
    c->block = *block;
    c->is_collecting_tracks = false;
    return collect(c, block->len);
}

static int end_tracks(struct ingest_cut *c) {
    if (ingest_tracks_read(&c->tracks, c->held, c->held_len, c->reason) != 0)
        return INGEST_CUT_BAD;
    c->has_tracks = true;
    return INGEST_CUT_MORE;
}

static int end_block(struct ingest_cut *c) {
    const unsigned count = c->block.lacing ? c->block.frame_count : 1;
    size_t sum = 0;
    if (ingest_lacing_read(c->laces, c->block.lacing, count, c->held, c->held_len) != 0)
        return bad(c, "A block's lacing is damaged.");
    for (unsigned i = 0; i < count; i++)
        sum += c->laces[i];
    c->lace_offset = c->held_len - sum;
    c->lace_at = 0;
    c->lace_count = count;
    c->lace_time_us = c->block.timestamp_ms * 1000;
    return INGEST_CUT_MORE;
}

// Keeps what is there of the element being collected.
static int keep(struct ingest_cut *c) {
    const size_t here = c->in_len - c->in_at;
    const size_t len = here < c->missing_len ? here : c->missing_len;
    memcpy(c->held + c->held_len, c->in + c->in_at, len);
    (void)webm_scanner_skip(&c->scanner, len);
    c->in_at += len;
    c->held_len += len;
    c->missing_len -= len;
    if (c->missing_len)
        return INGEST_CUT_MORE;
    return c->is_collecting_tracks ? end_tracks(c) : end_block(c);
}

static bool take_lace(struct ingest_cut *c, struct ingest_frame *frame) {
    while (c->lace_at < c->lace_count) {
        const size_t len = c->laces[c->lace_at++];
        const uint8_t *const bytes = c->held + c->lace_offset;
        const bool is_video = c->block.track == c->tracks.video_number;
        c->lace_offset += len;
        if (!len)
            continue;
        *frame = (struct ingest_frame){.bytes = bytes,
                                       .len = len,
                                       .time_us = c->lace_time_us,
                                       .is_video = is_video,
                                       .is_keyframe = !is_video || !(bytes[0] & 1)};
        if (!is_video)
            c->lace_time_us += ingest_opus_duration_us(bytes, len);
        return true;
    }
    return false;
}

static int scan(struct ingest_cut *c, bool *has_moved) {
    struct webm_item item;
    size_t consumed;
    const int status =
        webm_scanner_next(&c->scanner, &item, c->in + c->in_at, c->in_len - c->in_at, &consumed);
    c->in_at += consumed;
    *has_moved = status == WEBM_OK;
    if (status == WEBM_DONE)
        return INGEST_CUT_DONE;
    if (status == WEBM_BAD) {
        snprintf(c->reason, sizeof(c->reason),
                 c->has_tracks ? "The stream is damaged: %s."
                               : "This is neither WebM nor Matroska (%s). With ffmpeg: -f webm.",
                 c->scanner.reason);
        return INGEST_CUT_BAD;
    }
    if (item.kind == WEBM_ITEM_TRACKS)
        return begin_tracks(c, item.block.len);
    return item.kind == WEBM_ITEM_BLOCK ? begin_block(c, &item.block) : INGEST_CUT_MORE;
}

int ingest_cut_next(struct ingest_cut *c, struct ingest_frame *frame) {
    int status = c->reason[0] ? INGEST_CUT_BAD : INGEST_CUT_MORE;
    bool has_moved = true;
    while (status == INGEST_CUT_MORE && has_moved) {
        if (take_lace(c, frame))
            return INGEST_CUT_FRAME;
        if (c->missing_len) {
            has_moved = c->in_at < c->in_len;
            status = keep(c);
        } else {
            status = scan(c, &has_moved);
        }
    }
    return status;
}
