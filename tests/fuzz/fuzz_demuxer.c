// SPDX-License-Identifier: MIT
// Everything a viewer's module does with bytes from outside: demux pushed pieces, decode what comes
// out, and read the same bytes as the front of a replay. The first two bytes choose the pieces'
// lengths.
//
// Corpus: tests/fuzz/corpus/demuxer: short streams of the real encoders, ffmpeg's file, and what
// was once found.
#include "shared/webm_writer.h"
#include "wasm/audio_decoder.h"
#include "wasm/codec_status.h"
#include "wasm/demuxer.h"
#include "wasm/replay_index.h"
#include "wasm/video_decoder.h"

#include <stdlib.h>
#include <string.h>

// Larger pictures only make the fuzzer slow.
#define DECODE_AREA_MAX (320 * 240)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct viewer {
    struct demuxer *demuxer;
    struct video_decoder *video;
    struct audio_decoder *audio;
};

static void check(int is_true) {
    if (!is_true)
        abort();
}

// Reads every byte that is handed out, so that the sanitizer sees it.
static unsigned touch(const uint8_t *bytes, size_t len) {
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += bytes[i];
    return sum;
}

// Width times height of a VP8 key frame (RFC 6386 9.1); 0 for other frames.
static size_t key_frame_area(const struct demuxer_packet *p) {
    if (p->len < 10 || (p->data[0] & 1))
        return 0;
    const size_t width = (size_t)((p->data[7] & 0x3F) << 8 | p->data[6]);
    const size_t height = (size_t)((p->data[9] & 0x3F) << 8 | p->data[8]);
    return width * height;
}

static void decode_video(struct viewer *v, const struct demuxer_packet *p) {
    struct video_frame frame;
    if (key_frame_area(p) > DECODE_AREA_MAX)
        return;
    const int status = video_decoder_decode(v->video, &frame, p->data, p->len);
    check(status <= CODEC_READY);
    if (status != CODEC_READY)
        return;
    for (unsigned i = 0; i < 3; i++) {
        const unsigned width = i == 0 ? frame.width : (frame.width + 1) / 2;
        const unsigned height = i == 0 ? frame.height : (frame.height + 1) / 2;
        for (unsigned y = 0; y < height; y++)
            (void)touch(frame.planes[i] + (size_t)y * frame.strides[i], width);
    }
}

static void decode_audio(struct viewer *v, const struct demuxer_packet *p) {
    const struct demuxer_tracks *const tracks = demuxer_tracks_of(v->demuxer);
    if (v->audio == NULL &&
        audio_decoder_create(&v->audio, tracks->channels, tracks->pre_skip) != 0)
        return;
    const int count = audio_decoder_decode(v->audio, p->data, p->len);
    check(count <= AUDIO_PACKET_SAMPLES_MAX);
    if (count < 0)
        check(audio_decoder_conceal(v->audio) <= AUDIO_PACKET_SAMPLES_MAX);
    for (unsigned c = 0; count > 0 && c < tracks->channels; c++)
        (void)touch((const uint8_t *)audio_decoder_samples(v->audio, c),
                    (size_t)count * sizeof(float));
}

static void watch(const uint8_t *data, size_t len, size_t piece) {
    struct viewer v = {0};
    if (demuxer_create(&v.demuxer) != 0 || video_decoder_create(&v.video, piece % 2) != 0)
        abort();
    int status = CODEC_NONE;
    for (size_t at = 0; at < len && status >= 0;) {
        const size_t room = demuxer_write_room(v.demuxer);
        size_t part = len - at < piece ? len - at : piece;
        part = part < room ? part : room;
        check(part > 0); // a demuxer without room must have said so
        memcpy(demuxer_write_pointer(v.demuxer), data + at, part);
        check(demuxer_did_write(v.demuxer, part) == 0);
        at += part;
        struct demuxer_packet p;
        while ((status = demuxer_next(v.demuxer, &p)) == CODEC_READY) {
            check(p.len > 0);
            if (p.track == WEBM_TRACK_VIDEO)
                decode_video(&v, &p);
            else
                decode_audio(&v, &p);
        }
    }
    demuxer_destroy(v.demuxer);
    video_decoder_destroy(v.video);
    audio_decoder_destroy(v.audio);
}

static void index_replay(const uint8_t *data, size_t len, size_t piece) {
    struct replay_index *index;
    if (replay_index_create(&index) != 0)
        abort();
    for (size_t at = 0; at < len && !replay_index_is_complete(index);) {
        const size_t room = replay_index_write_room(index);
        size_t part = len - at < piece ? len - at : piece;
        part = part < room ? part : room;
        check(part > 0);
        memcpy(replay_index_write_pointer(index), data + at, part);
        if (replay_index_did_write(index, part) != 0)
            break;
        at += part;
    }
    for (size_t i = 1; i < replay_index_cue_count(index); i++)
        check(replay_index_cue(index, i)->timestamp_ms >=
              replay_index_cue(index, i - 1)->timestamp_ms);
    replay_index_destroy(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 2)
        return 0;
    const size_t piece = 1 + ((size_t)data[0] << 8 | data[1]);
    watch(data + 2, len - 2, piece);
    index_replay(data + 2, len - 2, piece);
    return 0;
}
