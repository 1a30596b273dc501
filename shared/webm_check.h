// SPDX-License-Identifier: MIT
// Checks the two WebM payloads of the wire whole, before anything is stored or forwarded: init
// segments and one-frame Clusters. Stricter than WebM: exactly what docs/protocol.md names. Pure:
// no malloc, no I/O, any thread, no recursion; every length meets a cap or the end of its parent
// first.
#ifndef TABCAST_SHARED_WEBM_CHECK_H
#define TABCAST_SHARED_WEBM_CHECK_H

#include "shared/webm_writer.h"

#include <stddef.h>
#include <stdint.h>

enum webm_status {
    WEBM_OK = 0,
    WEBM_MORE = 1, // the bytes end inside an element: call again with more
    WEBM_DONE = 2, // end of the Segment
    WEBM_BAD = -1, // not WebM, or not the WebM we speak; `reason` names what
};

struct webm_block {
    uint64_t offset;       // of the frame's first byte, from the start of the stream
    uint32_t len;          // bytes of the frame; of all frames and their lengths when laced
    uint64_t timestamp_ms; // absolute: Cluster timestamp + relative, never below 0
    uint8_t track;
    uint8_t is_keyframe;
    uint16_t frame_count; // 1; more when laced (only in files by others)
    uint8_t lacing;       // the flags' two bits: 0 none, 1 Xiph, 2 fixed, 3 EBML (RFC 9559 10.3)
};

// Checks a whole init segment: DocType webm, Segment of unknown size, Info with TimestampScale 1 ms
// and without Duration, Tracks: V_VP8 as track 1 and/or A_OPUS as track 2, sizes in range, nothing
// behind Tracks. Other elements are passed over. Fills *tracks. Returns WEBM_OK or WEBM_BAD (a cut
// segment is bad here); on WEBM_BAD *reason (may be NULL) points to a static English phrase.
int webm_init_check(struct webm_tracks *tracks, const uint8_t *bytes, size_t len,
                    const char **reason);

// Checks that the bytes are exactly one Cluster of known size with one Timestamp and one unlaced
// SimpleBlock of track 1 or 2 with relative timestamp 0, no flag but keyframe, and a non-empty
// frame. block->offset is relative to `bytes`.
int webm_cluster_check(struct webm_block *block, const uint8_t *bytes, size_t len,
                       const char **reason);

#endif
