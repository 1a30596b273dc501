// SPDX-License-Identifier: MIT
// The front of a finished WebM file, read in pieces from byte 0 on: length of the init segment,
// Duration, Cues. Our scanner, no FFmpeg. Owns the list of cues. Not thread-safe; no I/O.
#ifndef TABCAST_WASM_REPLAY_INDEX_H
#define TABCAST_WASM_REPLAY_INDEX_H

#include <stddef.h>
#include <stdint.h>

// Room for one write; what a caller has beyond it follows in further writes.
#define REPLAY_INDEX_WRITE_BYTES (64 * 1024)
// A key frame a second for longer than a day.
#define REPLAY_INDEX_CUES_MAX 100000

struct replay_cue {
    uint64_t timestamp_ms;
    uint64_t offset; // of the Cluster, in the file
};

struct replay_index;

int replay_index_create(struct replay_index **out); // 0 or CODEC_ERR_MEMORY
void replay_index_destroy(struct replay_index *r);  // NULL is allowed

size_t replay_index_write_room(const struct replay_index *r);
uint8_t *replay_index_write_pointer(struct replay_index *r);
// Reads what was written. 0 (see is_complete), CODEC_ERR_STREAM, CODEC_ERR_MEMORY,
// CODEC_ERR_OVERFLOW, CODEC_ERR_TOO_LARGE (more cues than REPLAY_INDEX_CUES_MAX); errors stay.
int replay_index_did_write(struct replay_index *r, size_t len);

// The first Cluster was reached: nothing behind it is read.
int replay_index_is_complete(const struct replay_index *r);
uint64_t
replay_index_init_len(const struct replay_index *r); // EBML header … Tracks; 0 = not there yet
uint64_t replay_index_duration_ms(const struct replay_index *r); // 0 = not told
size_t replay_index_cue_count(const struct replay_index *r);
// index < cue_count; the entry is valid until the next write.
const struct replay_cue *replay_index_cue(const struct replay_index *r, size_t index);

#endif
