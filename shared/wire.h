// SPDX-License-Identifier: MIT
// The fixed header in front of every binary message (docs/protocol.md, "Media messages").
// Owns the layout and its checks; refuses anything it cannot name. Pure: no malloc, no I/O, any
// thread.
//
//   offset 0  u8   kind          enum wire_kind
//          1  u8   flags         enum wire_flag, other bits must be 0
//          2  u8   rendition     0 (best) .. 2; 0 for audio and poster
//          3  u8   temporal_id   0 .. 2; 0 for all but video
//          4  u32  sequence      big-endian, +1 per message of the same kind and rendition, wraps
//          8  u64  timestamp_us  big-endian, capture time on the show's clock
#ifndef TABCAST_SHARED_WIRE_H
#define TABCAST_SHARED_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 1
#define WIRE_SUBPROTOCOL "tabcast.v1"
// The same, asked for first by who is going to publish: the relay reads in larger pieces.
#define WIRE_SUBPROTOCOL_PUBLISH "tabcast.publish.v1"
#define WIRE_HEADER_LEN 16

enum wire_kind {
    WIRE_INIT =
        1, // payload: WebM init segment of this rendition (EBML header, Segment, Info, Tracks)
    WIRE_VIDEO = 2,  // payload: one Cluster with one SimpleBlock of track 1
    WIRE_AUDIO = 3,  // payload: one Cluster with one SimpleBlock of track 2
    WIRE_POSTER = 4, // payload: one baseline JPEG, the show's current picture
};

enum wire_flag {
    WIRE_KEY = 1, // key frame: decoding may start here. Always set on audio.
    WIRE_SYNC =
        2, // references only temporal layer 0: after a dropped layer, this layer may resume here
    WIRE_GAP = 4, // set by the relay: messages of this track were left out before this one
};

enum wire_status {
    WIRE_OK = 0,
    WIRE_ERR_SHORT = -1,
    WIRE_ERR_KIND = -2,
    WIRE_ERR_FLAGS = -3,
    WIRE_ERR_RENDITION = -4,
    WIRE_ERR_TEMPORAL_ID = -5,
    WIRE_ERR_TIMESTAMP = -6,
    WIRE_ERR_TOO_LONG = -7,
    WIRE_ERR_EMPTY = -8,
};

struct wire_header {
    uint8_t kind;          // enum wire_kind
    uint8_t flags;         // bits of enum wire_flag
    uint8_t rendition;     // 0 = best
    uint8_t temporal_id;   // 0 = base layer
    uint32_t sequence;     // per kind and rendition, wraps
    uint64_t timestamp_us; // show's clock, <= LIMIT_TIMESTAMP_US
};

// Reads and checks the header of a whole binary message of `len` bytes (header and payload),
// including the per-kind size caps of limits.h. INIT and POSTER have no flags; AUDIO has KEY and
// never SYNC; a VIDEO key frame is of temporal layer 0. GAP passes: who may set it is the session's
// matter. Returns WIRE_OK or a negative enum wire_status; *out is written only on WIRE_OK.
int wire_header_read(struct wire_header *out, const uint8_t *message, size_t len);

// Writes WIRE_HEADER_LEN bytes. The caller vouches for the fields (asserted).
void wire_header_write(uint8_t out[WIRE_HEADER_LEN], const struct wire_header *header);

// A short machine-readable name ("unknown-kind", ...) for problem details, logs and metrics labels.
const char *wire_status_name(int status);

#endif
