// SPDX-License-Identifier: MIT
// WebM bytes in pieces of any length in, packets out: FFmpeg's Matroska demuxer, pushed instead of
// pulled (docs/decisions/0002-push-demuxing-without-threads.md). Our scanner walks ahead and lets
// FFmpeg see exactly the bytes up to the end of the next whole block; one av_read_frame then takes
// them, and must return that very block. So its read callback never waits, hostile bytes cannot
// make the two disagree unnoticed, and a packet comes out as soon as its last byte is in. Knows VP8
// and Opus, any number of such tracks. After an error only destroy is of use. Not thread-safe; no
// clock, no file, no thread.
#ifndef TABCAST_WASM_DEMUXER_H
#define TABCAST_WASM_DEMUXER_H

#include <stddef.h>
#include <stdint.h>

// The push buffer: a whole block (LIMIT_MEDIA_MESSAGE_BYTES) and what stands before it must fit in.
#define DEMUXER_BUFFER_BYTES (2 * 1024 * 1024)

struct demuxer_packet { // valid until the next call on the demuxer
    const uint8_t *data;
    size_t len;            // > 0
    uint64_t timestamp_us; // of the block: whole milliseconds
    uint8_t track;         // number in the stream
    uint8_t is_keyframe;
};

struct demuxer_tracks {
    uint16_t width;    // pixels, as the init segment says; 0 = no video
    uint16_t height;   // pixels
    uint8_t channels;  // 0 = no audio
    uint32_t pre_skip; // samples at 48 kHz
};

struct demuxer;

int demuxer_create(struct demuxer **out); // 0 or CODEC_ERR_MEMORY
void demuxer_destroy(struct demuxer *d);  // NULL is allowed

// How many bytes may be written at write_pointer() now; 0: call demuxer_next first.
size_t demuxer_write_room(struct demuxer *d);
uint8_t *demuxer_write_pointer(struct demuxer *d);
// 0 or CODEC_ERR_OVERFLOW (more than there was room for; nothing is taken).
int demuxer_did_write(struct demuxer *d, size_t len);

// CODEC_READY and *out; CODEC_NONE: write more; CODEC_ERR_STREAM, CODEC_ERR_DEMUX,
// CODEC_ERR_TOO_LARGE, CODEC_ERR_MEMORY: from then on always the same.
int demuxer_next(struct demuxer *d, struct demuxer_packet *out);

// All zero before the first packet.
const struct demuxer_tracks *demuxer_tracks_of(const struct demuxer *d);

#endif
