// SPDX-License-Identifier: MIT
// A recorder in a process of its own is killed (SIGKILL) at random moments while it records in real
// time. After repair the replay must be whole, hold exactly the frames that were sent up to some
// moment, and that moment must be at most one second before the kill. TABCAST_CRASH_ROUNDS says how
// often (default 5), TABCAST_CRASH_SEED which moments.
#include "relay/recorder.h"
#include "relay/recording_dir.h"
#include "tests/unit/made_show.h"
#include "tests/unit/replay_reader.h"
#include "tests/unit/wire_cutter.h"

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "cccccccccccc"
#define ROUNDS_DEFAULT 5
#define SHOW_MS 20000
#define LOST_MAX_MS 1000
#define PATIENCE_S 60

// What the killed process leaves behind in memory: shared with this one.
struct progress {
    _Atomic size_t handed_over; // messages
    _Atomic int is_running;
};

static void sleep_until(const struct timespec *start, uint64_t us) {
    struct timespec at = *start;
    at.tv_sec += (time_t)(us / 1000000);
    at.tv_nsec += (long)(us % 1000000) * 1000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

// The process that will be killed.
_Noreturn static void record(const char *path, const struct made_show *show,
                             struct progress *progress) {
    const struct recorder_config config = {.dir = path};
    struct recorder *const recorder = recorder_create(&config);
    const struct recording_info info = {.id = ID, .title = "Crash"};
    struct recording *const rec = recording_open(recorder, &info);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    progress->is_running = 1;
    for (size_t i = 0; i < show->count; i++) {
        sleep_until(&start, show->messages[i]->header.timestamp_us);
        recording_append(rec, show->messages[i]);
        if (i % 100 == 50)
            recording_chat(rec, "{\"text\":\"still here\"}", 21);
        progress->handed_over = i + 1;
    }
    _exit(3); // outlived its killer
}

static void wait_until_running(const struct progress *progress) {
    const struct timespec short_while = {.tv_nsec = 1000000};
    while (!progress->is_running)
        nanosleep(&short_while, NULL);
}

static void on_wake(void *ctx) { sem_post(ctx); }

static struct recorder_event repair(const char *path) {
    sem_t woken;
    sem_init(&woken, 0, 0);
    const struct recorder_config config = {.dir = path, .wake = on_wake, .wake_ctx = &woken};
    struct recorder *const recorder = recorder_create(&config);
    assert_non_null(recorder);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    while (sem_timedwait(&woken, &until) != 0)
        assert_int_equal(errno, EINTR);
    struct recorder_event event;
    assert_int_equal(recorder_poll(recorder, &event), 1);
    recorder_destroy(recorder);
    sem_destroy(&woken);
    return event;
}

// How much of the show was handed over after the last frame that survived.
static uint64_t check_what_survived(int dir_fd, const struct made_show *show, size_t handed_over) {
    struct replay replay;
    replay_open(&replay, dir_fd, ID);
    // The recording is a prefix of what was sent, so its frames are those of the first `count`
    // messages (INIT is one).
    const size_t count = replay.count + 1;
    assert_true(count <= handed_over + 1); // one more may have been appended than was noted
    assert_replay_holds(&replay, show->messages, count);
    const uint64_t newest_us = show->messages[handed_over - 1]->header.timestamp_us;
    const uint64_t saved_us = show->messages[count - 1]->header.timestamp_us;
    replay_close(&replay);
    assert_false(recording_has_file(dir_fd, ID, RECORDING_PART));
    assert_false(recording_has_file(dir_fd, ID, RECORDING_CUES));
    return newest_us > saved_us ? (newest_us - saved_us) / 1000 : 0;
}

static uint64_t one_round(const struct made_show *show, uint64_t kill_after_us) {
    char path[64];
    const int dir_fd = temp_dir_open(path);
    struct progress *const progress =
        mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        record(path, show, progress);
    wait_until_running(progress);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sleep_until(&now, kill_after_us);
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    const size_t handed_over = progress->handed_over;
    const struct recorder_event event = repair(path);
    if (event.kind != RECORDER_REPAIRED)
        fail_msg("event %d: %s", event.kind, event.detail);
    const uint64_t lost_ms = check_what_survived(dir_fd, show, handed_over);
    printf("killed after %5llu ms: %4zu messages, replay of %5llu ms, %3llu ms lost\n",
           (unsigned long long)kill_after_us / 1000, handed_over,
           (unsigned long long)event.duration_ms, (unsigned long long)lost_ms);
    munmap(progress, sizeof(*progress));
    temp_dir_close(dir_fd, path);
    return lost_ms;
}

static unsigned long number_of(const char *variable, unsigned long otherwise) {
    const char *const text = getenv(variable);
    return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void a_kill_loses_at_most_a_second(void **state) {
    (void)state;
    const unsigned long rounds = number_of("TABCAST_CRASH_ROUNDS", ROUNDS_DEFAULT);
    uint32_t random = (uint32_t)number_of("TABCAST_CRASH_SEED", (unsigned long)time(NULL));
    printf("TABCAST_CRASH_SEED=%u\n", random);
    static struct made_show show;
    made_show_init_segment(&show, 1280, 720, 2);
    made_show_span(&show, 0, SHOW_MS, 2000, 10000, 0); // 2 Mbit/s
    uint64_t worst_ms = 0;
    for (unsigned long i = 0; i < rounds; i++) {
        random = random * 1664525u + 1013904223u;
        // From the first written frames on, up to 4 s.
        const uint64_t lost_ms = one_round(&show, 400000 + (random >> 8) % 3600000);
        worst_ms = lost_ms > worst_ms ? lost_ms : worst_ms;
    }
    printf("%lu kills, at most %llu ms lost\n", rounds, (unsigned long long)worst_ms);
    assert_true(worst_ms <= LOST_MAX_MS);
    made_show_dispose(&show);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_kill_loses_at_most_a_second)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
