// SPDX-License-Identifier: MIT
// Writes the WebM that travels on the wire: the init segment and one Cluster per frame.
// Sources: RFC 8794 (EBML), RFC 9559 (Matroska), RFC 7845 (OpusHead), the WebM container
// guidelines. Pure: no malloc, no I/O, no globals; the caller owns every buffer. TimestampScale is
// 1 ms.
#ifndef TABCAST_SHARED_WEBM_WRITER_H
#define TABCAST_SHARED_WEBM_WRITER_H

#include "shared/ebml.h"
#include <stddef.h>
#include <stdint.h>

#define WEBM_TRACK_VIDEO 1
#define WEBM_TRACK_AUDIO 2
// The longest Cluster head webm_write_cluster_head can write.
#define WEBM_CLUSTER_HEAD_MAX_LEN 32

struct webm_tracks {
    uint16_t width;    // pixels; 0 = no video track
    uint16_t height;   // pixels
    uint8_t channels;  // 1 or 2; 0 = no audio track
    uint16_t pre_skip; // samples at 48 kHz (OPUS_GET_LOOKAHEAD), RFC 7845 4.2
};

// 1 when there is a track at all and every field is in range.
int webm_tracks_are_valid(const struct webm_tracks *tracks);

// Writes EBML header, Segment of unknown size, Info, Tracks. Returns the length, or 0 if `cap` is
// too small or the tracks are out of range. LIMIT_INIT_BYTES is always enough.
size_t webm_write_init(uint8_t *out, size_t cap, const struct webm_tracks *tracks);

// Writes all of a one-frame Cluster but the frame's `frame_len` bytes, which must follow directly.
// Known sizes, SimpleBlock with relative timestamp 0. Returns the length, or 0 if `cap` is too
// small, the track unknown, the frame empty or longer than LIMIT_MEDIA_MESSAGE_BYTES, the timestamp
// over its limit.
size_t webm_write_cluster_head(uint8_t *out, size_t cap, uint8_t track, uint64_t timestamp_ms,
                               int is_keyframe, size_t frame_len);

// The pieces of an init segment, for who writes a finished file (relay/finalise.c).
// EBML header and the Segment's head with a size of 8 bytes (EBML_SIZE_UNKNOWN while live).
void webm_put_header(struct ebml_writer *w, uint64_t segment_len);
// Info; without Duration when duration_ms is 0.
void webm_put_info(struct ebml_writer *w, double duration_ms);
void webm_put_tracks(struct ebml_writer *w, const struct webm_tracks *tracks);

#endif
