// SPDX-License-Identifier: MIT
// Reads WebM from outside without trusting it: checks init segments and wire Clusters, and walks a whole
// file or stream in pieces. No malloc, no I/O, no recursion; every length meets a cap first.
// Unknown elements are skipped where the format allows; anything else is WEBM_BAD.
#ifndef TABCAST_SHARED_WEBM_SCANNER_H
#define TABCAST_SHARED_WEBM_SCANNER_H

#include "shared/webm_writer.h"
#include <stddef.h>
#include <stdint.h>

enum webm_status {
    WEBM_OK = 0,
    WEBM_MORE = 1,  // the bytes end inside an element: call again with more
    WEBM_DONE = 2,  // end of the Segment
    WEBM_BAD = -1,  // not WebM, or not the WebM we speak; `reason` names what
};

// Checks a whole init segment: DocType webm, V_VP8 and/or A_OPUS tracks numbered 1 and 2, sizes in range,
// nothing behind Tracks. Fills *tracks. Returns WEBM_OK or WEBM_BAD (a cut segment is bad here); on
// WEBM_BAD *reason (may be NULL) points to a static English phrase.
int webm_init_check(struct webm_tracks *tracks, const uint8_t *bytes, size_t len, const char **reason);

struct webm_block {
    uint64_t offset;        // of the frame's first byte, from the start of the stream
    uint32_t len;           // bytes of the frame
    uint64_t timestamp_ms;  // absolute: Cluster timestamp + relative
    uint8_t track;
    uint8_t is_keyframe;
};

// Checks that the bytes are exactly one Cluster of known size with one Timestamp and one unlaced
// SimpleBlock with a non-empty frame. block->offset is relative to `bytes`.
int webm_cluster_check(struct webm_block *block, const uint8_t *bytes, size_t len, const char **reason);

enum webm_item_kind {
    WEBM_ITEM_NONE,
    WEBM_ITEM_INIT_END, // offset = first byte behind Tracks... i.e. where clusters may begin
    WEBM_ITEM_CLUSTER,  // offset = first byte of the Cluster's id; timestamp_ms
    WEBM_ITEM_BLOCK,    // block
    WEBM_ITEM_CUE,      // timestamp_ms, offset = absolute offset of the Cluster in the file
    WEBM_ITEM_DURATION, // timestamp_ms = duration
};

struct webm_item {
    enum webm_item_kind kind;
    uint64_t offset;
    uint64_t timestamp_ms;
    struct webm_block block;
};

// Incremental walk. The struct is the caller's; fields are private to webm_scanner.c.
struct webm_scanner {
    uint64_t offset;        // bytes consumed so far
    uint64_t segment_start; // offset of the Segment's payload; cue positions count from here
    uint64_t ends[8];       // end offset of each open master, UINT64_MAX = unknown size
    uint32_t ids[8];
    uint8_t depth;
    uint8_t state;
    uint64_t skip_len;          // bytes of a skipped or handed-out payload still to pass
    uint64_t cluster_timestamp_ms;
    uint64_t cue_timestamp_ms;
    uint64_t cue_offset;
    uint8_t cue_has;
    const char *reason;
};

void webm_scanner_init(struct webm_scanner *s);

// Looks at `bytes` (the stream from s->offset on). Consumes 0..len bytes (*consumed) and fills *item when it has
// one. Returns WEBM_OK (item may be NONE: progress was made), WEBM_MORE (nothing consumed, give more bytes),
// WEBM_DONE or WEBM_BAD. A block item is handed out as soon as its header is there; block.offset/len tell
// where its frame lies, which the scanner then skips.
int webm_scanner_next(struct webm_scanner *s, struct webm_item *item, const uint8_t *bytes, size_t len,
                      size_t *consumed);

#endif
