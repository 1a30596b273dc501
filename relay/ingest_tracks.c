// SPDX-License-Identifier: MIT
#include "relay/ingest_tracks.h"

#include "shared/limits.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TRACK_TYPE_VIDEO 1
#define TRACK_TYPE_AUDIO 2
#define CODEC_ID_BYTES 32
#define OPUS_HEAD_LEN 19

#define VIDEO_OPTIONS                                                                              \
    "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M -g 60 -auto-alt-ref 0 (libvpx, not "       \
    "libvpx-vp9)"
#define AUDIO_OPTIONS "-c:a libopus -b:a 128k -ac 2"

struct entry {
    uint64_t number, type;
    uint64_t width, height;
    uint64_t channels;
    char codec[CODEC_ID_BYTES];
    const uint8_t *private_bytes;
    uint64_t private_len;
    bool is_encoded; // compressed or encrypted on top
};

// What people call a codec, where its id does not say so.
static const struct {
    const char *prefix, *name;
} names[] = {
    {"V_MPEG4/ISO/AVC", "H.264"},
    {"V_MPEGH/ISO/HEVC", "HEVC (H.265)"},
    {"V_VP9", "VP9"},
    {"V_AV1", "AV1"},
    {"A_AAC", "AAC"},
    {"A_VORBIS", "Vorbis"},
    {"A_MPEG/L3", "MP3"},
    {"A_AC3", "AC-3"},
    {"A_FLAC", "FLAC"},
    {"A_PCM", "uncompressed sound"},
};

static const char *name_of(const char *codec) {
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(codec, names[i].prefix, strlen(names[i].prefix)) == 0)
            return names[i].name;
    return codec[0] ? codec : "of no named codec";
}

// Printable ASCII alone: the id goes into a sentence.
static void read_codec(struct entry *e, const uint8_t *bytes, uint64_t len) {
    size_t kept = 0;
    for (uint64_t i = 0; bytes && i < len && kept < CODEC_ID_BYTES - 1; i++) {
        if (bytes[i] < 0x21 || bytes[i] > 0x7e || bytes[i] == '"' || bytes[i] == '\\')
            break;
        e->codec[kept++] = (char)bytes[i];
    }
    e->codec[kept] = '\0';
}

static void read_picture(struct entry *e, struct ebml_reader r) {
    while (ebml_left(&r)) {
        const uint32_t id = ebml_read_id(&r);
        const uint64_t size = ebml_read_size(&r);
        if (id == EBML_ID_PIXEL_WIDTH)
            e->width = ebml_read_uint(&r, size);
        else if (id == EBML_ID_PIXEL_HEIGHT)
            e->height = ebml_read_uint(&r, size);
        else
            (void)ebml_read_bytes(&r, size);
    }
}

static void read_sound(struct entry *e, struct ebml_reader r) {
    while (ebml_left(&r)) {
        const uint32_t id = ebml_read_id(&r);
        const uint64_t size = ebml_read_size(&r);
        if (id == EBML_ID_CHANNELS)
            e->channels = ebml_read_uint(&r, size);
        else
            (void)ebml_read_bytes(&r, size);
    }
}

static bool read_entry(struct entry *e, struct ebml_reader r) {
    *e = (struct entry){.channels = 1};
    while (ebml_left(&r)) {
        const uint32_t id = ebml_read_id(&r);
        const uint64_t size = ebml_read_size(&r);
        switch (id) {
        case EBML_ID_TRACK_NUMBER:
            e->number = ebml_read_uint(&r, size);
            break;
        case EBML_ID_TRACK_TYPE:
            e->type = ebml_read_uint(&r, size);
            break;
        case EBML_ID_CODEC_ID:
            read_codec(e, ebml_read_bytes(&r, size), size);
            break;
        case EBML_ID_CODEC_PRIVATE:
            e->private_bytes = ebml_read_bytes(&r, size);
            e->private_len = e->private_bytes ? size : 0;
            break;
        case EBML_ID_VIDEO:
            read_picture(e, ebml_read_master(&r, size));
            break;
        case EBML_ID_AUDIO:
            read_sound(e, ebml_read_master(&r, size));
            break;
        case EBML_ID_CONTENT_ENCODINGS:
            e->is_encoded = true;
            (void)ebml_read_bytes(&r, size);
            break;
        default:
            (void)ebml_read_bytes(&r, size);
            break;
        }
    }
    return !r.error && e->number >= 1;
}

static int take_video(struct ingest_tracks *out, const struct entry *e, char *reason) {
    if (e->width < 2 || e->height < 2 || e->width > LIMIT_VIDEO_SIDE_PIXELS ||
        e->height > LIMIT_VIDEO_SIDE_PIXELS) {
        snprintf(reason, INGEST_REASON_BYTES,
                 "A picture has 2 to %d pixels a side; with ffmpeg: -vf scale=1280:-2.",
                 LIMIT_VIDEO_SIDE_PIXELS);
        return -1;
    }
    out->video_number = (uint8_t)e->number;
    out->tracks.width = (uint16_t)e->width;
    out->tracks.height = (uint16_t)e->height;
    return 0;
}

// OpusHead (RFC 7845 5.1) knows the channels better than the track does.
static int take_audio(struct ingest_tracks *out, const struct entry *e, char *reason) {
    uint64_t channels = e->channels, family = 0;
    unsigned pre_skip = 312; // libopus' own, when nobody says
    if (e->private_len >= OPUS_HEAD_LEN && memcmp(e->private_bytes, "OpusHead", 8) == 0) {
        channels = e->private_bytes[9];
        pre_skip = (unsigned)(e->private_bytes[10] | e->private_bytes[11] << 8);
        family = e->private_bytes[18];
    }
    if (channels < 1 || channels > 2 || family != 0 || pre_skip > 48000) {
        snprintf(reason, INGEST_REASON_BYTES,
                 "The sound has %u channels; Tabcast takes one or two. With ffmpeg: %s.",
                 (unsigned)channels, AUDIO_OPTIONS);
        return -1;
    }
    out->audio_number = (uint8_t)e->number;
    out->tracks.channels = (uint8_t)channels;
    out->tracks.pre_skip = (uint16_t)pre_skip;
    return 0;
}

static int take(struct ingest_tracks *out, const struct entry *e, char *reason) {
    const bool is_video = e->type == TRACK_TYPE_VIDEO && strcmp(e->codec, "V_VP8") == 0;
    const bool is_audio = e->type == TRACK_TYPE_AUDIO && strcmp(e->codec, "A_OPUS") == 0;
    if ((!is_video || out->video_number) && (!is_audio || out->audio_number))
        return 0;
    if (e->is_encoded || e->number > 127) {
        snprintf(reason, INGEST_REASON_BYTES,
                 "Track %u is compressed or encrypted once more by its container; send it plain, "
                 "with ffmpeg: -f webm.",
                 (unsigned)e->number);
        return -1;
    }
    return is_video ? take_video(out, e, reason) : take_audio(out, e, reason);
}

// The first codec of a kind that was not taken decides the sentence.
static void note_other(char other[CODEC_ID_BYTES], const struct entry *e) {
    if (!other[0])
        snprintf(other, CODEC_ID_BYTES, "%s", e->codec[0] ? e->codec : "?");
}

static int judge(const struct ingest_tracks *t, const char *video, const char *audio,
                 char *reason) {
    const bool wants_video = video[0] && !t->video_number;
    const bool wants_audio = audio[0] && !t->audio_number;
    if (wants_video && wants_audio)
        snprintf(reason, INGEST_REASON_BYTES,
                 "The picture is %s and the sound %s; Tabcast takes VP8 and Opus. With ffmpeg: %s "
                 "%s -f webm.",
                 name_of(video), name_of(audio), VIDEO_OPTIONS, AUDIO_OPTIONS);
    else if (wants_video)
        snprintf(reason, INGEST_REASON_BYTES,
                 "The picture is %s; Tabcast takes VP8. With ffmpeg: %s.", name_of(video),
                 VIDEO_OPTIONS);
    else if (wants_audio)
        snprintf(reason, INGEST_REASON_BYTES,
                 "The sound is %s; Tabcast takes Opus. With ffmpeg: %s.", name_of(audio),
                 AUDIO_OPTIONS);
    else if (!t->video_number && !t->audio_number)
        snprintf(reason, INGEST_REASON_BYTES,
                 "The stream has neither picture nor sound. With ffmpeg: %s %s -f webm.",
                 VIDEO_OPTIONS, AUDIO_OPTIONS);
    else
        return 0;
    return -1;
}

int ingest_tracks_read(struct ingest_tracks *out, const uint8_t *bytes, size_t len,
                       char reason[INGEST_REASON_BYTES]) {
    char video[CODEC_ID_BYTES] = "", audio[CODEC_ID_BYTES] = "";
    struct ebml_reader r = ebml_reader_of(bytes, len);
    struct entry e;
    bool is_damaged = false;
    *out = (struct ingest_tracks){0};
    while (ebml_left(&r) && !is_damaged) {
        const uint32_t id = ebml_read_id(&r);
        const uint64_t size = ebml_read_size(&r);
        if (id != EBML_ID_TRACK_ENTRY) {
            (void)ebml_read_bytes(&r, size);
            continue;
        }
        is_damaged = !read_entry(&e, ebml_read_master(&r, size));
        if (is_damaged)
            break;
        if (take(out, &e, reason) != 0)
            return -1;
        if (e.type == TRACK_TYPE_VIDEO && strcmp(e.codec, "V_VP8") != 0)
            note_other(video, &e);
        if (e.type == TRACK_TYPE_AUDIO && strcmp(e.codec, "A_OPUS") != 0)
            note_other(audio, &e);
    }
    if (r.error || is_damaged) {
        snprintf(reason, INGEST_REASON_BYTES, "The stream's list of tracks is damaged.");
        return -1;
    }
    return judge(out, video, audio, reason);
}
