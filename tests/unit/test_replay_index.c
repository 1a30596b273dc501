// SPDX-License-Identifier: MIT
// The front of finished files: ours with Cues in front, cut at every byte; ffmpeg's; and what is no
// such file.
#include "made_media.h"
#include "shared/ebml.h"
#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "wasm/codec_status.h"
#include "wasm/replay_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CUES 300
#define CUE_MS 2000
#define CUE_BYTES 100000
#define CAP (64 * 1024)

static uint8_t file_bytes[CAP];

struct made_file {
    size_t len;
    size_t init_len;
    size_t segment_start;
};

static void put_cue(struct ebml_writer *w, uint64_t ms, uint64_t position) {
    const size_t point = ebml_begin_master(w, EBML_ID_CUE_POINT);
    ebml_put_uint(w, EBML_ID_CUE_TIME, ms);
    const size_t positions = ebml_begin_master(w, EBML_ID_CUE_TRACK_POSITIONS);
    ebml_put_uint(w, EBML_ID_CUE_TRACK, 1);
    ebml_put_uint(w, EBML_ID_CUE_CLUSTER_POSITION, position);
    ebml_end_master(w, positions);
    ebml_end_master(w, point);
}

// EBML header, Segment, Info, Tracks, Cues, one Cluster's head.
static struct made_file make_file(double duration_ms, unsigned cue_count, int is_backwards) {
    static const struct webm_tracks tracks = {1280, 720, 2, 312};
    struct made_file file;
    struct ebml_writer w = ebml_writer_of(file_bytes, CAP);
    webm_put_header(&w, 1ULL << 40);
    file.segment_start = w.len;
    webm_put_info(&w, duration_ms);
    webm_put_tracks(&w, &tracks);
    file.init_len = w.len;
    const size_t cues = ebml_begin_master(&w, EBML_ID_CUES);
    for (unsigned i = 0; i < cue_count; i++)
        put_cue(&w, (is_backwards ? cue_count - i : i) * CUE_MS, 5000 + (uint64_t)i * CUE_BYTES);
    ebml_end_master(&w, cues);
    assert_int_equal(w.error, 0);
    file.len = w.len + webm_write_cluster_head(file_bytes + w.len, CAP - w.len, 1, 0, 1, 1000);
    return file;
}

static struct replay_index *make_index(void) {
    struct replay_index *r;
    assert_int_equal(replay_index_create(&r), 0);
    return r;
}

static int write_all(struct replay_index *r, const uint8_t *bytes, size_t len, size_t step) {
    int status = 0;
    for (size_t at = 0; at < len && status == 0; at += step) {
        const size_t part = len - at < step ? len - at : step;
        assert_true(replay_index_write_room(r) >= part);
        memcpy(replay_index_write_pointer(r), bytes + at, part);
        status = replay_index_did_write(r, part);
    }
    return status;
}

static void our_replays_are_read_however_cut(void **state) {
    (void)state;
    const struct made_file file = make_file(600123.7, CUES, 0);
    for (size_t step = 1; step < file.len; step = step * 3 + 1) {
        struct replay_index *const r = make_index();
        assert_int_equal(write_all(r, file_bytes, file.len, step), 0);
        assert_true(replay_index_is_complete(r));
        assert_int_equal(replay_index_init_len(r), file.init_len);
        assert_int_equal(replay_index_duration_ms(r), 600123);
        assert_int_equal(replay_index_cue_count(r), CUES);
        for (size_t i = 0; i < CUES; i++) {
            assert_int_equal(replay_index_cue(r, i)->timestamp_ms, i * CUE_MS);
            assert_int_equal(replay_index_cue(r, i)->offset,
                             file.segment_start + 5000 + i * CUE_BYTES);
        }
        // What comes behind is not read.
        assert_int_equal(write_all(r, (const uint8_t *)"rubbish", 7, 7), 0);
        replay_index_destroy(r);
    }
}

static void a_part_is_not_complete(void **state) {
    (void)state;
    const struct made_file file = make_file(0, 3, 0);
    struct replay_index *const r = make_index();
    assert_int_equal(write_all(r, file_bytes, file.init_len, 4096), 0);
    assert_false(replay_index_is_complete(r));
    assert_int_equal(replay_index_init_len(r), file.init_len);
    assert_int_equal(replay_index_duration_ms(r), 0);
    replay_index_destroy(r);
    replay_index_destroy(NULL);
}

static void a_file_by_ffmpeg_has_its_cues_behind(void **state) {
    (void)state;
    FILE *const file = fopen(TABCAST_SOURCE_DIR "/tests/golden/ffmpeg-vp8-opus.webm", "rb");
    assert_non_null(file);
    const size_t len = fread(file_bytes, 1, CAP, file);
    fclose(file);
    struct replay_index *const r = make_index();
    assert_int_equal(write_all(r, file_bytes, len, 1000), 0);
    assert_true(replay_index_is_complete(r));
    assert_int_equal(replay_index_duration_ms(r), 1208);
    assert_int_equal(replay_index_cue_count(r), 0);
    replay_index_destroy(r);
}

static void what_is_no_replay_is_refused(void **state) {
    (void)state;
    struct replay_index *r = make_index();
    assert_int_equal(write_all(r, (const uint8_t *)"<!doctype html><title>404</title>", 33, 33),
                     CODEC_ERR_STREAM);
    assert_int_equal(write_all(r, (const uint8_t *)"more", 4, 4), CODEC_ERR_STREAM); // errors stay
    assert_true(replay_index_write_room(r) > 0);
    replay_index_destroy(r);

    r = make_index();
    const struct made_file backwards = make_file(1000, 5, 1);
    assert_int_equal(write_all(r, file_bytes, backwards.len, backwards.len), CODEC_ERR_STREAM);
    replay_index_destroy(r);

    r = make_index(); // no Tracks before the Cluster
    struct ebml_writer w = ebml_writer_of(file_bytes, CAP);
    webm_put_header(&w, EBML_SIZE_UNKNOWN);
    const size_t len =
        w.len + webm_write_cluster_head(file_bytes + w.len, CAP - w.len, 1, 0, 1, 10);
    assert_int_equal(write_all(r, file_bytes, len, len), CODEC_ERR_STREAM);
    replay_index_destroy(r);

    r = make_index();
    assert_int_equal(replay_index_did_write(r, replay_index_write_room(r) + 1), CODEC_ERR_OVERFLOW);
    replay_index_destroy(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_replays_are_read_however_cut),
        cmocka_unit_test(a_part_is_not_complete),
        cmocka_unit_test(a_file_by_ffmpeg_has_its_cues_behind),
        cmocka_unit_test(what_is_no_replay_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
