// SPDX-License-Identifier: MIT
// Makes the replay ID.webm of a recording ID.part.webm, whatever prefix of it there is. Steps:
// index (block_index), plan (replay_plan), write beside, sync, rename, complete ID.json, remove
// part and journal. Killed at any moment, the folder holds the recording or the whole replay, and
// calling again ends what was begun; so does calling it twice. Blocking I/O with bounded memory (16
// bytes a frame and 2 MiB): recorder threads and tools only.
#ifndef TABCAST_RELAY_FINALISE_H
#define TABCAST_RELAY_FINALISE_H

#include <stdint.h>

enum finalise_status {
    FINALISE_OK = 0,
    FINALISE_EMPTY = 1, // there was no frame: every file of the show is removed
    // else a negative errno; the recording stays as it is. -EILSEQ: no recording of ours.
};

struct finalise_result {
    uint64_t duration_ms;
    uint64_t size_bytes;
    uint64_t frame_count;
    uint64_t bytes_left_out; // of the recording: cut tail and damaged places
};

struct finalise_hooks {
    void (*breathe)(void *ctx); // called every few MiB, for who has other things to do; may be NULL
    void *ctx;
};

int finalise_recording(struct finalise_result *out, int dir_fd, const char *id,
                       const struct finalise_hooks *hooks);

#endif
