// SPDX-License-Identifier: MIT
// Walks a whole WebM file or stream in pieces without trusting it: ours, ffmpeg's, anybody's. Hands
// out where clusters, blocks and cue points lie; never looks into frames. No malloc, no I/O, no
// recursion; any thread. Unknown elements are skipped by their size, at any level; what cannot be
// skipped or nested so is WEBM_BAD. Sizes may be unknown for Segment and Cluster (RFC 9559 5.1).
// Times are scaled to milliseconds.
#ifndef TABCAST_SHARED_WEBM_SCANNER_H
#define TABCAST_SHARED_WEBM_SCANNER_H

#include "shared/webm_check.h"
#include "shared/webm_writer.h"

#include <stddef.h>
#include <stdint.h>

enum webm_item_kind {
    WEBM_ITEM_NONE,
    WEBM_ITEM_INIT_END, // offset = first byte behind Tracks
    WEBM_ITEM_CLUSTER,  // offset = first byte of the Cluster's id; timestamp_ms. Comes with its
                        // Timestamp
    WEBM_ITEM_BLOCK, // block. A SimpleBlock as soon as its head is there; a Block with its group's
                     // end
    WEBM_ITEM_CUE,   // timestamp_ms, offset = absolute offset of the Cluster in the file
    WEBM_ITEM_DURATION, // timestamp_ms = duration
    WEBM_ITEM_TRACKS, // foreign streams only: block.offset and block.len of Tracks' payload, which
                      // follows
};

struct webm_item {
    enum webm_item_kind kind;
    uint64_t offset;
    uint64_t timestamp_ms;
    struct webm_block block;
};

// Segment > Cluster > BlockGroup and Segment > Cues > CuePoint > CueTrackPositions are the deepest.
#define WEBM_SCANNER_DEPTH_MAX 4
// No single look needs more bytes than this: an element's head and the longest payload that is
// read.
#define WEBM_SCANNER_WINDOW_LEN 64

struct webm_scanner_level {
    uint32_t id;
    uint64_t end; // offset behind the master; EBML_SIZE_UNKNOWN
};

// Incremental walk. The struct is the caller's; all but `offset` and `reason` is private to
// webm_scanner.c.
struct webm_scanner {
    uint64_t offset;    // bytes consumed so far
    const char *reason; // after WEBM_BAD: a static English phrase
    struct webm_scanner_level levels[WEBM_SCANNER_DEPTH_MAX];
    uint8_t depth;
    uint8_t has_header;     // the EBML header was passed and is webm's
    uint8_t has_doc_type;   // webm was read in the header that is open
    uint8_t is_done;        // the Segment has ended
    uint8_t init_end_waits; // the skip under way is Tracks
    uint8_t is_foreign;     // see webm_scanner_init_foreign
    uint64_t skip_len;      // bytes still to pass unread
    uint64_t segment_start; // offset of the Segment's payload; cue positions count from here
    uint64_t scale_ns;      // TimestampScale
    double duration;        // in scale_ns units; 0 = none seen
    uint64_t cluster_offset;
    uint64_t cluster_timestamp; // in scale_ns units
    uint64_t cue_time;          // in scale_ns units
    uint64_t cue_position;
    uint8_t cue_has_time;
    uint8_t cue_has_position;
    uint8_t group_has_block;
    uint8_t group_has_reference; // its Block is no key frame
    struct webm_block group_block;
};

void webm_scanner_init(struct webm_scanner *s);

// For who takes in a stream of others while it comes: DocType matroska passes, too, Tracks is
// announced before it is skipped, and a Block of a BlockGroup comes with its head like a
// SimpleBlock (is_keyframe is then 0: what says so lies behind the frame).
void webm_scanner_init_foreign(struct webm_scanner *s);

// Starts in the middle of a stream whose TimestampScale is 1 ms, at a Cluster that is known to
// begin at `offset`.
void webm_scanner_init_at_cluster(struct webm_scanner *s, uint64_t offset);

// Looks at `bytes` (the stream from s->offset on). Consumes 0..len bytes (*consumed) and fills
// *item when it has one. Returns WEBM_OK (item may be NONE: progress was made), WEBM_MORE (nothing
// consumed, give more bytes: at most WEBM_SCANNER_WINDOW_LEN are ever needed at once), WEBM_DONE or
// WEBM_BAD (both stay). block.offset/len tell where a frame lies, which the scanner then skips.
int webm_scanner_next(struct webm_scanner *s, struct webm_item *item, const uint8_t *bytes,
                      size_t len, size_t *consumed);

// Tells the scanner that the caller passes `len` bytes unread (seeking in a file over a frame or
// another part that it is about to skip). Returns how many it accepts; they count as consumed.
uint64_t webm_scanner_skip(struct webm_scanner *s, uint64_t len);

#endif
