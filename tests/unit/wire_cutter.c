// SPDX-License-Identifier: MIT
// Owns the way from a WebM file to wire messages, by the project's own scanner and writer.
#include "wire_cutter.h"

#include "shared/limits.h"
#include "shared/webm_scanner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "wire_cutter: %s\n", what);
    abort();
}

struct message *wire_make_init(const struct webm_tracks *tracks) {
    uint8_t body[WIRE_HEADER_LEN + LIMIT_INIT_BYTES];
    const size_t len = webm_write_init(body + WIRE_HEADER_LEN, LIMIT_INIT_BYTES, tracks);
    check(len != 0, "tracks out of range");
    const struct wire_header header = {.kind = WIRE_INIT};
    struct message *const m = message_create_media(&header, body, WIRE_HEADER_LEN + len);
    check(m != NULL, "out of memory");
    return m;
}

struct message *wire_make_frame(uint8_t track, uint64_t timestamp_us, int is_keyframe,
                                uint32_t sequence, const uint8_t *frame, size_t len) {
    uint8_t *const body = malloc(WIRE_HEADER_LEN + WEBM_CLUSTER_HEAD_MAX_LEN + len);
    check(body != NULL, "out of memory");
    const size_t head_len =
        webm_write_cluster_head(body + WIRE_HEADER_LEN, WEBM_CLUSTER_HEAD_MAX_LEN, track,
                                timestamp_us / 1000, is_keyframe, len);
    check(head_len != 0, "frame out of range");
    memcpy(body + WIRE_HEADER_LEN + head_len, frame, len);
    const struct wire_header header = {
        .kind = track == WEBM_TRACK_VIDEO ? WIRE_VIDEO : WIRE_AUDIO,
        .flags = is_keyframe ? WIRE_KEY : 0,
        .sequence = sequence,
        .timestamp_us = timestamp_us,
    };
    struct message *const m = message_create_media(&header, body, WIRE_HEADER_LEN + head_len + len);
    check(m != NULL, "out of memory");
    free(body);
    return m;
}

static void append(struct wire_cutter *c, struct message *m) {
    if ((c->count & (c->count + 1)) == 0) { // full at 0, 1, 3, 7 …
        c->messages = realloc(c->messages, (2 * c->count + 1) * sizeof(struct message *));
        check(c->messages != NULL, "out of memory");
    }
    c->messages[c->count++] = m;
}

static void take_item(struct wire_cutter *c, struct webm_scanner *s, const struct webm_item *item) {
    const char *reason = NULL;
    if (item->kind == WEBM_ITEM_INIT_END) {
        const int status = webm_init_check(&c->tracks, c->bytes, item->offset, &reason);
        check(status == WEBM_OK, reason);
        append(c, wire_make_init(&c->tracks));
    } else if (item->kind == WEBM_ITEM_BLOCK) {
        const struct webm_block *const b = &item->block;
        check(b->frame_count == 1 && b->offset + b->len <= c->len, "laced or cut");
        uint32_t *const sequence =
            b->track == WEBM_TRACK_VIDEO ? &c->video_sequence : &c->audio_sequence;
        append(c, wire_make_frame(b->track, b->timestamp_ms * 1000, b->is_keyframe, (*sequence)++,
                                  c->bytes + b->offset, b->len));
        webm_scanner_skip(s, b->len);
    }
}

void wire_cutter_open(struct wire_cutter *c, const char *path) {
    *c = (struct wire_cutter){0};
    FILE *const file = fopen(path, "rb");
    check(file != NULL, path);
    check(fseek(file, 0, SEEK_END) == 0, path);
    const long size = ftell(file);
    check(size > 0 && fseek(file, 0, SEEK_SET) == 0, path);
    c->len = (size_t)size;
    c->bytes = malloc(c->len);
    check(c->bytes && fread(c->bytes, 1, c->len, file) == c->len, path);
    fclose(file);

    struct webm_scanner s;
    webm_scanner_init(&s);
    for (;;) {
        struct webm_item item;
        size_t used;
        const int status =
            webm_scanner_next(&s, &item, c->bytes + s.offset, c->len - s.offset, &used);
        check(status != WEBM_BAD, s.reason ? s.reason : "bad WebM");
        if (status != WEBM_OK)
            break;
        take_item(c, &s, &item);
    }
    check(c->count > 1, "no frame");
}

void wire_cutter_close(struct wire_cutter *c) {
    for (size_t i = 0; i < c->count; i++)
        message_unref(c->messages[i]);
    free(c->messages);
    free(c->bytes);
    *c = (struct wire_cutter){0};
}
