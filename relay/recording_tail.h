// SPDX-License-Identifier: MIT
// Where a recording that a crash cut off can go on: how much of each file is whole, and what the
// frames in it demand of those that follow. Reads the beginning and what lies behind the last key
// frames of the journal, so a long recording costs no more than a short one. Blocking I/O: the
// recorder's writer thread alone.
#ifndef TABCAST_RELAY_RECORDING_TAIL_H
#define TABCAST_RELAY_RECORDING_TAIL_H

#include "shared/webm_check.h"
#include <stdint.h>

struct recording_tail {
    uint64_t part_len; // whole messages; 0 when there is no frame
    uint64_t cues_len; // records of what is whole
    uint64_t chat_len; // whole lines
    struct webm_tracks tracks;
    int64_t newest_ms[3]; // by track number; -1 = none found
};

// 0, or a negative errno; -EILSEQ when this is no recording of ours. Cuts nothing but the last line
// of chat.
int recording_tail_find(struct recording_tail *out, int dir_fd, const char *id);

#endif
