// SPDX-License-Identifier: MIT
// WebM or Matroska from an encoder elsewhere in, single frames out. Takes Clusters with any number
// of blocks, sizes known or not, SimpleBlocks and BlockGroups, laced or not, in any order of
// tracks; other tracks are passed over. Refuses codecs that are not ours, with a sentence. Pure but
// for its own buffers; pull: put bytes in, take frames out.
#ifndef TABCAST_RELAY_INGEST_CUT_H
#define TABCAST_RELAY_INGEST_CUT_H

#include "relay/ingest_lacing.h"
#include "relay/ingest_limits.h"
#include "relay/ingest_tracks.h"
#include "shared/webm_scanner.h"
#include <stdbool.h>

enum ingest_cut_status {
    INGEST_CUT_FRAME = 0, // *frame was filled
    INGEST_CUT_MORE = 1,  // put more bytes in
    INGEST_CUT_DONE = 2,  // the Segment has ended; this stays
    INGEST_CUT_BAD = -1,  // `reason` is a sentence for the one who sends; this stays
};

struct ingest_frame {
    const uint8_t *bytes; // until the next call
    size_t len;           // never 0
    uint64_t time_us;     // on the stream's own clock
    bool is_video;
    bool is_keyframe; // by VP8's own frame header (RFC 6386 9.1); sound always
};

struct ingest_cut {
    struct ingest_tracks tracks; // valid once has_tracks
    bool has_tracks;
    char reason[INGEST_REASON_BYTES]; // "" unless BAD
    // Private from here.
    struct webm_scanner scanner;
    bool is_collecting_tracks;
    size_t in_at, in_len;      // unread bytes: in[in_at .. in_len)
    uint8_t *held;             // the element being collected
    size_t held_len, held_cap; // bytes
    size_t missing_len;        // bytes of it still to come
    struct webm_block block;   // whose bytes are held
    uint32_t laces[INGEST_LACES_COUNT];
    unsigned lace_at, lace_count; // frames of it to hand out yet
    size_t lace_offset;           // of the next one
    uint64_t lace_time_us;
    uint8_t in[LIMIT_INGEST_READ_BYTES];
};

void ingest_cut_init(struct ingest_cut *c);
void ingest_cut_dispose(struct ingest_cut *c);

// Copies bytes of the stream; returns how many it took (0 when it is full: take frames first).
size_t ingest_cut_put(struct ingest_cut *c, const uint8_t *bytes, size_t len);

// The next frame, or what there is instead (enum ingest_cut_status).
int ingest_cut_next(struct ingest_cut *c, struct ingest_frame *frame);

#endif
