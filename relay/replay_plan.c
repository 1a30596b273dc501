// SPDX-License-Identifier: MIT
// Owns the replay's layout. Pure; any thread.
#include "relay/replay_plan.h"

#include "shared/webm_writer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

// WebM container guidelines: Clusters of at most 5 s and 5 MB.
#define CLUSTER_MAX_MS 5000
#define CLUSTER_MAX_LEN 5000000u
// The longest Opus packet (RFC 6716 2.1.4): older sound is no longer heard when a key frame comes.
#define AUDIO_PACKET_MAX_MS 120
// What the last frames of a track are taken to last when their own distance is no guide.
#define AUDIO_PACKET_MS 20
#define VIDEO_FRAME_MS 33
#define VIDEO_FRAME_MAX_MS 1000
// Heads of a Segment's children stand in the first kilobyte: SeekPosition needs no more.
#define SEEK_POSITION_LEN 4
#define FRONT_HEAD_MAX_LEN 1024
#define BLOCK_FLAG_KEY 0x80

// --- Order
// -------------------------------------------------------------------------------------------

static const struct block_ref *peek(const struct block_list *list, size_t at) {
    return at < list->count ? &list->items[at] : NULL;
}

const struct block_ref *replay_next(const struct block_index *index, struct replay_cursor *cursor,
                                    uint8_t *track) {
    const struct block_ref *const v = peek(&index->video, cursor->video);
    const struct block_ref *const a = peek(&index->audio, cursor->audio);
    if (!v && !a)
        return NULL;
    if (a && (!v || a->timestamp_ms <= v->timestamp_ms)) {
        cursor->audio++;
        *track = WEBM_TRACK_AUDIO;
        return a;
    }
    cursor->video++;
    *track = WEBM_TRACK_VIDEO;
    return v;
}

// --- Clusters
// ----------------------------------------------------------------------------------------

static unsigned block_len(const struct block_ref *block) {
    return 1 + ebml_size_len(4 + (uint64_t)block->len) + 4 + block->len;
}

static size_t cluster_head_len(const struct replay_cluster *c) {
    return 4 + ebml_size_len(c->payload_len);
}

static struct replay_cluster *open_cluster(struct replay_plan *plan, uint32_t timestamp_ms) {
    if (plan->cluster_count == plan->cluster_cap) {
        const size_t cap = plan->cluster_cap ? plan->cluster_cap * 2 : 256;
        struct replay_cluster *const clusters = realloc(plan->clusters, cap * sizeof(*clusters));
        if (!clusters)
            return NULL;
        plan->clusters = clusters;
        plan->cluster_cap = cap;
    }
    struct replay_cluster *const c = &plan->clusters[plan->cluster_count++];
    *c = (struct replay_cluster){.timestamp_ms = timestamp_ms,
                                 .cue_ms = REPLAY_NO_CUE,
                                 .payload_len = 2 + ebml_uint_len(timestamp_ms)};
    return c;
}

// The key frame that begins a Cluster together with this frame, or NULL. It is the frame itself or,
// for sound, the picture that comes next while it is being heard. `cursor` stands behind the frame.
static const struct block_ref *key_beginning_at(const struct block_index *index,
                                                const struct block_ref *block, uint8_t track,
                                                const struct replay_cursor *cursor) {
    if (track == WEBM_TRACK_VIDEO)
        return block->is_keyframe ? block : NULL;
    const struct block_ref *const v = peek(&index->video, cursor->video);
    const struct block_ref *const a = peek(&index->audio, cursor->audio);
    if (!v || !v->is_keyframe || v->timestamp_ms - block->timestamp_ms >= AUDIO_PACKET_MAX_MS)
        return NULL;
    return !a || a->timestamp_ms > v->timestamp_ms ? v : NULL;
}

static int fill_clusters(struct replay_plan *plan) {
    const struct block_index *const index = plan->index;
    const int has_video = index->video.count != 0;
    struct replay_cursor cursor = {0};
    struct replay_cluster *c = NULL;
    const struct block_ref *block, *opened_for = NULL;
    uint8_t track;
    while ((block = replay_next(index, &cursor, &track)) != NULL) {
        const struct block_ref *const key = key_beginning_at(index, block, track, &cursor);
        const int is_new_key = key && key != opened_for;
        if (!c || is_new_key || block->timestamp_ms - c->timestamp_ms > CLUSTER_MAX_MS ||
            c->payload_len + block_len(block) > CLUSTER_MAX_LEN) {
            c = open_cluster(plan, block->timestamp_ms);
            if (!c)
                return -ENOMEM;
        }
        if (is_new_key) {
            opened_for = key;
            c->cue_ms = key->timestamp_ms;
        } else if (!has_video && c->block_count == 0) {
            c->cue_ms = block->timestamp_ms;
        }
        c->payload_len += block_len(block);
        c->block_count++;
    }
    return 0;
}

// --- Sizes and places
// --------------------------------------------------------------------------------

static unsigned cue_positions_len(const struct replay_plan *plan) {
    return 3 + 2 + plan->position_len; // CueTrack, CueClusterPosition
}

static unsigned cue_point_len(const struct replay_plan *plan, const struct replay_cluster *c) {
    return 2 + ebml_uint_len(c->cue_ms) + 2 + cue_positions_len(plan);
}

static uint64_t last_end(const struct block_list *list, uint32_t frame_ms, uint32_t frame_max_ms) {
    if (list->count == 0)
        return 0;
    const uint64_t last = list->items[list->count - 1].timestamp_ms;
    if (list->count > 1) {
        const uint64_t distance = last - list->items[list->count - 2].timestamp_ms;
        if (distance > 0 && distance <= frame_max_ms)
            return last + distance;
    }
    return last + frame_ms;
}

static void put_seek(struct ebml_writer *w, uint32_t id, uint64_t position) {
    const uint8_t bytes[4] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                              (uint8_t)id};
    const size_t seek = ebml_begin_master(w, EBML_ID_SEEK);
    ebml_put_binary(w, EBML_ID_SEEK_ID, bytes, sizeof(bytes));
    ebml_put_uint_of(w, EBML_ID_SEEK_POSITION, position, SEEK_POSITION_LEN);
    ebml_end_master(w, seek);
}

// Places counted from the Segment's payload, as SeekHead and Cues want them.
struct front_places {
    uint64_t segment;
    uint64_t info;
    uint64_t tracks;
    uint64_t cues;
};

// Writes EBML header to Tracks with the places of an earlier turn; all lengths are the same in each
// turn.
static size_t write_head(const struct replay_plan *plan, uint8_t *out, size_t cap,
                         struct front_places *places) {
    const struct front_places known = *places;
    struct ebml_writer w = ebml_writer_of(out, cap);
    webm_put_header(&w, plan->size_bytes - known.segment);
    places->segment = w.len;
    const size_t seek_head = ebml_begin_master(&w, EBML_ID_SEEK_HEAD);
    put_seek(&w, EBML_ID_INFO, known.info);
    put_seek(&w, EBML_ID_TRACKS, known.tracks);
    put_seek(&w, EBML_ID_CUES, known.cues);
    ebml_end_master(&w, seek_head);
    places->info = w.len - places->segment;
    webm_put_info(&w, (double)plan->duration_ms);
    places->tracks = w.len - places->segment;
    webm_put_tracks(&w, &plan->index->tracks);
    places->cues = w.len - places->segment;
    assert(!w.error);
    return w.len;
}

static size_t cues_head_len(const struct replay_plan *plan) {
    return 4 + ebml_size_len(plan->cues_payload_len);
}

size_t replay_front_len(const struct replay_plan *plan) {
    return plan->head_len + cues_head_len(plan) + (size_t)plan->cues_payload_len;
}

// Lays everything out one behind the other.
static void place_all(struct replay_plan *plan) {
    uint64_t clusters_len = 0;
    for (size_t i = 0; i < plan->cluster_count; i++) {
        const struct replay_cluster *const c = &plan->clusters[i];
        clusters_len += cluster_head_len(c) + c->payload_len;
        plan->cue_count += c->cue_ms != REPLAY_NO_CUE;
    }
    // A bound is enough: 32 bytes a cue and the head.
    plan->position_len =
        ebml_uint_len(clusters_len + 32 * (uint64_t)plan->cue_count + FRONT_HEAD_MAX_LEN);
    for (size_t i = 0; i < plan->cluster_count; i++) {
        if (plan->clusters[i].cue_ms != REPLAY_NO_CUE)
            plan->cues_payload_len += 2 + cue_point_len(plan, &plan->clusters[i]);
    }
    uint8_t head[FRONT_HEAD_MAX_LEN];
    struct front_places places = {0};
    plan->head_len = write_head(plan, head, sizeof(head), &places);
    uint64_t offset = replay_front_len(plan);
    for (size_t i = 0; i < plan->cluster_count; i++) {
        struct replay_cluster *const c = &plan->clusters[i];
        c->offset = offset;
        offset += cluster_head_len(c) + c->payload_len;
    }
    plan->size_bytes = offset;
}

int replay_plan_build(struct replay_plan *plan, const struct block_index *index) {
    assert(index->video.count || index->audio.count);
    *plan = (struct replay_plan){.index = index};
    const int status = fill_clusters(plan);
    if (status != 0)
        return status;
    const uint64_t video_end = last_end(&index->video, VIDEO_FRAME_MS, VIDEO_FRAME_MAX_MS);
    const uint64_t audio_end = last_end(&index->audio, AUDIO_PACKET_MS, AUDIO_PACKET_MAX_MS);
    plan->duration_ms = video_end > audio_end ? video_end : audio_end;
    place_all(plan);
    return 0;
}

void replay_plan_dispose(struct replay_plan *plan) {
    free(plan->clusters);
    *plan = (struct replay_plan){0};
}

// --- Bytes
// -------------------------------------------------------------------------------------------

void replay_write_front(const struct replay_plan *plan, uint8_t *out) {
    const size_t front_len = replay_front_len(plan);
    struct front_places places = {0};
    write_head(plan, out, plan->head_len, &places); // finds the places
    write_head(plan, out, plan->head_len, &places);
    const uint8_t cue_track = plan->index->video.count ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO;
    struct ebml_writer w = ebml_writer_of(out + plan->head_len, front_len - plan->head_len);
    ebml_write_id(&w, EBML_ID_CUES);
    ebml_write_size(&w, plan->cues_payload_len, 0);
    for (size_t i = 0; i < plan->cluster_count; i++) {
        const struct replay_cluster *const c = &plan->clusters[i];
        if (c->cue_ms == REPLAY_NO_CUE)
            continue;
        ebml_write_id(&w, EBML_ID_CUE_POINT);
        ebml_write_size(&w, cue_point_len(plan, c), 0);
        ebml_put_uint(&w, EBML_ID_CUE_TIME, c->cue_ms);
        ebml_write_id(&w, EBML_ID_CUE_TRACK_POSITIONS);
        ebml_write_size(&w, cue_positions_len(plan), 0);
        ebml_put_uint(&w, EBML_ID_CUE_TRACK, cue_track);
        ebml_put_uint_of(&w, EBML_ID_CUE_CLUSTER_POSITION, c->offset - places.segment,
                         plan->position_len);
    }
    assert(!w.error && w.len == w.cap);
}

size_t replay_write_cluster_head(uint8_t out[REPLAY_CLUSTER_HEAD_MAX_LEN],
                                 const struct replay_cluster *cluster) {
    struct ebml_writer w = ebml_writer_of(out, REPLAY_CLUSTER_HEAD_MAX_LEN);
    ebml_write_id(&w, EBML_ID_CLUSTER);
    ebml_write_size(&w, cluster->payload_len, 0);
    ebml_put_uint(&w, EBML_ID_TIMESTAMP, cluster->timestamp_ms);
    assert(!w.error);
    return w.len;
}

size_t replay_write_block_head(uint8_t out[REPLAY_BLOCK_HEAD_MAX_LEN],
                               const struct replay_cluster *cluster, const struct block_ref *block,
                               uint8_t track) {
    const uint32_t relative = block->timestamp_ms - cluster->timestamp_ms;
    assert(relative <= INT16_MAX);
    const uint8_t head[4] = {(uint8_t)(0x80 | track), (uint8_t)(relative >> 8), (uint8_t)relative,
                             (uint8_t)(block->is_keyframe ? BLOCK_FLAG_KEY : 0)};
    struct ebml_writer w = ebml_writer_of(out, REPLAY_BLOCK_HEAD_MAX_LEN);
    ebml_write_id(&w, EBML_ID_SIMPLE_BLOCK);
    ebml_write_size(&w, sizeof(head) + (uint64_t)block->len, 0);
    ebml_write_bytes(&w, head, sizeof(head));
    assert(!w.error);
    return w.len;
}
