// SPDX-License-Identifier: MIT
// Owns the whole-buffer checks of what a publisher sends. Each element is read through a cursor
// bounded by its parent, so nothing can reach outside; elements we do not know are passed over by
// their size. Pure; any thread.
#include "shared/webm_check.h"

#include "shared/limits.h"

#include <string.h>

#define TIMESTAMP_SCALE_NS 1000000
#define TRACK_TYPE_VIDEO 1
#define TRACK_TYPE_AUDIO 2
#define OPUS_RATE_HZ 48000
#define OPUS_HEAD_LEN 19
#define BLOCK_FLAG_KEY 0x80

// One element's head and a cursor over its payload.
struct element {
    uint32_t id;
    uint64_t size;
    struct ebml_reader body;
};

// What a check has found; the first reason stays.
struct findings {
    struct webm_tracks tracks;
    const char *reason;
};

static void refuse(struct findings *f, const char *reason) {
    if (!f->reason)
        f->reason = reason;
}

// Takes the next element of a master. 0 at its end or when something was refused.
static int next_element(struct findings *f, struct ebml_reader *r, struct element *out) {
    if (f->reason || ebml_left(r) == 0)
        return 0;
    out->id = ebml_read_id(r);
    out->size = ebml_read_size(r);
    out->body = ebml_read_master(r, out->size);
    if (r->error == EBML_ERR_INVALID)
        refuse(f, "malformed element");
    else if (r->error)
        refuse(f, "element reaches beyond its parent");
    return !f->reason;
}

static uint64_t uint_of(struct findings *f, struct element *e) {
    const uint64_t value = ebml_read_uint(&e->body, e->size);
    if (e->body.error)
        refuse(f, "number longer than 8 bytes");
    return value;
}

static int string_is(struct element *e, const char *text) {
    const size_t len = strlen(text);
    const uint8_t *const bytes = ebml_read_bytes(&e->body, e->size);
    if (!bytes || e->size < len || memcmp(bytes, text, len) != 0)
        return 0;
    // EBML strings may be padded with zeros (RFC 8794 7.4).
    for (uint64_t i = len; i < e->size; i++) {
        if (bytes[i])
            return 0;
    }
    return 1;
}

static void check_header(struct findings *f, struct ebml_reader r) {
    struct element e;
    int has_doc_type = 0;
    while (next_element(f, &r, &e)) {
        switch (e.id) {
        case EBML_ID_DOC_TYPE:
            has_doc_type = 1;
            if (!string_is(&e, "webm"))
                refuse(f, "DocType is not webm");
            break;
        case EBML_ID_READ_VERSION:
            if (uint_of(f, &e) != 1)
                refuse(f, "EBMLReadVersion is not 1");
            break;
        case EBML_ID_DOC_TYPE_READ_VERSION:
            if (uint_of(f, &e) > 4)
                refuse(f, "DocTypeReadVersion above 4");
            break;
        case EBML_ID_MAX_ID_LENGTH:
            if (uint_of(f, &e) > 4)
                refuse(f, "EBMLMaxIDLength above 4");
            break;
        case EBML_ID_MAX_SIZE_LENGTH:
            if (uint_of(f, &e) > 8)
                refuse(f, "EBMLMaxSizeLength above 8");
            break;
        default:
            break;
        }
    }
    if (!has_doc_type)
        refuse(f, "DocType missing");
}

static void check_info(struct findings *f, struct ebml_reader r) {
    struct element e;
    while (next_element(f, &r, &e)) {
        if (e.id == EBML_ID_TIMESTAMP_SCALE && uint_of(f, &e) != TIMESTAMP_SCALE_NS)
            refuse(f, "TimestampScale is not 1 ms");
        if (e.id == EBML_ID_DURATION)
            refuse(f, "Duration in a live stream");
    }
}

struct track_findings {
    uint64_t number;
    uint64_t type;
    uint64_t width;
    uint64_t height;
    double rate_hz;
    uint64_t channels;
    int codec_is_vp8;
    int codec_is_opus;
    const uint8_t *codec_private;
    uint64_t codec_private_len;
};

static void read_video(struct findings *f, struct ebml_reader r, struct track_findings *t) {
    struct element e;
    while (next_element(f, &r, &e)) {
        if (e.id == EBML_ID_PIXEL_WIDTH)
            t->width = uint_of(f, &e);
        else if (e.id == EBML_ID_PIXEL_HEIGHT)
            t->height = uint_of(f, &e);
    }
}

static void read_audio(struct findings *f, struct ebml_reader r, struct track_findings *t) {
    struct element e;
    while (next_element(f, &r, &e)) {
        if (e.id == EBML_ID_SAMPLING_FREQUENCY) {
            t->rate_hz = ebml_read_float(&e.body, e.size);
            if (e.body.error)
                refuse(f, "SamplingFrequency is not a float");
        } else if (e.id == EBML_ID_CHANNELS) {
            t->channels = uint_of(f, &e);
        }
    }
}

static void read_track(struct findings *f, struct ebml_reader r, struct track_findings *t) {
    struct element e;
    while (next_element(f, &r, &e)) {
        switch (e.id) {
        case EBML_ID_TRACK_NUMBER:
            t->number = uint_of(f, &e);
            break;
        case EBML_ID_TRACK_TYPE:
            t->type = uint_of(f, &e);
            break;
        case EBML_ID_CODEC_ID: {
            struct element again = e;
            t->codec_is_vp8 = string_is(&e, "V_VP8");
            t->codec_is_opus = string_is(&again, "A_OPUS");
            break;
        }
        case EBML_ID_CODEC_PRIVATE:
            t->codec_private = ebml_read_bytes(&e.body, e.size);
            t->codec_private_len = e.size;
            break;
        case EBML_ID_CONTENT_ENCODINGS:
            refuse(f, "compressed or encrypted track");
            break;
        case EBML_ID_VIDEO:
            read_video(f, e.body, t);
            break;
        case EBML_ID_AUDIO:
            read_audio(f, e.body, t);
            break;
        default:
            break;
        }
    }
}

static void check_video_track(struct findings *f, const struct track_findings *t) {
    if (t->type != TRACK_TYPE_VIDEO || !t->codec_is_vp8)
        refuse(f, "track 1 is not V_VP8 video");
    else if (t->width == 0 || t->height == 0 || t->width > LIMIT_VIDEO_SIDE_PIXELS ||
             t->height > LIMIT_VIDEO_SIDE_PIXELS)
        refuse(f, "picture size out of range");
    else if (f->tracks.width)
        refuse(f, "two tracks of one number");
    if (f->reason)
        return;
    f->tracks.width = (uint16_t)t->width;
    f->tracks.height = (uint16_t)t->height;
}

static void check_audio_track(struct findings *f, const struct track_findings *t) {
    const uint8_t *const head = t->codec_private;
    if (t->type != TRACK_TYPE_AUDIO || !t->codec_is_opus)
        refuse(f, "track 2 is not A_OPUS audio");
    else if (t->rate_hz != OPUS_RATE_HZ)
        refuse(f, "SamplingFrequency is not 48000");
    else if (t->channels < 1 || t->channels > 2)
        refuse(f, "channels out of range");
    else if (!head || t->codec_private_len != OPUS_HEAD_LEN || memcmp(head, "OpusHead", 8) != 0 ||
             (head[8] & 0xF0) != 0 || head[18] != 0)
        refuse(f, "CodecPrivate is not an OpusHead of mapping family 0");
    else if (head[9] != t->channels)
        refuse(f, "OpusHead and Channels differ");
    else if (f->tracks.channels)
        refuse(f, "two tracks of one number");
    if (f->reason)
        return;
    f->tracks.channels = (uint8_t)t->channels;
    f->tracks.pre_skip = (uint16_t)(head[10] | head[11] << 8);
}

static void check_tracks(struct findings *f, struct ebml_reader r) {
    struct element e;
    while (next_element(f, &r, &e)) {
        if (e.id != EBML_ID_TRACK_ENTRY)
            continue;
        // RFC 9559's default for Channels is 1; the default rate of 8000 Hz is refused above.
        struct track_findings t = {.channels = 1};
        read_track(f, e.body, &t);
        if (f->reason)
            return;
        if (t.number == WEBM_TRACK_VIDEO)
            check_video_track(f, &t);
        else if (t.number == WEBM_TRACK_AUDIO)
            check_audio_track(f, &t);
        else
            refuse(f, "track number is neither 1 nor 2");
    }
    if (!webm_tracks_are_valid(&f->tracks))
        refuse(f, f->tracks.width || f->tracks.channels ? "pre-skip out of range" : "no track");
}

// The Segment's children up to Tracks, with which the bytes must end.
static void check_segment(struct findings *f, struct ebml_reader *r) {
    struct element e;
    int has_info = 0;
    int has_tracks = 0;
    while (next_element(f, r, &e)) {
        if (has_tracks) {
            refuse(f, "something behind Tracks");
        } else if (e.id == EBML_ID_INFO) {
            has_info = 1;
            check_info(f, e.body);
        } else if (e.id == EBML_ID_TRACKS) {
            has_tracks = 1;
            check_tracks(f, e.body);
        } else if (e.id == EBML_ID_CLUSTER || e.id == EBML_ID_HEADER || e.id == EBML_ID_SEGMENT) {
            refuse(f, "unexpected element before Tracks");
        }
    }
    if (!has_info)
        refuse(f, "Info missing");
    if (!has_tracks)
        refuse(f, "Tracks missing");
}

static int conclude(const struct findings *f, const char **reason) {
    if (f->reason && reason)
        *reason = f->reason;
    return f->reason ? WEBM_BAD : WEBM_OK;
}

int webm_init_check(struct webm_tracks *tracks, const uint8_t *bytes, size_t len,
                    const char **reason) {
    struct findings f = {0};
    struct ebml_reader r = ebml_reader_of(bytes, len);
    struct element header;
    if (len > LIMIT_INIT_BYTES)
        refuse(&f, "init segment too long");
    if (!next_element(&f, &r, &header) || header.id != EBML_ID_HEADER)
        refuse(&f, "no EBML header");
    else
        check_header(&f, header.body);
    if (!f.reason) {
        const uint32_t id = ebml_read_id(&r);
        const uint64_t size = ebml_read_size(&r);
        if (r.error || id != EBML_ID_SEGMENT)
            refuse(&f, "no Segment");
        else if (size != EBML_SIZE_UNKNOWN)
            refuse(&f, "Segment of known size in a live stream");
        else
            check_segment(&f, &r);
    }
    if (!f.reason)
        *tracks = f.tracks;
    return conclude(&f, reason);
}

static void check_simple_block(struct findings *f, struct ebml_reader r, struct webm_block *block) {
    const uint64_t track = ebml_read_vint(&r);
    const uint64_t relative = ebml_read_uint(&r, 2);
    const uint64_t flags = ebml_read_uint(&r, 1);
    if (r.error)
        refuse(f, "SimpleBlock too short");
    else if (track != WEBM_TRACK_VIDEO && track != WEBM_TRACK_AUDIO)
        refuse(f, "block of an unknown track");
    else if (relative != 0)
        refuse(f, "relative timestamp is not 0");
    else if (flags & ~(uint64_t)BLOCK_FLAG_KEY)
        refuse(f, "lacing or other block flags");
    else if (ebml_left(&r) == 0)
        refuse(f, "empty frame");
    if (f->reason)
        return;
    block->track = (uint8_t)track;
    block->is_keyframe = (flags & BLOCK_FLAG_KEY) != 0;
    block->len = (uint32_t)ebml_left(&r);
    block->frame_count = 1;
}

int webm_cluster_check(struct webm_block *block, const uint8_t *bytes, size_t len,
                       const char **reason) {
    struct findings f = {0};
    struct webm_block found = {0};
    struct ebml_reader r = ebml_reader_of(bytes, len);
    struct element cluster, timestamp, simple_block;
    if (len > LIMIT_MEDIA_MESSAGE_BYTES)
        refuse(&f, "Cluster too long");
    if (!next_element(&f, &r, &cluster) || cluster.id != EBML_ID_CLUSTER)
        refuse(&f, "no Cluster of known size");
    else if (ebml_left(&r) != 0)
        refuse(&f, "bytes behind the Cluster");
    if (!f.reason &&
        (!next_element(&f, &cluster.body, &timestamp) || timestamp.id != EBML_ID_TIMESTAMP))
        refuse(&f, "Cluster does not start with Timestamp");
    if (!f.reason) {
        found.timestamp_ms = uint_of(&f, &timestamp);
        if (found.timestamp_ms > LIMIT_TIMESTAMP_US / 1000)
            refuse(&f, "Timestamp out of range");
    }
    if (!f.reason && (!next_element(&f, &cluster.body, &simple_block) ||
                      simple_block.id != EBML_ID_SIMPLE_BLOCK))
        refuse(&f, "no SimpleBlock behind Timestamp");
    if (!f.reason && ebml_left(&cluster.body) != 0)
        refuse(&f, "more than one block");
    if (!f.reason) {
        check_simple_block(&f, simple_block.body, &found);
        // The frame is the end of its block, and the block is the end of all.
        found.offset = len - found.len;
    }
    if (!f.reason)
        *block = found;
    return conclude(&f, reason);
}
