// SPDX-License-Identifier: MIT
// How a finished replay is laid out: the order of all frames, which Cluster each stands in, where
// each Cluster lies, cues, duration. Everything is known before the first byte is written, so a
// replay is written from front to back. Pure: no I/O; memory grows with key frames only.
//
// The layout (RFC 9559, WebM container guidelines): EBML header, Segment of known size, SeekHead,
// Info with Duration, Tracks, Cues, Clusters. Frames stand in timestamp order, sound before the
// picture of the same time. A Cluster begins at each key frame, with the sound that is being heard
// at that moment; it ends after 5 s or 5 MB at the latest. Cues name every key frame, or every
// Cluster when there is no video.
#ifndef TABCAST_RELAY_REPLAY_PLAN_H
#define TABCAST_RELAY_REPLAY_PLAN_H

#include "relay/block_index.h"

#include <stddef.h>
#include <stdint.h>

#define REPLAY_NO_CUE UINT32_MAX
// Head of a Cluster (id, size, Timestamp) and of a SimpleBlock.
#define REPLAY_CLUSTER_HEAD_MAX_LEN 24
#define REPLAY_BLOCK_HEAD_MAX_LEN 16

struct replay_cluster {
    uint64_t offset;       // of the Cluster's id in the replay
    uint32_t timestamp_ms; // its Timestamp: that of its first frame
    uint32_t cue_ms;       // time its cue names, or REPLAY_NO_CUE
    uint32_t payload_len;  // bytes of its payload
    uint32_t block_count;
};

struct replay_plan {
    const struct block_index *index; // borrowed
    struct replay_cluster *clusters;
    size_t cluster_count;
    size_t cluster_cap;
    size_t cue_count;
    uint64_t cues_payload_len;
    unsigned position_len; // bytes of each CueClusterPosition
    size_t head_len;       // EBML header to Tracks
    uint64_t duration_ms;
    uint64_t size_bytes; // of the whole replay
};

// Where a walk over all frames stands.
struct replay_cursor {
    size_t video; // next of index->video
    size_t audio; // next of index->audio
};

// 0, or -ENOMEM. The index must hold at least one frame and outlive the plan. Dispose in each case.
int replay_plan_build(struct replay_plan *plan, const struct block_index *index);
void replay_plan_dispose(struct replay_plan *plan);

// The next frame in the replay's order and its track, or NULL behind the last one.
const struct block_ref *replay_next(const struct block_index *index, struct replay_cursor *cursor,
                                    uint8_t *track);

// EBML header to the end of Cues; replay_front_len() bytes are written to `out`.
size_t replay_front_len(const struct replay_plan *plan);
void replay_write_front(const struct replay_plan *plan, uint8_t *out);
// Both return the length written.
size_t replay_write_cluster_head(uint8_t out[REPLAY_CLUSTER_HEAD_MAX_LEN],
                                 const struct replay_cluster *cluster);
size_t replay_write_block_head(uint8_t out[REPLAY_BLOCK_HEAD_MAX_LEN],
                               const struct replay_cluster *cluster, const struct block_ref *block,
                               uint8_t track);

#endif
