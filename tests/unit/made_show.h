// SPDX-License-Identifier: MIT
// Made-up shows of any length as wire messages: frames are noise that depends on time and track, so
// that any mix-up shows. For tests of what never looks into a frame.
#ifndef TABCAST_TESTS_MADE_SHOW_H
#define TABCAST_TESTS_MADE_SHOW_H

#include "relay/message.h"

#include <stddef.h>
#include <stdint.h>

#define MADE_SHOW_MAX 20000

struct made_show {
    struct message *messages[MADE_SHOW_MAX];
    size_t count;
    uint32_t sequence;
};

void made_show_init_segment(struct made_show *s, uint16_t width, uint16_t height, uint8_t channels);
void made_show_video(struct made_show *s, uint64_t timestamp_ms, int is_key, size_t len);
void made_show_audio(struct made_show *s, uint64_t timestamp_ms);
// Pictures each 40 ms with a key frame every `key_ms`, sound each 20 ms, from..to; sound comes
// `audio_late_ms` after the pictures of its time.
void made_show_span(struct made_show *s, uint64_t from_ms, uint64_t to_ms, uint64_t key_ms,
                    size_t frame_len, uint64_t audio_late_ms);
void made_show_dispose(struct made_show *s);

// All payloads in a row: a recording's bytes. free() it.
uint8_t *made_show_bytes(const struct made_show *s, size_t *len);

#endif
