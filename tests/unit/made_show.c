// SPDX-License-Identifier: MIT
// Owns the making of shows.
#include "made_show.h"

#include "wire_cutter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct made_show *s, struct message *m) {
    if (s->count == MADE_SHOW_MAX) {
        fprintf(stderr, "made_show: too long\n");
        abort();
    }
    s->messages[s->count++] = m;
}

void made_show_init_segment(struct made_show *s, uint16_t width, uint16_t height,
                            uint8_t channels) {
    append(s, wire_make_init(&(struct webm_tracks){.width = width,
                                                   .height = height,
                                                   .channels = channels,
                                                   .pre_skip = channels ? 312 : 0}));
}

static void append_frame(struct made_show *s, uint8_t track, uint64_t timestamp_ms, int is_key,
                         size_t len) {
    uint8_t *const frame = malloc(len);
    uint32_t noise = (uint32_t)timestamp_ms * 2654435761u + track + s->sequence;
    for (size_t i = 0; i < len; i++) {
        noise = noise * 1664525u + 1013904223u;
        frame[i] = (uint8_t)(noise >> 24);
    }
    append(s, wire_make_frame(track, timestamp_ms * 1000, is_key, s->sequence++, frame, len));
    free(frame);
}

void made_show_video(struct made_show *s, uint64_t timestamp_ms, int is_key, size_t len) {
    append_frame(s, WEBM_TRACK_VIDEO, timestamp_ms, is_key, len);
}

void made_show_audio(struct made_show *s, uint64_t timestamp_ms) {
    append_frame(s, WEBM_TRACK_AUDIO, timestamp_ms, 1, 40 + timestamp_ms % 50);
}

void made_show_span(struct made_show *s, uint64_t from_ms, uint64_t to_ms, uint64_t key_ms,
                    size_t frame_len, uint64_t audio_late_ms) {
    for (uint64_t now = from_ms; now < to_ms + audio_late_ms; now += 20) {
        if (now < to_ms && (now - from_ms) % 40 == 0)
            made_show_video(s, now, (now - from_ms) % key_ms == 0,
                            frame_len / 2 + now * 31 % frame_len);
        if (now >= from_ms + audio_late_ms)
            made_show_audio(s, now - audio_late_ms);
    }
}

void made_show_dispose(struct made_show *s) {
    for (size_t i = 0; i < s->count; i++)
        message_unref(s->messages[i]);
    s->count = 0;
}

uint8_t *made_show_bytes(const struct made_show *s, size_t *len) {
    *len = 0;
    for (size_t i = 0; i < s->count; i++)
        *len += message_payload_len(s->messages[i]);
    uint8_t *const bytes = malloc(*len ? *len : 1);
    size_t at = 0;
    for (size_t i = 0; i < s->count; i++) {
        memcpy(bytes + at, message_payload(s->messages[i]), message_payload_len(s->messages[i]));
        at += message_payload_len(s->messages[i]);
    }
    return bytes;
}
