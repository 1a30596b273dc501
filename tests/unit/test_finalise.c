// SPDX-License-Identifier: MIT
// From a recording to its replay: every layout rule (replay_reader), byte-identical packets, every
// cut of the tail, damage in the middle with and without the journal, calls repeated and broken
// off.
#include "golden.h"
#include "made_show.h"
#include "relay/cue_journal.h"
#include "relay/finalise.h"
#include "relay/recording_dir.h"
#include "replay_reader.h"
#include "wire_cutter.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "abcdefghij27"

struct fixture {
    char path[64];
    int dir_fd;
    struct made_show show;
};

static int set_up(void **state) {
    struct fixture *const f = calloc(1, sizeof(*f));
    f->dir_fd = temp_dir_open(f->path);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *const f = *state;
    made_show_dispose(&f->show);
    temp_dir_close(f->dir_fd, f->path);
    free(f);
    return 0;
}

static void write_part(struct fixture *f) {
    size_t len;
    uint8_t *const bytes = made_show_bytes(&f->show, &len);
    temp_dir_write(f->dir_fd, ID RECORDING_PART, bytes, len);
    free(bytes);
}

// The journal the recorder would have written.
static void write_journal(struct fixture *f) {
    static uint8_t bytes[1000 * CUE_RECORD_LEN];
    size_t len = 0;
    uint64_t offset = 0;
    for (size_t i = 0; i < f->show.count; i++) {
        const struct message *const m = f->show.messages[i];
        if (m->header.kind == WIRE_VIDEO && (m->header.flags & WIRE_KEY)) {
            cue_record_write(bytes + len,
                             &(struct cue_record){.offset = offset,
                                                  .timestamp_ms = m->header.timestamp_us / 1000});
            len += CUE_RECORD_LEN;
        }
        offset += message_payload_len(m);
    }
    temp_dir_write(f->dir_fd, ID RECORDING_CUES, bytes, len);
}

static struct finalise_result finalise(struct fixture *f, int expected_status) {
    struct finalise_result result;
    assert_int_equal(finalise_recording(&result, f->dir_fd, ID, NULL), expected_status);
    return result;
}

// Finalises the show as it is and checks everything about the replay.
static struct finalise_result finalise_and_check(struct fixture *f) {
    write_part(f);
    write_journal(f);
    const struct finalise_result result = finalise(f, FINALISE_OK);
    struct replay replay;
    replay_open(&replay, f->dir_fd, ID);
    assert_replay_holds(&replay, f->show.messages, f->show.count);
    assert_int_equal(result.frame_count, replay.count);
    assert_int_equal(result.size_bytes, replay.len);
    assert_int_equal(result.duration_ms, replay.duration_ms);
    assert_int_equal(result.bytes_left_out, 0);
    replay_close(&replay);
    assert_false(recording_has_file(f->dir_fd, ID, RECORDING_PART));
    assert_false(recording_has_file(f->dir_fd, ID, RECORDING_CUES));
    return result;
}

static void a_real_clip_keeps_its_packets(void **state) {
    struct fixture *const f = *state;
    struct wire_cutter cutter;
    wire_cutter_open(&cutter, TABCAST_SOURCE_DIR "/tests/golden/webm/ffmpeg-live.webm");
    memcpy(f->show.messages, cutter.messages, cutter.count * sizeof(cutter.messages[0]));
    f->show.count = cutter.count;
    cutter.count = 0;
    finalise_and_check(f);
    wire_cutter_close(&cutter);
}

static void a_long_show_has_a_cue_for_each_key_frame(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 1280, 720, 2);
    made_show_span(&f->show, 35, 60000, 3000, 500, 60);
    const struct finalise_result result = finalise_and_check(f);
    assert_in_range(result.duration_ms, 59980, 60060);
    struct replay replay;
    replay_open(&replay, f->dir_fd, ID);
    assert_int_equal(replay.cue_count, 20);
    assert_in_range(replay.cluster_count, 20,
                    21); // sound before the first picture may have its own
    replay_close(&replay);
}

static void long_spans_without_key_frame_are_split_by_time(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 640, 360, 1);
    made_show_span(&f->show, 0, 40000, 17000, 100, 0);
    finalise_and_check(f);
    struct replay replay;
    replay_open(&replay, f->dir_fd, ID);
    assert_int_equal(replay.cue_count, 3);
    assert_in_range(replay.cluster_count, 9, 12);
    replay_close(&replay);
}

static void long_frames_are_split_by_size(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 1920, 1080, 2);
    made_show_span(&f->show, 0, 2000, 2000, 600000, 0);
    const struct finalise_result result = finalise_and_check(f);
    assert_true(result.size_bytes > 15000000);
    struct replay replay;
    replay_open(&replay, f->dir_fd, ID);
    assert_true(replay.cluster_count >= 4);
    replay_close(&replay);
}

static void a_creator_who_was_away_leaves_a_gap(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 5000, 2000, 300, 40);
    made_show_span(&f->show, 33017, 39000, 2000, 300, 0);
    finalise_and_check(f);
}

static void sound_alone_has_a_cue_for_each_cluster(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 640, 360, 2); // pictures were promised, none came
    for (uint64_t ms = 0; ms < 21000; ms += 20)
        made_show_audio(&f->show, ms);
    finalise_and_check(f);
    struct replay replay;
    replay_open(&replay, f->dir_fd, ID);
    assert_int_equal(replay.cue_count, 5);
    replay_close(&replay);
}

static void pictures_alone(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 640, 360, 0);
    for (uint64_t ms = 0; ms < 9000; ms += 33)
        made_show_video(&f->show, ms, ms % 1980 == 0, 200);
    finalise_and_check(f);
}

static void one_frame_is_a_replay(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_video(&f->show, 0, 1, 10);
    const struct finalise_result result = finalise_and_check(f);
    assert_int_equal(result.duration_ms, 33);
}

static void late_timestamps_of_thirty_days_fit(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 2591990000, 2592000000, 2000, 100, 0);
    finalise_and_check(f);
}

// --- Cuts and damage
// -------------------------------------------------------------------------------

// Messages that lie whole within the first `len` bytes.
static size_t whole_messages(const struct made_show *show, size_t len) {
    size_t count = 0;
    for (size_t end = 0; count < show->count; count++) {
        end += message_payload_len(show->messages[count]);
        if (end > len)
            break;
    }
    return count;
}

static void every_cut_keeps_all_whole_frames(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 0, 100, 80, 20, 0);
    size_t len;
    uint8_t *const bytes = made_show_bytes(&f->show, &len);
    for (size_t cut = 0; cut <= len; cut++) {
        temp_dir_write(f->dir_fd, ID RECORDING_PART, bytes, cut);
        temp_dir_write(f->dir_fd, ID RECORDING_POSTER, "jpeg", 4);
        const size_t whole = whole_messages(&f->show, cut);
        if (whole < 2) { // no frame: nothing stays
            finalise(f, FINALISE_EMPTY);
            assert_int_equal(temp_dir_count(f->dir_fd), 0);
            continue;
        }
        finalise(f, FINALISE_OK);
        struct replay replay;
        replay_open(&replay, f->dir_fd, ID);
        assert_replay_holds(&replay, f->show.messages, whole);
        replay_close(&replay);
        recording_remove_all(f->dir_fd, ID);
    }
    free(bytes);
}

static void behind_damage_it_goes_on_at_the_journals_next_cue(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 0, 10000, 2000, 200, 0);
    size_t len;
    uint8_t *const bytes = made_show_bytes(&f->show, &len);
    // A hole of zeros as a lost page leaves it, from the middle of a frame in the second span into
    // the third.
    size_t hole_from = 0, resumed = 0, offset = 0;
    for (size_t i = 0; i < f->show.count; i++) {
        const struct message *const m = f->show.messages[i];
        if (m->header.timestamp_us == 3000000 && !hole_from)
            hole_from = i + 1;
        if (m->header.timestamp_us == 6000000 && m->header.kind == WIRE_VIDEO)
            resumed = i;
        if (hole_from && m->header.timestamp_us <= 4500000)
            memset(bytes + offset, 0, message_payload_len(m));
        offset += message_payload_len(m);
    }
    hole_from--;
    assert_true(hole_from > 0 && resumed > hole_from);

    for (int has_journal = 0; has_journal < 2; has_journal++) {
        temp_dir_write(f->dir_fd, ID RECORDING_PART, bytes, len);
        if (has_journal)
            write_journal(f);
        const struct finalise_result result = finalise(f, FINALISE_OK);
        assert_true(result.bytes_left_out > 0);
        struct replay replay;
        replay_open(&replay, f->dir_fd, ID);
        size_t kept = hole_from;
        struct message *expected[MADE_SHOW_MAX];
        memcpy(expected, f->show.messages, hole_from * sizeof(expected[0]));
        if (has_journal) {
            memcpy(expected + kept, f->show.messages + resumed,
                   (f->show.count - resumed) * sizeof(expected[0]));
            kept += f->show.count - resumed;
        }
        assert_replay_holds(&replay, expected, kept);
        replay_close(&replay);
        recording_remove_all(f->dir_fd, ID);
    }
    free(bytes);
}

static void a_wrong_journal_changes_nothing(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 0, 3000, 1000, 100, 0);
    uint8_t junk[10 * CUE_RECORD_LEN + 7];
    for (unsigned kind = 0; kind < 3; kind++) {
        for (unsigned i = 0; i < 10; i++)
            cue_record_write(junk + i * CUE_RECORD_LEN,
                             &(struct cue_record){.offset = 17 * i + kind, .timestamp_ms = i});
        if (kind == 2)
            memset(junk, 0xEE, sizeof(junk));
        write_part(f);
        temp_dir_write(f->dir_fd, ID RECORDING_CUES, junk, sizeof(junk));
        finalise(f, FINALISE_OK);
        struct replay replay;
        replay_open(&replay, f->dir_fd, ID);
        assert_replay_holds(&replay, f->show.messages, f->show.count);
        replay_close(&replay);
        recording_remove_all(f->dir_fd, ID);
    }
}

static void what_is_no_recording_stays(void **state) {
    struct fixture *const f = *state;
    static const char *const files[] = {"tests/golden/webm/ffmpeg.webm", "tests/golden/wire.txt"};
    for (size_t i = 0; i < 2; i++) {
        size_t len, left_len;
        uint8_t *const bytes = golden_file(files[i], &len);
        temp_dir_write(f->dir_fd, ID RECORDING_PART, bytes, len);
        finalise(f, -EILSEQ);
        uint8_t *const left = temp_dir_read(f->dir_fd, ID RECORDING_PART, &left_len);
        assert_int_equal(left_len, len);
        assert_memory_equal(left, bytes, len);
        assert_int_equal(temp_dir_count(f->dir_fd), 1);
        free(left);
        free(bytes);
    }
    recording_remove_all(f->dir_fd, ID);
    finalise(f, -ENOENT);
}

// --- Again, and broken off
// ---------------------------------------------------------------------------

static void calling_again_changes_nothing(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 0, 3000, 1000, 100, 0);
    recording_write_meta(f->dir_fd, ID, "A \"quoted\" title,\"durationMs\":5", 1700000000123);
    const struct finalise_result first = finalise_and_check(f);
    size_t len, again_len, meta_len;
    uint8_t *const bytes = temp_dir_read(f->dir_fd, ID ".webm", &len);
    for (int i = 0; i < 2; i++) {
        // The second time as a kill between rename and clean-up leaves it.
        if (i == 1) {
            write_part(f);
            write_journal(f);
        }
        const struct finalise_result again = finalise(f, FINALISE_OK);
        assert_int_equal(again.duration_ms, first.duration_ms);
        assert_int_equal(again.size_bytes, first.size_bytes);
        uint8_t *const bytes_again = temp_dir_read(f->dir_fd, ID ".webm", &again_len);
        assert_int_equal(again_len, len);
        assert_memory_equal(bytes_again, bytes, len);
        free(bytes_again);
        assert_int_equal(temp_dir_count(f->dir_fd), 2); // replay and ID.json
    }
    char expected[300];
    snprintf(expected, sizeof(expected),
             "{\"id\":\"" ID "\",\"title\":\"A \\\"quoted\\\" title,\\\"durationMs\\\":5\","
             "\"startedAt\":\"2023-11-14T22:13:20.123Z\",\"durationMs\":%llu,\"sizeBytes\":%zu}",
             (unsigned long long)first.duration_ms, len);
    char *const meta = (char *)temp_dir_read(f->dir_fd, ID ".json", &meta_len);
    assert_string_equal(meta, expected);
    free(meta);
    free(bytes);
}

static void torn_side_files_are_mended(void **state) {
    struct fixture *const f = *state;
    static const char chat[] = "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"tex";
    static const char *const metas[] = {"", "{", "{\"id\":\"x\",\"titl", NULL};
    made_show_init_segment(&f->show, 64, 48, 2);
    made_show_span(&f->show, 0, 1000, 1000, 100, 0);
    for (size_t i = 0; i < 4; i++) {
        write_part(f);
        temp_dir_write(f->dir_fd, ID RECORDING_CHAT, chat, sizeof(chat) - 1);
        if (metas[i])
            temp_dir_write(f->dir_fd, ID RECORDING_META, metas[i], strlen(metas[i]));
        const struct finalise_result result = finalise(f, FINALISE_OK);
        size_t len;
        char *const lines = (char *)temp_dir_read(f->dir_fd, ID RECORDING_CHAT, &len);
        assert_string_equal(lines, "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
        free(lines);
        char expected[200];
        snprintf(expected, sizeof(expected),
                 "{\"id\":\"" ID "\",\"title\":\"\",\"durationMs\":%llu,\"sizeBytes\":%llu}",
                 (unsigned long long)result.duration_ms, (unsigned long long)result.size_bytes);
        char *const meta = (char *)temp_dir_read(f->dir_fd, ID RECORDING_META, &len);
        assert_string_equal(meta, expected);
        free(meta);
        recording_remove_all(f->dir_fd, ID);
    }
    // A chat without any whole line, longer than one look back.
    char *const long_line = malloc(10000);
    memset(long_line, 'x', 10000);
    temp_dir_write(f->dir_fd, ID RECORDING_CHAT, long_line, 10000);
    assert_int_equal(recording_trim_chat(f->dir_fd, ID), 0);
    size_t len;
    free(temp_dir_read(f->dir_fd, ID RECORDING_CHAT, &len));
    assert_int_equal(len, 0);
    long_line[4000] = '\n';
    temp_dir_write(f->dir_fd, ID RECORDING_CHAT, long_line, 10000);
    assert_int_equal(recording_trim_chat(f->dir_fd, ID), 0);
    free(temp_dir_read(f->dir_fd, ID RECORDING_CHAT, &len));
    assert_int_equal(len, 4001);
    free(long_line);
}

static void names_come_from_valid_ids_only(void **state) {
    (void)state;
    assert_true(recording_id_is_valid(ID));
    static const char *const bad[] = {"",
                                      "abcdefghij2",
                                      "abcdefghij277",
                                      "abcdefghij2A",
                                      "abcdefghij21",
                                      "abcdefghij28",
                                      "../../etc/pas",
                                      "abcdefghij/7",
                                      "abcdefghij.7"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(recording_id_is_valid(bad[i]));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_real_clip_keeps_its_packets),
        TEST(a_long_show_has_a_cue_for_each_key_frame),
        TEST(long_spans_without_key_frame_are_split_by_time),
        TEST(long_frames_are_split_by_size),
        TEST(a_creator_who_was_away_leaves_a_gap),
        TEST(sound_alone_has_a_cue_for_each_cluster),
        TEST(pictures_alone),
        TEST(one_frame_is_a_replay),
        TEST(late_timestamps_of_thirty_days_fit),
        TEST(every_cut_keeps_all_whole_frames),
        TEST(behind_damage_it_goes_on_at_the_journals_next_cue),
        TEST(a_wrong_journal_changes_nothing),
        TEST(what_is_no_recording_stays),
        TEST(calling_again_changes_nothing),
        TEST(torn_side_files_are_mended),
        TEST(names_come_from_valid_ids_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
