// SPDX-License-Identifier: MIT
// Wire messages in a buffer that grows to the largest one made: header, Cluster head, frame.
// Not thread-safe; one per encoder.
#ifndef TABCAST_WASM_MESSAGE_WRITER_H
#define TABCAST_WASM_MESSAGE_WRITER_H

#include "shared/wire.h"
#include <stddef.h>
#include <stdint.h>

struct message_writer { // all zero is empty
    uint8_t *bytes;     // the message, valid until the next write or dispose
    size_t len;         // of the message
    size_t cap;
};

// Writes a VIDEO or AUDIO message: `header` and one Cluster with `frame`; KEY decides on the
// block's keyframe bit. Returns CODEC_READY, CODEC_ERR_TOO_LARGE (over the kind's cap in limits.h)
// or CODEC_ERR_MEMORY.
int message_writer_write(struct message_writer *w, const struct wire_header *header,
                         const uint8_t *frame, size_t frame_len);
void message_writer_dispose(struct message_writer *w);

#endif
