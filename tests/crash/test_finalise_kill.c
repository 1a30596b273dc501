// SPDX-License-Identifier: MIT
// Finalise is killed before each of its system calls in turn (ptrace counts them). Whatever is
// left, the folder holds the recording or the whole replay, and finalising again gives the same
// replay as an undisturbed run.
#include "relay/finalise.h"
#include "relay/recording_dir.h"
#include "tests/unit/made_show.h"
#include "tests/unit/replay_reader.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "dddddddddddd"
#define CHAT "{\"text\":\"one\"}\n"
// More than any finalise of this short show makes.
#define CALLS_MAX 1000

static struct made_show show;
static uint8_t *part;
static size_t part_len;

static void lay_out(int dir_fd) {
    temp_dir_write(dir_fd, ID RECORDING_PART, part, part_len);
    temp_dir_write(dir_fd, ID RECORDING_CHAT, CHAT "{\"te", sizeof(CHAT) + 3);
    assert_int_equal(recording_write_meta(dir_fd, ID, "Killed", 0), 0);
}

// Runs finalise in a child; kills it at its n-th stop at a system call. 1: it was killed, 0: it
// came to its end.
static int finalise_and_kill(int dir_fd, unsigned n) {
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct finalise_result result;
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(9);
        raise(SIGSTOP);
        _exit(finalise_recording(&result, dir_fd, ID, NULL) == FINALISE_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 9)
        return -1; // tracing is forbidden here
    assert_true(WIFSTOPPED(status));
    // A call stops twice, before and behind: killing at either covers "not done" and "done, but
    // nothing after it".
    for (unsigned stop = 0; stop < n; stop++) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status)) {
            assert_int_equal(WEXITSTATUS(status), 0);
            return 0;
        }
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return 1;
}

static void assert_old_or_new(int dir_fd) {
    if (recording_has_file(dir_fd, ID, RECORDING_REPLAY)) {
        struct replay replay;
        replay_open(&replay, dir_fd, ID);
        assert_replay_holds(&replay, show.messages, show.count);
        replay_close(&replay);
        return;
    }
    size_t len;
    uint8_t *const bytes = temp_dir_read(dir_fd, ID RECORDING_PART, &len);
    assert_int_equal(len, part_len);
    assert_memory_equal(bytes, part, len);
    free(bytes);
}

static void assert_same_file(int dir_fd, const char *name, const uint8_t *expected,
                             size_t expected_len) {
    size_t len;
    uint8_t *const bytes = temp_dir_read(dir_fd, name, &len);
    assert_int_equal(len, expected_len);
    assert_memory_equal(bytes, expected, len);
    free(bytes);
}

static void killed_before_and_behind_each_system_call(void **state) {
    (void)state;
    char path[64];
    const int dir_fd = temp_dir_open(path);
    struct finalise_result result;
    made_show_init_segment(&show, 640, 360, 2);
    made_show_span(&show, 0, 2000, 1000, 2000, 0);
    part = made_show_bytes(&show, &part_len);

    lay_out(dir_fd);
    assert_int_equal(finalise_recording(&result, dir_fd, ID, NULL), FINALISE_OK);
    size_t replay_len, meta_len;
    uint8_t *const replay = temp_dir_read(dir_fd, ID RECORDING_REPLAY, &replay_len);
    uint8_t *const meta = temp_dir_read(dir_fd, ID RECORDING_META, &meta_len);
    recording_remove_all(dir_fd, ID);

    unsigned n = 1, kills = 0;
    for (int was_killed = 1; was_killed; n++) {
        assert_true(n < CALLS_MAX);
        lay_out(dir_fd);
        was_killed = finalise_and_kill(dir_fd, n);
        if (was_killed < 0)
            skip();
        kills += was_killed == 1;
        if (was_killed)
            assert_old_or_new(dir_fd);
        // As the next start does.
        assert_int_equal(recording_remove_stale(dir_fd), 0);
        assert_int_equal(finalise_recording(&result, dir_fd, ID, NULL), FINALISE_OK);
        assert_same_file(dir_fd, ID RECORDING_REPLAY, replay, replay_len);
        assert_same_file(dir_fd, ID RECORDING_META, meta, meta_len);
        assert_same_file(dir_fd, ID RECORDING_CHAT, (const uint8_t *)CHAT, sizeof(CHAT) - 1);
        assert_int_equal(temp_dir_count(dir_fd), 3);
        recording_remove_all(dir_fd, ID);
    }
    printf("%u kills\n", kills);
    assert_true(kills > 50);
    free(replay);
    free(meta);
    free(part);
    made_show_dispose(&show);
    temp_dir_close(dir_fd, path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_before_and_behind_each_system_call)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
