// SPDX-License-Identifier: MIT
// Writes the WebM that travels on the wire: the init segment and one Cluster per frame.
// Sources: RFC 8794 (EBML), RFC 9559 (Matroska), RFC 7845 (OpusHead), the WebM container guidelines.
// Pure: no malloc, no I/O, no globals; the caller owns every buffer. TimestampScale is 1 ms.
#ifndef TABCAST_SHARED_WEBM_WRITER_H
#define TABCAST_SHARED_WEBM_WRITER_H

#include <stddef.h>
#include <stdint.h>

#define WEBM_TRACK_VIDEO 1
#define WEBM_TRACK_AUDIO 2
// The longest Cluster head webm_write_cluster_head can write.
#define WEBM_CLUSTER_HEAD_MAX_LEN 32

struct webm_tracks {
    uint16_t width;     // pixels; 0 = no video track
    uint16_t height;    // pixels
    uint8_t channels;   // 1 or 2; 0 = no audio track
    uint16_t pre_skip;  // samples at 48 kHz (OPUS_GET_LOOKAHEAD), RFC 7845 4.2
};

// Writes EBML header, Segment of unknown size, Info, Tracks. Returns the length, or 0 if `cap` is too
// small or the tracks are out of range. LIMIT_INIT_BYTES is always enough.
size_t webm_write_init(uint8_t *out, size_t cap, const struct webm_tracks *tracks);

// Writes all of a one-frame Cluster but the frame's `frame_len` bytes, which must follow directly.
// Known sizes, SimpleBlock with relative timestamp 0. Returns the length, or 0 if `cap` is too small.
size_t webm_write_cluster_head(uint8_t *out, size_t cap, uint8_t track, uint64_t timestamp_ms,
                               int is_keyframe, size_t frame_len);

#endif
