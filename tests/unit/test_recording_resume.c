// SPDX-License-Identifier: MIT
// A recording that a crash cut anywhere goes on: everything that was whole and everything that came
// later are in one replay, in any state of the journal.
#include "made_show.h"
#include "relay/cue_journal.h"
#include "relay/finalise.h"
#include "relay/recording_dir.h"
#include "relay/recording_file.h"
#include "relay/recording_tail.h"
#include "replay_reader.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "abcdefghij27"

struct fixture {
    char path[64];
    int dir_fd;
    struct made_show before, after;
    uint8_t *part, *cues;
    size_t part_len, cues_len;
};

static void record(const struct fixture *f, const struct made_show *show, bool goes_on) {
    struct recording_file file;
    assert_int_equal((goes_on ? recording_file_resume : recording_file_open)(&file, f->dir_fd, ID,
                                                                             "Title", 1000, 0),
                     0);
    recording_file_write(&file, show->messages, show->count, 0);
    assert_false(file.is_paused);
    recording_file_dispose(&file);
}

static int set_up(void **state) {
    struct fixture *const f = calloc(1, sizeof(*f));
    f->dir_fd = temp_dir_open(f->path);
    made_show_init_segment(&f->before, 640, 360, 2);
    made_show_span(&f->before, 0, 1500, 400, 60, 30);
    made_show_init_segment(&f->after, 640, 360, 2);
    made_show_span(&f->after, 5000, 5600, 400, 60, 30);
    record(f, &f->before, false);
    f->part = temp_dir_read(f->dir_fd, ID RECORDING_PART, &f->part_len);
    f->cues = temp_dir_read(f->dir_fd, ID RECORDING_CUES, &f->cues_len);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *const f = *state;
    made_show_dispose(&f->before);
    made_show_dispose(&f->after);
    free(f->part);
    free(f->cues);
    temp_dir_close(f->dir_fd, f->path);
    free(f);
    return 0;
}

// What a crash left: so much of each file.
static void leave(const struct fixture *f, size_t part_len, size_t cues_len) {
    assert_int_equal(recording_remove_all(f->dir_fd, ID), 0);
    temp_dir_write(f->dir_fd, ID RECORDING_PART, f->part, part_len);
    temp_dir_write(f->dir_fd, ID RECORDING_CUES, f->cues, cues_len);
    assert_int_equal(recording_write_meta(f->dir_fd, ID, "Title", 1000), 0);
}

// Goes on, finalises, and expects what was whole in `part_len` bytes and all that came later.
static void check(const struct fixture *f, size_t part_len) {
    static struct message *expected[2000];
    struct finalise_result result;
    struct replay replay;
    size_t count = 0, end = 0;
    for (size_t i = 0; i < f->before.count; i++) {
        end += message_payload_len(f->before.messages[i]);
        if (end > part_len)
            break;
        expected[count++] = f->before.messages[i];
    }
    for (size_t i = 0; i < f->after.count; i++)
        expected[count++] = f->after.messages[i];
    record(f, &f->after, true);
    assert_int_equal(finalise_recording(&result, f->dir_fd, ID, NULL), FINALISE_OK);
    assert_int_equal(result.bytes_left_out, 0);
    replay_open(&replay, f->dir_fd, ID);
    assert_replay_holds(&replay, expected, count);
    replay_close(&replay);
}

static void goes_on_wherever_it_was_cut(void **state) {
    const struct fixture *const f = *state;
    for (size_t cut = 0; cut <= f->part_len; cut += cut < 400 ? 1 : 37) {
        leave(f, cut, f->cues_len);
        check(f, cut);
    }
    leave(f, f->part_len, f->cues_len);
    check(f, f->part_len);
}

static void goes_on_with_any_journal(void **state) {
    const struct fixture *const f = *state;
    for (size_t cues_len = 0; cues_len <= f->cues_len; cues_len += 5) {
        leave(f, f->part_len - 3, cues_len);
        check(f, f->part_len - 3);
    }
    memset(f->cues, 0xff, f->cues_len);
    leave(f, f->part_len, f->cues_len);
    check(f, f->part_len);
}

static void goes_on_twice(void **state) {
    struct fixture *const f = *state;
    struct made_show third = {0};
    struct replay replay;
    struct finalise_result result;
    made_show_init_segment(&third, 320, 180, 2);
    made_show_span(&third, 9000, 9400, 400, 60, 30);
    leave(f, f->part_len, f->cues_len);
    record(f, &f->after, true);
    record(f, &third, true);
    assert_int_equal(finalise_recording(&result, f->dir_fd, ID, NULL), FINALISE_OK);
    replay_open(&replay, f->dir_fd, ID);
    assert_int_equal(replay.count, f->before.count - 1 + f->after.count - 1 + third.count - 1);
    replay_close(&replay);
    made_show_dispose(&third);
}

static void finds_what_is_whole(void **state) {
    const struct fixture *const f = *state;
    struct recording_tail tail;
    static const char line[] = "{\"id\":1}\n{\"id\":2";
    leave(f, f->part_len, f->cues_len);
    temp_dir_write(f->dir_fd, ID RECORDING_CHAT, line, sizeof(line) - 1);
    assert_int_equal(recording_tail_find(&tail, f->dir_fd, ID), 0);
    assert_int_equal(tail.part_len, f->part_len);
    assert_int_equal(tail.cues_len, f->cues_len);
    assert_int_equal(tail.chat_len, 9);
    assert_int_equal(tail.tracks.width, 640);
    assert_int_equal(tail.newest_ms[WEBM_TRACK_VIDEO], 1480);
    assert_true(tail.newest_ms[WEBM_TRACK_AUDIO] >= 1440);

    leave(f, 0, 0);
    assert_int_equal(recording_tail_find(&tail, f->dir_fd, ID), 0);
    assert_int_equal(tail.part_len, 0);

    memset(f->part, 'x', f->part_len); // nothing of ours
    leave(f, f->part_len, f->cues_len);
    assert_int_equal(recording_tail_find(&tail, f->dir_fd, ID), -EILSEQ);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_wherever_it_was_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_with_any_journal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_what_is_whole, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
