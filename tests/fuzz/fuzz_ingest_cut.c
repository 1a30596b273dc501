// SPDX-License-Identifier: MIT
// Any stream cut into frames, whole and in pieces: the same frames, the same end and the same
// sentence. The first byte chooses the pieces.
#include "relay/ingest_cut.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct outcome {
    uint64_t hash;
    size_t frames;
    int status;
    char reason[INGEST_REASON_BYTES];
};

static void mix(struct outcome *o, uint64_t value) {
    o->hash = (o->hash ^ value) * 1099511628211ULL;
}

static void mix_frame(struct outcome *o, const struct ingest_cut *c, const struct ingest_frame *f) {
    if (!f->len || f->len > LIMIT_INGEST_FRAME_BYTES || !c->has_tracks ||
        f->time_us > INT64_MAX / 2)
        abort();
    if (!(f->is_video ? c->tracks.video_number : c->tracks.audio_number))
        abort();
    mix(o, f->time_us);
    mix(o, (uint64_t)f->len << 2 | (uint64_t)f->is_video << 1 | f->is_keyframe);
    for (size_t i = 0; i < f->len; i++)
        mix(o, f->bytes[i]);
    o->frames++;
}

static struct outcome walk(struct ingest_cut *c, const uint8_t *bytes, size_t len, size_t piece) {
    struct outcome o = {.hash = 14695981039346656037ULL};
    struct ingest_frame frame;
    size_t at = 0;
    ingest_cut_init(c);
    for (;;) {
        o.status = ingest_cut_next(c, &frame);
        if (o.status == INGEST_CUT_FRAME) {
            mix_frame(&o, c, &frame);
            continue;
        }
        if (o.status != INGEST_CUT_MORE || at == len)
            break;
        const size_t taken = ingest_cut_put(c, bytes + at, piece < len - at ? piece : len - at);
        if (!taken)
            abort();
        at += taken;
    }
    if ((o.status == INGEST_CUT_BAD) != (c->reason[0] != '\0'))
        abort();
    if (c->has_tracks && !webm_tracks_are_valid(&c->tracks.tracks))
        abort();
    memcpy(o.reason, c->reason, sizeof(o.reason));
    ingest_cut_dispose(c);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 2)
        return 0;
    struct ingest_cut *const c = malloc(sizeof(*c));
    if (!c)
        return 0;
    const struct outcome whole = walk(c, data + 1, len - 1, len);
    const struct outcome pieces = walk(c, data + 1, len - 1, 1U + data[0]);
    free(c);
    if (whole.hash != pieces.hash || whole.frames != pieces.frames ||
        whole.status != pieces.status || strcmp(whole.reason, pieces.reason) != 0)
        abort();
    return 0;
}
