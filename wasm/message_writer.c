// SPDX-License-Identifier: MIT
// Puts frames into wire messages. Owns the message's buffer, nothing else; any thread, one at a
// time.
#include "wasm/message_writer.h"

#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "wasm/codec_status.h"

#include <stdlib.h>
#include <string.h>

static int reserve(struct message_writer *w, size_t len) {
    if (len <= w->cap)
        return 0;
    // Half as much again: key frames vary by tens of percent, and each growth would copy the heap.
    const size_t cap = len + len / 2;
    uint8_t *const bytes = realloc(w->bytes, cap);
    if (bytes == NULL)
        return CODEC_ERR_MEMORY;
    w->bytes = bytes;
    w->cap = cap;
    return 0;
}

int message_writer_write(struct message_writer *w, const struct wire_header *header,
                         const uint8_t *frame, size_t frame_len) {
    const int is_video = header->kind == WIRE_VIDEO;
    const size_t cap = is_video ? LIMIT_MEDIA_MESSAGE_BYTES : LIMIT_AUDIO_MESSAGE_BYTES;
    w->len = 0;
    if (frame_len > cap - WIRE_HEADER_LEN - WEBM_CLUSTER_HEAD_MAX_LEN)
        return CODEC_ERR_TOO_LARGE;
    if (reserve(w, WIRE_HEADER_LEN + WEBM_CLUSTER_HEAD_MAX_LEN + frame_len) != 0)
        return CODEC_ERR_MEMORY;
    wire_header_write(w->bytes, header);
    uint8_t *const cluster = w->bytes + WIRE_HEADER_LEN;
    const size_t head_len = webm_write_cluster_head(
        cluster, WEBM_CLUSTER_HEAD_MAX_LEN, is_video ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO,
        header->timestamp_us / 1000, (header->flags & WIRE_KEY) != 0, frame_len);
    if (head_len == 0)
        return CODEC_ERR_ARGUMENT;
    memcpy(cluster + head_len, frame, frame_len);
    w->len = WIRE_HEADER_LEN + head_len + frame_len;
    return CODEC_READY;
}

void message_writer_dispose(struct message_writer *w) {
    free(w->bytes);
    *w = (struct message_writer){0};
}
