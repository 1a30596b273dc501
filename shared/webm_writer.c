// SPDX-License-Identifier: MIT
// Owns the bytes of the init segment and of the wire's Clusters. Writes only what a WebM reader
// needs, in the shortest form, so that a frame costs at most 24 bytes of container. Pure; any
// thread.
#include "shared/webm_writer.h"

#include "shared/ebml.h"
#include "shared/limits.h"

#include <string.h>

// RFC 9559 5.1.4.1.3.
#define TRACK_TYPE_VIDEO 1
#define TRACK_TYPE_AUDIO 2
// DocTypeVersion 4 for CodecDelay and SeekPreRoll; a reader of version 2 (SimpleBlock) can still
// play it.
#define DOC_TYPE_VERSION 4
#define DOC_TYPE_READ_VERSION 2
#define OPUS_RATE_HZ 48000
// What an Opus decoder needs before a seek target to have converged (RFC 7845 4.6): 80 ms.
#define OPUS_SEEK_PRE_ROLL_NS 80000000
#define OPUS_HEAD_LEN 19
// Opus' pre-skip is 312 (lowdelay 120) in libopus; one second is beyond any encoder.
#define PRE_SKIP_MAX OPUS_RATE_HZ
#define BLOCK_FLAG_KEY 0x80
#define APP_NAME "Tabcast"

int webm_tracks_are_valid(const struct webm_tracks *t) {
    const int has_video = t->width != 0 && t->height != 0;
    if (!has_video && (t->width || t->height))
        return 0;
    if (t->width > LIMIT_VIDEO_SIDE_PIXELS || t->height > LIMIT_VIDEO_SIDE_PIXELS)
        return 0;
    if (t->channels > 2 || t->pre_skip > PRE_SKIP_MAX)
        return 0;
    return has_video || t->channels != 0;
}

static void put_header(struct ebml_writer *w) {
    const size_t header = ebml_begin_master(w, EBML_ID_HEADER);
    ebml_put_uint(w, EBML_ID_VERSION, 1);
    ebml_put_uint(w, EBML_ID_READ_VERSION, 1);
    ebml_put_uint(w, EBML_ID_MAX_ID_LENGTH, 4);
    ebml_put_uint(w, EBML_ID_MAX_SIZE_LENGTH, 8);
    ebml_put_string(w, EBML_ID_DOC_TYPE, "webm");
    ebml_put_uint(w, EBML_ID_DOC_TYPE_VERSION, DOC_TYPE_VERSION);
    ebml_put_uint(w, EBML_ID_DOC_TYPE_READ_VERSION, DOC_TYPE_READ_VERSION);
    ebml_end_master(w, header);
}

// RFC 7845 5.1, channel mapping family 0.
static void put_opus_head(struct ebml_writer *w, const struct webm_tracks *t) {
    uint8_t head[OPUS_HEAD_LEN] = "OpusHead\x01";
    head[9] = t->channels;
    head[10] = (uint8_t)t->pre_skip;
    head[11] = (uint8_t)(t->pre_skip >> 8);
    head[12] = (uint8_t)(OPUS_RATE_HZ & 0xFF);
    head[13] = (uint8_t)(OPUS_RATE_HZ >> 8 & 0xFF);
    ebml_put_binary(w, EBML_ID_CODEC_PRIVATE, head, sizeof(head));
}

static size_t begin_track(struct ebml_writer *w, uint8_t number, uint8_t type,
                          const char *codec_id) {
    const size_t track = ebml_begin_master(w, EBML_ID_TRACK_ENTRY);
    ebml_put_uint(w, EBML_ID_TRACK_NUMBER, number);
    ebml_put_uint(w, EBML_ID_TRACK_UID, number);
    ebml_put_uint(w, EBML_ID_TRACK_TYPE, type);
    ebml_put_uint(w, EBML_ID_FLAG_LACING, 0);
    // The default would claim English (RFC 9559 5.1.4.1.19).
    ebml_put_string(w, EBML_ID_LANGUAGE, "und");
    ebml_put_string(w, EBML_ID_CODEC_ID, codec_id);
    return track;
}

static void put_video_track(struct ebml_writer *w, const struct webm_tracks *t) {
    const size_t track = begin_track(w, WEBM_TRACK_VIDEO, TRACK_TYPE_VIDEO, "V_VP8");
    const size_t video = ebml_begin_master(w, EBML_ID_VIDEO);
    ebml_put_uint(w, EBML_ID_PIXEL_WIDTH, t->width);
    ebml_put_uint(w, EBML_ID_PIXEL_HEIGHT, t->height);
    ebml_end_master(w, video);
    ebml_end_master(w, track);
}

static void put_audio_track(struct ebml_writer *w, const struct webm_tracks *t) {
    const size_t track = begin_track(w, WEBM_TRACK_AUDIO, TRACK_TYPE_AUDIO, "A_OPUS");
    put_opus_head(w, t);
    ebml_put_uint(w, EBML_ID_CODEC_DELAY, t->pre_skip * 1000000000ULL / OPUS_RATE_HZ);
    ebml_put_uint(w, EBML_ID_SEEK_PRE_ROLL, OPUS_SEEK_PRE_ROLL_NS);
    const size_t audio = ebml_begin_master(w, EBML_ID_AUDIO);
    ebml_put_float(w, EBML_ID_SAMPLING_FREQUENCY, OPUS_RATE_HZ);
    ebml_put_uint(w, EBML_ID_CHANNELS, t->channels);
    ebml_end_master(w, audio);
    ebml_end_master(w, track);
}

void webm_put_tracks(struct ebml_writer *w, const struct webm_tracks *tracks) {
    const size_t master = ebml_begin_master(w, EBML_ID_TRACKS);
    if (tracks->width)
        put_video_track(w, tracks);
    if (tracks->channels)
        put_audio_track(w, tracks);
    ebml_end_master(w, master);
}

void webm_put_header(struct ebml_writer *w, uint64_t segment_len) {
    put_header(w);
    ebml_write_id(w, EBML_ID_SEGMENT);
    ebml_write_size(w, segment_len, 8);
}

void webm_put_info(struct ebml_writer *w, double duration_ms) {
    const size_t info = ebml_begin_master(w, EBML_ID_INFO);
    ebml_put_uint(w, EBML_ID_TIMESTAMP_SCALE, 1000000);
    if (duration_ms > 0)
        ebml_put_float(w, EBML_ID_DURATION, duration_ms);
    ebml_put_string(w, EBML_ID_MUXING_APP, APP_NAME);
    ebml_put_string(w, EBML_ID_WRITING_APP, APP_NAME);
    ebml_end_master(w, info);
}

size_t webm_write_init(uint8_t *out, size_t cap, const struct webm_tracks *tracks) {
    if (!webm_tracks_are_valid(tracks))
        return 0;
    struct ebml_writer w = ebml_writer_of(out, cap);
    webm_put_header(&w, EBML_SIZE_UNKNOWN);
    webm_put_info(&w, 0);
    webm_put_tracks(&w, tracks);
    return w.error ? 0 : w.len;
}

size_t webm_write_cluster_head(uint8_t *out, size_t cap, uint8_t track, uint64_t timestamp_ms,
                               int is_keyframe, size_t frame_len) {
    if (track != WEBM_TRACK_VIDEO && track != WEBM_TRACK_AUDIO)
        return 0;
    if (frame_len == 0 || frame_len > LIMIT_MEDIA_MESSAGE_BYTES ||
        timestamp_ms > LIMIT_TIMESTAMP_US / 1000)
        return 0;
    const unsigned timestamp_len = ebml_uint_len(timestamp_ms);
    const uint64_t block_len = 4 + (uint64_t)frame_len;
    const uint64_t cluster_len = 2 + timestamp_len + 1 + ebml_size_len(block_len) + block_len;
    const uint8_t block_head[4] = {(uint8_t)(0x80 | track), 0, 0,
                                   (uint8_t)(is_keyframe ? BLOCK_FLAG_KEY : 0)};
    struct ebml_writer w = ebml_writer_of(out, cap);
    ebml_write_id(&w, EBML_ID_CLUSTER);
    ebml_write_size(&w, cluster_len, 0);
    ebml_put_uint(&w, EBML_ID_TIMESTAMP, timestamp_ms);
    ebml_write_id(&w, EBML_ID_SIMPLE_BLOCK);
    ebml_write_size(&w, block_len, 0);
    ebml_write_bytes(&w, block_head, sizeof(block_head));
    return w.error ? 0 : w.len;
}
