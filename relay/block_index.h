// SPDX-License-Identifier: MIT
// Where every frame of a recording lies: found by walking ID.part.webm once, whatever prefix of it
// a crash left. A cut tail is left out; behind a damaged place reading goes on at the journal's
// next key frame. Video begins with a key frame, timestamps of a track never fall, tracks that have
// no frame are taken out of `tracks`. Knows files only as a function that reads; one thread at a
// time.
#ifndef TABCAST_RELAY_BLOCK_INDEX_H
#define TABCAST_RELAY_BLOCK_INDEX_H

#include "shared/webm_check.h"

#include <stddef.h>
#include <stdint.h>

// 16 bytes: 12 hours of 30 frames and 50 packets a second take 55 MB while they are finalised.
struct block_ref {
    uint64_t offset;          // of the frame's first byte in the recording
    uint32_t timestamp_ms;    // 30 days of milliseconds fit
    uint32_t len : 31;        // bytes of the frame
    uint32_t is_keyframe : 1; //
};

struct block_list {
    struct block_ref *items; // ascending timestamps
    size_t count;
    size_t cap;
};

struct block_index {
    struct webm_tracks tracks; // of the first init segment
    struct block_list video;
    struct block_list audio;
    uint64_t bytes_left_out; // damaged or cut, in the middle and at the end
};

// What is read. `read` fills up to `len` bytes from `offset` on and returns how many (0 = the end),
// or a negative errno.
struct block_source {
    int64_t (*read)(void *ctx, uint8_t *out, size_t len, uint64_t offset);
    void *ctx;
    uint64_t size;          // bytes there are
    const uint8_t *journal; // cue journal as found; may be torn or NULL
    size_t journal_len;
};

// Result 0 (perhaps without any frame: cut before the first one), -EILSEQ when this is no recording
// of ours, -ENOMEM, or what `read` said. Dispose the index in each case.
int block_index_build(struct block_index *index, const struct block_source *source);
void block_index_dispose(struct block_index *index);

#endif
