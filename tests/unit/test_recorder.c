// SPDX-License-Identifier: MIT
// The recorder with real threads and a real disk: what is kept and left out, a queue that runs
// full, a disk that runs full and comes back, events exactly once, repair at start.
#include "made_show.h"
#include "relay/recorder.h"
#include "relay/recording_dir.h"
#include "replay_reader.h"
#include "wire_cutter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ID_A "aaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbb"
// Far beyond what any of this takes; reached only when something is broken.
#define PATIENCE_S 60

struct fixture {
    char path[64];
    int dir_fd;
    sem_t woken;
    struct recorder *recorder;
    struct made_show show;
};

static void on_wake(void *ctx) { sem_post(ctx); }

static void start_recorder(struct fixture *f, uint64_t queue_limit_bytes) {
    const struct recorder_config config = {.dir = f->path,
                                           .queue_limit_bytes = queue_limit_bytes,
                                           .repair_retry_ms = 300,
                                           .wake = on_wake,
                                           .wake_ctx = &f->woken};
    f->recorder = recorder_create(&config);
    assert_non_null(f->recorder);
}

static int set_up(void **state) {
    struct fixture *const f = calloc(1, sizeof(*f));
    f->dir_fd = temp_dir_open(f->path);
    sem_init(&f->woken, 0, 0);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *const f = *state;
    recorder_destroy(f->recorder);
    made_show_dispose(&f->show);
    temp_dir_close(f->dir_fd, f->path);
    sem_destroy(&f->woken);
    free(f);
    return 0;
}

static struct recording *open_show(struct fixture *f, const char *id) {
    const struct recording_info info = {
        .id = id, .title = "A show", .started_at_ms = 1700000000000};
    struct recording *const rec = recording_open(f->recorder, &info);
    assert_non_null(rec);
    return rec;
}

static void wait_for_wake(struct fixture *f) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    while (sem_timedwait(&f->woken, &until) != 0)
        assert_int_equal(errno, EINTR);
}

static struct recorder_event next_event(struct fixture *f) {
    struct recorder_event event;
    do
        wait_for_wake(f);
    while (!recorder_poll(f->recorder,
                          &event)); // each event wakes once, so this waits for the next one
    return event;
}

static struct recorder_event assert_event(struct fixture *f, enum recorder_event_kind kind,
                                          const char *id) {
    const struct recorder_event event = next_event(f);
    if (event.kind != kind)
        fail_msg("event %d (%s) instead of %d", event.kind, event.detail, kind);
    assert_string_equal(event.id, id);
    return event;
}

static void assert_no_event(struct fixture *f) {
    struct recorder_event event;
    assert_int_equal(recorder_poll(f->recorder, &event), 0);
}

static void append_all(struct fixture *f, struct recording *rec) {
    for (size_t i = 0; i < f->show.count; i++)
        recording_append(rec, f->show.messages[i]);
}

static void assert_replay_of(struct fixture *f, const char *id, struct message *const *messages,
                             size_t count) {
    struct replay replay;
    replay_open(&replay, f->dir_fd, id);
    assert_replay_holds(&replay, messages, count);
    replay_close(&replay);
}

// --- What is kept
// ----------------------------------------------------------------------------------

static void a_real_clip_with_chat_and_poster(void **state) {
    struct fixture *const f = *state;
    struct wire_cutter cutter;
    wire_cutter_open(&cutter, TABCAST_SOURCE_DIR "/tests/golden/webm/ffmpeg-live.webm");
    const uint8_t poster[WIRE_HEADER_LEN + 4] = {WIRE_POSTER, [WIRE_HEADER_LEN] = 0xFF, 0xD8, 1, 2};
    struct wire_header header;
    assert_int_equal(wire_header_read(&header, poster, sizeof(poster)), WIRE_OK);
    struct message *const jpeg = message_create_media(&header, poster, sizeof(poster));

    start_recorder(f, 0);
    struct recording *const rec = open_show(f, ID_A);
    for (size_t i = 0; i < cutter.count; i++) {
        recording_append(rec, cutter.messages[i]);
        if (i == 5)
            recording_chat(rec, "{\"text\":\"hello\"}", 16);
        if (i == 9)
            recording_append(rec, jpeg);
    }
    recording_chat(rec, "{\"text\":\"bye\"}", 14);
    recording_finish(rec);
    const struct recorder_event event = assert_event(f, RECORDER_FINALISED, ID_A);
    assert_no_event(f);

    assert_replay_of(f, ID_A, cutter.messages, cutter.count);
    size_t len;
    char *text = (char *)temp_dir_read(f->dir_fd, ID_A ".chat.jsonl", &len);
    assert_string_equal(text, "{\"text\":\"hello\"}\n{\"text\":\"bye\"}\n");
    free(text);
    text = (char *)temp_dir_read(f->dir_fd, ID_A ".jpg", &len);
    assert_memory_equal(text, poster + WIRE_HEADER_LEN, 4);
    assert_int_equal(len, 4);
    free(text);
    text = (char *)temp_dir_read(f->dir_fd, ID_A ".json", &len);
    char expected[200];
    snprintf(expected, sizeof(expected),
             "{\"id\":\"" ID_A "\",\"title\":\"A show\",\"startedAt\":\"2023-11-14T22:13:20.000Z\","
             "\"durationMs\":%llu,\"sizeBytes\":%llu}",
             (unsigned long long)event.duration_ms, (unsigned long long)event.size_bytes);
    assert_string_equal(text, expected);
    free(text);
    assert_int_equal(temp_dir_count(f->dir_fd), 4);

    struct recorder_stats stats;
    recorder_stats_read(f->recorder, &stats);
    assert_int_equal(stats.frames_written, cutter.count - 1);
    assert_int_equal(stats.frames_left_out, 0);
    assert_int_equal(stats.write_errors, 0);
    assert_int_equal(stats.queue_bytes, 0);
    message_unref(jpeg);
    wire_cutter_close(&cutter);
}

// Everything a creator's tab may send beside the plain stream; `expected` collects what must be
// kept.
static void only_what_fits_the_first_init_is_kept(void **state) {
    struct fixture *const f = *state;
    struct made_show *const s = &f->show;
    struct message *expected[MADE_SHOW_MAX];
    size_t kept = 0;
    const uint8_t low[] = {9, 9, 9};
    struct message *const early = wire_make_frame(WEBM_TRACK_AUDIO, 0, 1, 0, low, 3);
    struct message *rendition = wire_make_frame(WEBM_TRACK_VIDEO, 40000, 1, 0, low, 3);
    struct wire_header header = rendition->header;
    header.rendition = 1;
    struct message *const other = message_create_media(
        &header, rendition->bytes + rendition->frame_head_len, 16 + message_payload_len(rendition));
    message_unref(rendition);

    start_recorder(f, 0);
    struct recording *const rec = open_show(f, ID_A);
    recording_append(rec, early); // before any INIT
    made_show_init_segment(s, 1280, 720, 2);
    made_show_video(s, 0, 0, 50); // no key frame yet
    made_show_audio(s, 0);
    expected[kept++] = s->messages[2];
    made_show_span(s, 40, 2000, 1000, 100, 0);
    made_show_init_segment(s, 640, 360, 1); // smaller picture
    made_show_span(s, 2000, 3000, 500, 100, 0);
    for (size_t i = 3; i < s->count; i++)
        expected[kept++] = s->messages[i];
    made_show_audio(s, 100);          // back in time
    made_show_video(s, 2000, 1, 100); // back in time
    made_show_span(s, 31000, 33000, 1000, 100, 0);
    for (size_t i = s->count - 1; s->messages[i]->header.timestamp_us >= 31000000; i--)
        expected[kept++] = s->messages[i];
    // Order among equals follows the sending: put the last part the right way round.
    size_t from = kept;
    while (expected[from - 1]->header.timestamp_us >= 31000000)
        from--;
    for (size_t a = from, b = kept - 1; a < b; a++, b--) {
        struct message *const swap = expected[a];
        expected[a] = expected[b];
        expected[b] = swap;
    }
    for (size_t i = 0; i < s->count; i++) {
        recording_append(rec, s->messages[i]);
        recording_append(rec, other);
    }
    recording_finish(rec);
    assert_event(f, RECORDER_FINALISED, ID_A);
    assert_replay_of(f, ID_A, expected, kept);
    struct recorder_stats stats;
    recorder_stats_read(f->recorder, &stats);
    assert_int_equal(stats.frames_left_out, 4);
    message_unref(early);
    message_unref(other);
}

static void two_shows_at_once_stay_apart(void **state) {
    struct fixture *const f = *state;
    static struct made_show second;
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 20000, 2000, 300, 0);
    made_show_init_segment(&second, 320, 180, 1);
    made_show_span(&second, 7, 20007, 3000, 200, 40);
    start_recorder(f, 0);
    struct recording *const a = open_show(f, ID_A);
    struct recording *const b = open_show(f, ID_B);
    for (size_t i = 0; i < f->show.count || i < second.count; i++) {
        if (i < f->show.count)
            recording_append(a, f->show.messages[i]);
        if (i < second.count)
            recording_append(b, second.messages[i]);
    }
    recording_finish(a);
    recording_finish(b);
    for (int i = 0; i < 2; i++)
        assert_int_equal(next_event(f).kind, RECORDER_FINALISED);
    assert_replay_of(f, ID_A, f->show.messages, f->show.count);
    assert_replay_of(f, ID_B, second.messages, second.count);
    made_show_dispose(&second);
}

// --- Ends
// ------------------------------------------------------------------------------------------

static void destroying_the_recorder_finalises_what_is_open(void **state) {
    struct fixture *const f = *state;
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 4000, 2000, 300, 0);
    start_recorder(f, 0);
    append_all(f, open_show(f, ID_A));
    recorder_destroy(f->recorder);
    f->recorder = NULL;
    assert_replay_of(f, ID_A, f->show.messages, f->show.count);
}

static void a_show_without_a_frame_leaves_nothing(void **state) {
    struct fixture *const f = *state;
    start_recorder(f, 0);
    made_show_init_segment(&f->show, 640, 360, 2);
    struct recording *const rec = open_show(f, ID_A);
    append_all(f, rec);
    recording_chat(rec, "{}", 2);
    recording_finish(rec);
    const struct recorder_event event = assert_event(f, RECORDER_FAILED, ID_A);
    assert_string_equal(event.detail, "nothing was recorded; removed");
    assert_int_equal(temp_dir_count(f->dir_fd), 0);
}

static void leftovers_are_repaired_at_start(void **state) {
    struct fixture *const f = *state;
    size_t len;
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 4000, 2000, 300, 0);
    uint8_t *const bytes = made_show_bytes(&f->show, &len);
    temp_dir_write(f->dir_fd, ID_A ".part.webm", bytes, len - 1); // the last frame is cut
    temp_dir_write(f->dir_fd, ID_B ".part.webm", "", 0);
    temp_dir_write(f->dir_fd, "not-an-id.part.webm", "x", 1);
    temp_dir_write(f->dir_fd, ID_A ".webm.tmp", "half", 4);
    temp_dir_write(f->dir_fd, ID_A ".json.tmp", "half", 4);
    start_recorder(f, 0);
    for (int i = 0; i < 2; i++) {
        const struct recorder_event event = next_event(f);
        const int is_a = strcmp(event.id, ID_A) == 0;
        assert_int_equal(event.kind, is_a ? RECORDER_REPAIRED : RECORDER_FAILED);
        if (is_a)
            assert_in_range(event.duration_ms, 3960, 4020);
    }
    assert_replay_of(f, ID_A, f->show.messages, f->show.count - 1);
    assert_int_equal(temp_dir_count(f->dir_fd), 3); // replay, its ID.json, what is not ours
    free(bytes);
}

static void what_cannot_be_opened_fails_once(void **state) {
    struct fixture *const f = *state;
    start_recorder(f, 0);
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 1000, 1000, 300, 0);
    temp_dir_write(f->dir_fd, ID_B ".webm", "a replay", 8); // this show was recorded before
    struct recording *const rec = open_show(f, ID_B);
    append_all(f, rec);
    assert_string_equal(assert_event(f, RECORDER_FAILED, ID_B).detail, strerror(EEXIST));
    append_all(f, rec);
    recording_finish(rec);
    // A show behind it ends as usual, and there is no second word about the first.
    struct recording *const next = open_show(f, ID_A);
    append_all(f, next);
    recording_finish(next);
    assert_event(f, RECORDER_FINALISED, ID_A);
    assert_no_event(f);
    size_t len;
    char *const text = (char *)temp_dir_read(f->dir_fd, ID_B ".webm", &len);
    assert_string_equal(text, "a replay");
    free(text);
    const struct recorder_config nowhere = {.dir = "/nonexistent/folder"};
    assert_null(recorder_create(&nowhere));
    assert_int_equal(errno, ENOENT);
}

// --- Too slow, too full
// ----------------------------------------------------------------------------

// The frames of a replay must be those of the show but for whole spans: behind each gap pictures go
// on with a key frame. Returns how many of the show's frames are missing.
static size_t assert_gaps_end_with_key_frames(struct fixture *f, const char *id) {
    struct replay replay;
    replay_open(&replay, f->dir_fd, id);
    size_t at = 0, missing = 0, frames = 0;
    int is_gap = 0;
    for (size_t i = 0; i < f->show.count; i++) {
        const struct message *const m = f->show.messages[i];
        if (m->header.kind != WIRE_VIDEO)
            continue;
        frames++;
        while (at < replay.count && replay.packets[at].track != WEBM_TRACK_VIDEO)
            at++;
        const uint64_t timestamp_ms = m->header.timestamp_us / 1000;
        if (at == replay.count || replay.packets[at].timestamp_ms != timestamp_ms) {
            missing++;
            is_gap = 1;
            continue;
        }
        if (is_gap)
            assert_true(replay.packets[at].is_keyframe);
        is_gap = 0;
        const size_t len = replay.packets[at].len;
        assert_memory_equal(replay.packets[at].bytes,
                            message_payload(m) + message_payload_len(m) - len, len);
        at++;
    }
    while (at < replay.count && replay.packets[at].track != WEBM_TRACK_VIDEO)
        at++;
    assert_int_equal(at, replay.count); // nothing that was not sent
    assert_true(missing < frames);
    replay_close(&replay);
    return missing;
}

static void a_full_queue_leaves_out_to_the_next_key_frame(void **state) {
    struct fixture *const f = *state;
    enum { LIMIT = 20000 };
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 60000, 1000, 500, 0);
    start_recorder(f, LIMIT);
    struct recording *const rec = open_show(f, ID_A);
    struct recorder_stats stats;
    // First as fast as the loop can, far faster than any thread wakes; once frames were left out,
    // no faster than written.
    for (size_t i = 0; i < f->show.count; i++) {
        recording_append(rec, f->show.messages[i]);
        recorder_stats_read(f->recorder, &stats);
        assert_true(stats.queue_bytes <= LIMIT);
        while (stats.frames_left_out && stats.queue_bytes >= LIMIT / 2) {
            sched_yield();
            recorder_stats_read(f->recorder, &stats);
        }
    }
    recording_finish(rec);
    assert_event(f, RECORDER_LAGGING, ID_A);
    assert_event(f, RECORDER_RECOVERED, ID_A);
    assert_event(f, RECORDER_FINALISED, ID_A);
    recorder_stats_read(f->recorder, &stats);
    const size_t missing = assert_gaps_end_with_key_frames(f, ID_A);
    assert_true(missing > 0 && stats.frames_left_out >= missing);
    assert_int_equal(stats.frames_left_out + stats.frames_written, f->show.count - 1);
}

// Sends 200 ms more of the show, then waits 20 ms for an event: ten times real pace.
static void send_on(struct fixture *f, struct recording *rec, uint64_t *now_ms) {
    const size_t from = f->show.count;
    made_show_span(&f->show, *now_ms, *now_ms + 200, 200, 4000, 0);
    *now_ms += 200;
    for (size_t i = from; i < f->show.count; i++)
        recording_append(rec, f->show.messages[i]);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    sem_timedwait(&f->woken, &until);
}

static struct recorder_event send_until_event(struct fixture *f, struct recording *rec,
                                              uint64_t *now_ms) {
    struct recorder_event event;
    while (!recorder_poll(f->recorder, &event))
        send_on(f, rec, now_ms);
    return event;
}

// Fills up, is told once, makes room, is told once, and the replay has whole frames on both sides
// of the gap.
static void check_full_and_back(struct fixture *f, const char *expected_error,
                                void (*make_room)(struct fixture *f)) {
    uint64_t now_ms = 0;
    made_show_init_segment(&f->show, 640, 360, 2);
    struct recording *const rec = open_show(f, ID_A);
    recording_append(rec, f->show.messages[0]);
    struct recorder_event event = send_until_event(f, rec, &now_ms);
    assert_int_equal(event.kind, RECORDER_DISK_FULL);
    assert_string_equal(event.detail, expected_error);
    // Two attempts more without room: no second event.
    struct recorder_stats stats, before;
    recorder_stats_read(f->recorder, &before);
    do {
        send_on(f, rec, &now_ms);
        assert_no_event(f);
        recorder_stats_read(f->recorder, &stats);
    } while (stats.write_errors < before.write_errors + 2);
    make_room(f);
    event = send_until_event(f, rec, &now_ms);
    assert_int_equal(event.kind, RECORDER_RECOVERED);
    recording_finish(rec);
    event = next_event(f);
    assert_int_equal(event.kind, RECORDER_FINALISED);
    assert_true(assert_gaps_end_with_key_frames(f, ID_A) > 0);
    recorder_stats_read(f->recorder, &stats);
    assert_int_equal(stats.frames_left_out + stats.frames_written, f->show.count - 1);
}

static struct rlimit limit_before;

static void lift_file_limit(struct fixture *f) {
    (void)f;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit_before), 0);
}

static void a_file_that_may_not_grow_and_then_may(void **state) {
    struct fixture *const f = *state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit_before), 0);
    const struct rlimit small = {.rlim_cur = 100001, .rlim_max = limit_before.rlim_max};
    start_recorder(f, 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    check_full_and_back(f, strerror(EFBIG), lift_file_limit);
}

static void no_room_to_finalise_is_tried_again(void **state) {
    struct fixture *const f = *state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit_before), 0);
    start_recorder(f, 0);
    made_show_init_segment(&f->show, 640, 360, 2);
    made_show_span(&f->show, 0, 4000, 2000, 3000, 0);
    struct recording *const rec = open_show(f, ID_A);
    append_all(f, rec);
    struct recorder_stats stats;
    do {
        sched_yield();
        recorder_stats_read(f->recorder, &stats);
    } while (stats.frames_written < f->show.count - 1);
    const struct rlimit small = {.rlim_cur = 100001, .rlim_max = limit_before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    recording_finish(rec);
    assert_string_equal(assert_event(f, RECORDER_FAILED, ID_A).detail, strerror(EFBIG));
    assert_true(recording_has_file(f->dir_fd, ID_A, RECORDING_PART));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit_before), 0);
    assert_event(f, RECORDER_REPAIRED, ID_A);
    assert_replay_of(f, ID_A, f->show.messages, f->show.count);
    assert_false(recording_has_file(f->dir_fd, ID_A, RECORDING_PART));
}

static void grow_file_system(struct fixture *f) {
    assert_int_equal(mount("none", f->path, NULL, MS_REMOUNT, "size=64m"), 0);
}

static void a_full_disk_that_gets_room_again(void **state) {
    struct fixture *const f = *state;
    // A disk of its own for this process; without the right to mount, the test above has to do.
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", f->path, "tmpfs", 0, "size=400k") != 0)
        skip();
    close(f->dir_fd);
    f->dir_fd = open(f->path, O_RDONLY | O_DIRECTORY);
    start_recorder(f, 0);
    check_full_and_back(f, strerror(ENOSPC), grow_file_system);
    recorder_destroy(f->recorder);
    f->recorder = NULL;
    close(f->dir_fd);
    assert_int_equal(umount2(f->path, MNT_DETACH), 0);
    f->dir_fd = open(f->path, O_RDONLY | O_DIRECTORY);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_real_clip_with_chat_and_poster),
        TEST(only_what_fits_the_first_init_is_kept),
        TEST(two_shows_at_once_stay_apart),
        TEST(destroying_the_recorder_finalises_what_is_open),
        TEST(a_show_without_a_frame_leaves_nothing),
        TEST(leftovers_are_repaired_at_start),
        TEST(what_cannot_be_opened_fails_once),
        TEST(a_full_queue_leaves_out_to_the_next_key_frame),
        TEST(a_file_that_may_not_grow_and_then_may),
        TEST(no_room_to_finalise_is_tried_again),
        TEST(a_full_disk_that_gets_room_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
