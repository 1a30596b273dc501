// SPDX-License-Identifier: MIT
// The pushed demuxer: the same packets however the bytes are cut, each at once, and nothing but a
// status for what is not our WebM.
#include "codec_stream.h"
#include "shared/ebml.h"
#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "wasm/codec_status.h"
#include "wasm/demuxer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct demuxer *make_demuxer(void) {
    struct demuxer *d;
    assert_int_equal(demuxer_create(&d), 0);
    return d;
}

static void push(struct demuxer *d, const uint8_t *bytes, size_t len) {
    assert_true(demuxer_write_room(d) >= len);
    memcpy(demuxer_write_pointer(d), bytes, len);
    assert_int_equal(demuxer_did_write(d, len), 0);
}

static void check_packet(const struct codec_stream *s, size_t number,
                         const struct demuxer_packet *p) {
    assert_true(number < s->count);
    const struct codec_packet *const wanted = &s->packets[number];
    assert_int_equal(p->track, wanted->block.track);
    assert_int_equal(p->is_keyframe, wanted->block.is_keyframe);
    assert_int_equal(p->timestamp_us, wanted->block.timestamp_ms * 1000);
    assert_int_equal(p->len, wanted->block.len);
    assert_memory_equal(p->data, s->bytes.bytes + wanted->block.offset, p->len);
}

// Takes what is there; all of it must be the stream's next packets. Returns the number of the next
// one.
static size_t take(struct demuxer *d, const struct codec_stream *s, size_t number) {
    struct demuxer_packet p;
    int status;
    while ((status = demuxer_next(d, &p)) == CODEC_READY)
        check_packet(s, number++, &p);
    assert_int_equal(status, CODEC_NONE);
    return number;
}

static int setup_streams(void **state) {
    struct codec_stream *const streams = calloc(2, sizeof *streams);
    assert_non_null(streams);
    codec_stream_make(&streams[0], 160, 90, 20, 0);
    codec_stream_make(&streams[1], 160, 90, 20, 1);
    *state = streams;
    return 0;
}

static int teardown_streams(void **state) {
    struct codec_stream *const streams = *state;
    codec_stream_free(&streams[0]);
    codec_stream_free(&streams[1]);
    free(streams);
    return 0;
}

// --- Cuts ----------------------------------------------------------------------------------------

static void whole_streams_yield_every_packet(void **state) {
    for (int i = 0; i < 2; i++) {
        const struct codec_stream *const s = (struct codec_stream *)*state + i;
        struct demuxer *const d = make_demuxer();
        push(d, s->bytes.bytes, s->bytes.len);
        assert_int_equal(take(d, s, 0), s->count);
        const struct demuxer_tracks *const tracks = demuxer_tracks_of(d);
        assert_int_equal(tracks->width, s->width);
        assert_int_equal(tracks->height, s->height);
        assert_int_equal(tracks->channels, 2);
        assert_int_equal(tracks->pre_skip, s->pre_skip);
        demuxer_destroy(d);
    }
}

static void a_packet_comes_with_its_last_byte_and_not_before(void **state) {
    for (int i = 0; i < 2; i++) {
        const struct codec_stream *const s = (struct codec_stream *)*state + i;
        struct demuxer *const d = make_demuxer();
        size_t number = 0;
        for (size_t at = 0; at < s->bytes.len; at++) {
            push(d, s->bytes.bytes + at, 1);
            const size_t before = number;
            number = take(d, s, number);
            const int is_end = before < s->count && s->packets[before].end == at + 1;
            assert_int_equal(number - before, is_end);
        }
        assert_int_equal(number, s->count);
        demuxer_destroy(d);
    }
}

static void a_cut_anywhere_yields_the_same(void **state) {
    for (int i = 0; i < 2; i++) {
        const struct codec_stream *const s = (struct codec_stream *)*state + i;
        // Every place in the head and the first Clusters, then every 23rd.
        for (size_t cut = 0; cut < s->bytes.len; cut += cut < 1500 ? 1 : 23) {
            struct demuxer *const d = make_demuxer();
            push(d, s->bytes.bytes, cut);
            const size_t number = take(d, s, 0);
            push(d, s->bytes.bytes + cut, s->bytes.len - cut);
            assert_int_equal(take(d, s, number), s->count);
            demuxer_destroy(d);
        }
    }
}

static void long_streams_pass_through_the_buffer(void **state) {
    const struct codec_stream *const s = *state;
    struct demuxer *const d = make_demuxer();
    push(d, s->bytes.bytes, s->init_len);
    const size_t body_len = s->bytes.len - s->init_len;
    // Several times the buffer; Clusters' times go back at each turn, which is not the demuxer's
    // business.
    for (size_t sent = 0; sent < 4 * (size_t)DEMUXER_BUFFER_BYTES; sent += body_len) {
        size_t number = 0;
        for (size_t at = s->init_len; at < s->bytes.len;) {
            const size_t left = s->bytes.len - at, len = left < 4099 ? left : 4099;
            push(d, s->bytes.bytes + at, len);
            number = take(d, s, number);
            at += len;
        }
        assert_int_equal(number, s->count);
    }
    demuxer_destroy(d);
}

static void a_seek_is_the_init_segment_and_a_later_cluster(void **state) {
    for (int i = 0; i < 2; i++) {
        const struct codec_stream *const s = (struct codec_stream *)*state + i;
        const size_t first = s->count / 2;
        struct demuxer *const d = make_demuxer();
        push(d, s->bytes.bytes, s->init_len);
        push(d, s->bytes.bytes + s->packets[first].cluster,
             s->bytes.len - s->packets[first].cluster);
        assert_int_equal(take(d, s, first), s->count);
        demuxer_destroy(d);
    }
}

// --- Files by others -----------------------------------------------------------------------------

static struct made_bytes read_file(const char *path) {
    struct made_bytes b = {0};
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t part[4096];
    for (size_t len; (len = fread(part, 1, sizeof part, file)) > 0;)
        made_bytes_add(&b, part, len);
    fclose(file);
    return b;
}

// ffmpeg's own muxer: SeekHead, Void, Tags, Cues behind, Clusters of many blocks, a last
// BlockGroup. The list beside it is ffprobe's: track, milliseconds, size, key.
static void ffmpeg_files_yield_what_ffprobe_lists(void **state) {
    (void)state;
    struct made_bytes file = read_file(TABCAST_SOURCE_DIR "/tests/golden/ffmpeg-vp8-opus.webm");
    for (size_t step = 1; step <= file.len; step *= 17) {
        FILE *const list = fopen(TABCAST_SOURCE_DIR "/tests/golden/ffmpeg-vp8-opus.packets", "r");
        assert_non_null(list);
        struct demuxer *const d = make_demuxer();
        unsigned count = 0, track, key;
        unsigned long ms, size;
        for (size_t at = 0; at < file.len; at += step) {
            push(d, file.bytes + at, file.len - at < step ? file.len - at : step);
            struct demuxer_packet p;
            int status;
            while ((status = demuxer_next(d, &p)) == CODEC_READY) {
                assert_int_equal(fscanf(list, "%u %lu %lu %u", &track, &ms, &size, &key), 4);
                assert_int_equal(p.track, track);
                assert_int_equal(p.timestamp_us, ms * 1000);
                assert_int_equal(p.len, size);
                assert_int_equal(p.is_keyframe, key);
                count++;
            }
            assert_int_equal(status, CODEC_NONE);
        }
        assert_int_equal(fscanf(list, "%u", &track), EOF);
        assert_true(count > 50);
        fclose(list);
        demuxer_destroy(d);
    }
    made_bytes_free(&file);
}

// --- What is not our WebM ------------------------------------------------------------------------

// Pushes all, takes all; returns the status at the end.
static int last_status(const uint8_t *bytes, size_t len) {
    struct demuxer *const d = make_demuxer();
    int status = CODEC_NONE;
    for (size_t at = 0; at < len && status >= 0;) {
        const size_t room = demuxer_write_room(d), part = len - at < room ? len - at : room;
        assert_true(part > 0);
        push(d, bytes + at, part);
        at += part;
        struct demuxer_packet p;
        while ((status = demuxer_next(d, &p)) == CODEC_READY)
            ;
    }
    struct demuxer_packet p;
    assert_int_equal(demuxer_next(d, &p), status); // errors stay
    demuxer_destroy(d);
    return status;
}

static void what_is_not_webm_is_refused(void **state) {
    const struct codec_stream *const s = *state;
    struct made_bytes b = {0};
    made_bytes_add(&b, "GET / HTTP/1.1\r\n\r\n and much more text to make sure", 50);
    assert_int_equal(last_status(b.bytes, b.len), CODEC_ERR_STREAM);
    made_bytes_free(&b);

    // garbage between Clusters
    made_bytes_add(&b, s->bytes.bytes, s->packets[3].end);
    made_bytes_add(&b,
                   "\x1F\x43\xB6\x75\x9F"
                   "garbage in place of its children",
                   37);
    assert_int_equal(last_status(b.bytes, b.len), CODEC_ERR_STREAM);
    made_bytes_free(&b);

    // without Tracks
    made_bytes_add(&b, s->bytes.bytes + s->init_len, s->bytes.len - s->init_len);
    assert_int_equal(last_status(b.bytes, b.len), CODEC_ERR_STREAM);
    made_bytes_free(&b);
}

static size_t find(const struct codec_stream *s, const char *what) {
    const size_t len = strlen(what);
    for (size_t i = 0; i + len <= s->init_len; i++) {
        if (memcmp(s->bytes.bytes + i, what, len) == 0)
            return i;
    }
    fail_msg("no %s", what);
    return 0;
}

static void other_codecs_are_refused(void **state) {
    struct codec_stream *const s = *state;
    const size_t at = find(s, "V_VP8"), sound = find(s, "A_OPUS");
    s->bytes.bytes[at + 4] = '9';
    // The sound alone is still ours; the packets of VP9 are passed over.
    struct demuxer *const d = make_demuxer();
    push(d, s->bytes.bytes, s->bytes.len);
    struct demuxer_packet p;
    int status;
    while ((status = demuxer_next(d, &p)) == CODEC_READY)
        assert_int_equal(p.track, WEBM_TRACK_AUDIO);
    assert_int_equal(status, CODEC_NONE);
    assert_int_equal(demuxer_tracks_of(d)->width, 0);
    demuxer_destroy(d);
    s->bytes.bytes[sound + 2] = 'X';
    assert_int_equal(last_status(s->bytes.bytes, s->bytes.len), CODEC_ERR_STREAM);
    s->bytes.bytes[at + 4] = '8';
    s->bytes.bytes[sound + 2] = 'O';
}

// A Cluster with one SimpleBlock whose head is `head` and whose frame has frame_len zeros.
static void add_cluster(struct made_bytes *b, const uint8_t head[4], size_t frame_len,
                        int has_lace_byte) {
    uint8_t *const bytes = calloc(1, frame_len + 64);
    assert_non_null(bytes);
    struct ebml_writer w = ebml_writer_of(bytes, frame_len + 64);
    ebml_write_id(&w, EBML_ID_CLUSTER);
    ebml_write_size(&w, 3 + 1 + 8 + 4 + frame_len, 8);
    ebml_put_uint(&w, EBML_ID_TIMESTAMP, 5);
    ebml_write_id(&w, EBML_ID_SIMPLE_BLOCK);
    ebml_write_size(&w, 4 + frame_len, 8);
    ebml_write_bytes(&w, head, 4);
    assert_int_equal(w.error, 0);
    if (has_lace_byte)
        bytes[w.len] = 1; // two frames
    made_bytes_add(b, bytes, w.len + frame_len);
    free(bytes);
}

static int status_of_block(const struct codec_stream *s, const uint8_t head[4], size_t frame_len,
                           int has_lace_byte) {
    struct made_bytes b = {0};
    made_bytes_add(&b, s->bytes.bytes, s->init_len);
    add_cluster(&b, head, frame_len, has_lace_byte);
    const int status = last_status(b.bytes, b.len);
    made_bytes_free(&b);
    return status;
}

static void strange_blocks_are_refused(void **state) {
    const struct codec_stream *const s = *state;
    assert_int_equal(status_of_block(s, (const uint8_t[]){0x81, 0, 0, 0x80}, 10, 0), CODEC_NONE);
    assert_int_equal(
        status_of_block(s, (const uint8_t[]){0x81, 0, 0, 0x80}, LIMIT_MEDIA_MESSAGE_BYTES, 0),
        CODEC_NONE);
    assert_int_equal(
        status_of_block(s, (const uint8_t[]){0x81, 0, 0, 0x80}, LIMIT_MEDIA_MESSAGE_BYTES + 1, 0),
        CODEC_ERR_TOO_LARGE);
    assert_int_equal(status_of_block(s, (const uint8_t[]){0x81, 0, 0, 0x80}, 0, 0),
                     CODEC_ERR_STREAM);
    assert_int_equal(status_of_block(s, (const uint8_t[]){0x82, 0, 0, 0x84}, 10, 1),
                     CODEC_ERR_STREAM); // laced
    assert_int_equal(status_of_block(s, (const uint8_t[]){0x87, 0, 0, 0x80}, 10, 0),
                     CODEC_ERR_DEMUX); // no track 7
}

static void a_buffer_full_of_nothing_is_too_large(void **state) {
    const struct codec_stream *const s = *state;
    struct made_bytes b = {0};
    made_bytes_add(&b, s->bytes.bytes, s->init_len);
    uint8_t *const filling = calloc(1, 3 * DEMUXER_BUFFER_BYTES);
    assert_non_null(filling);
    struct ebml_writer w = ebml_writer_of(filling, 3 * DEMUXER_BUFFER_BYTES);
    ebml_write_id(&w, 0xEC); // Void
    ebml_write_size(&w, 3 * DEMUXER_BUFFER_BYTES - 16, 8);
    made_bytes_add(&b, filling, 3 * DEMUXER_BUFFER_BYTES);
    free(filling);
    assert_int_equal(last_status(b.bytes, b.len), CODEC_ERR_TOO_LARGE);
    made_bytes_free(&b);
}

static void more_than_there_is_room_for_is_refused(void **state) {
    (void)state;
    struct demuxer *const d = make_demuxer();
    assert_int_equal(demuxer_write_room(d), DEMUXER_BUFFER_BYTES);
    assert_int_equal(demuxer_did_write(d, DEMUXER_BUFFER_BYTES + 1), CODEC_ERR_OVERFLOW);
    demuxer_destroy(d);
    demuxer_destroy(NULL);
}

static void what_follows_the_segment_is_dropped(void **state) {
    const struct codec_stream *const s = *state;
    struct demuxer *const d = make_demuxer();
    push(d, s->bytes.bytes, s->bytes.len);
    assert_int_equal(take(d, s, 0), s->count);
    struct demuxer_packet p;
    for (int i = 0; i < 100; i++) { // another stream begins: the old one has ended
        push(d, s->bytes.bytes, s->bytes.len);
        assert_int_equal(demuxer_next(d, &p), CODEC_NONE);
    }
    demuxer_destroy(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_streams_yield_every_packet),
        cmocka_unit_test(a_packet_comes_with_its_last_byte_and_not_before),
        cmocka_unit_test(a_cut_anywhere_yields_the_same),
        cmocka_unit_test(long_streams_pass_through_the_buffer),
        cmocka_unit_test(a_seek_is_the_init_segment_and_a_later_cluster),
        cmocka_unit_test(ffmpeg_files_yield_what_ffprobe_lists),
        cmocka_unit_test(what_is_not_webm_is_refused),
        cmocka_unit_test(other_codecs_are_refused),
        cmocka_unit_test(strange_blocks_are_refused),
        cmocka_unit_test(a_buffer_full_of_nothing_is_too_large),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
        cmocka_unit_test(what_follows_the_segment_is_dropped),
    };
    return cmocka_run_group_tests(tests, setup_streams, teardown_streams);
}
