// SPDX-License-Identifier: MIT
// Cuts a WebM file by others (VP8 as track 1, Opus as track 2) into the wire messages a creator's
// tab would have sent: INIT, then one message per frame in the file's order. For tests and tools;
// aborts on a file that is none.
#ifndef TABCAST_TESTS_WIRE_CUTTER_H
#define TABCAST_TESTS_WIRE_CUTTER_H

#include "relay/message.h"
#include "shared/webm_check.h"

#include <stddef.h>
#include <stdint.h>

struct wire_cutter {
    uint8_t *bytes; // the whole file
    size_t len;
    struct message **messages;
    size_t count;
    struct webm_tracks tracks;
    uint32_t video_sequence;
    uint32_t audio_sequence;
};

// The file must be as live muxers write it: Segment of unknown size, no Duration.
void wire_cutter_open(struct wire_cutter *c, const char *path);
void wire_cutter_close(struct wire_cutter *c);

// Single messages, for tests that make their own stream. One reference each.
struct message *wire_make_init(const struct webm_tracks *tracks);
struct message *wire_make_frame(uint8_t track, uint64_t timestamp_us, int is_keyframe,
                                uint32_t sequence, const uint8_t *frame, size_t len);

#endif
