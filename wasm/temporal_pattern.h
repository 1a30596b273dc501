// SPDX-License-Identifier: MIT
// Which frame of the running pattern belongs to which temporal layer, and what it may reference and
// update. Pure; the patterns are those libwebrtc uses by default (modules/video_coding/codecs/vp8/
// default_temporal_layers.cc), for they have been played by every browser for a decade:
//
//   3 layers, 8 frames: 0 2 1 2 0 2 1 2     2 layers, 4 frames: 0 1 0 1     1 layer: 0
//
// LAST is written by layer 0 only, GOLDEN by layer 1 only, ALTREF by key frames only. Layer 2
// writes nothing, so any of its frames may be left out; a frame that reads GOLDEN needs layer 1
// unbroken.
#ifndef TABCAST_WASM_TEMPORAL_PATTERN_H
#define TABCAST_WASM_TEMPORAL_PATTERN_H

#include <stdint.h>

enum temporal_use { // what a frame does with VP8's three reference pictures
    TEMPORAL_READ_LAST = 1,
    TEMPORAL_READ_GOLDEN = 2,
    TEMPORAL_READ_ALTREF = 4,
    TEMPORAL_WRITE_LAST = 8,
    TEMPORAL_WRITE_GOLDEN = 16,
};

struct temporal_slot {
    uint8_t layer;   // temporal id
    uint8_t is_sync; // reads only what layer 0 wrote (WIRE_SYNC)
    uint8_t use;     // bits of enum temporal_use
};

// layers_count 1..3. `position` counts the frames encoded since the last key frame, which is
// position 0 (a key frame writes all three references whatever its slot says).
const struct temporal_slot *temporal_slot_at(unsigned layers_count, unsigned position);

// Frames until the pattern repeats.
unsigned temporal_period(unsigned layers_count);

// Share of the whole bitrate that layers 0..layer have together, in percent.
unsigned temporal_bitrate_percent(unsigned layers_count, unsigned layer);

// Frame rate of layers 0..layer together = whole frame rate / this.
unsigned temporal_rate_decimator(unsigned layers_count, unsigned layer);

#endif
