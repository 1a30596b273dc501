// SPDX-License-Identifier: MIT
// The same bytes to many sockets, by send() and by io_uring: all arrive, and who took less is told
// exactly, whether the socket is full, half full or gone.
#include "relay/push.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PAIR_COUNT 700 // more than io_uring takes at once
#define RUN_BYTES 3000

static int pairs[PAIR_COUNT][2];
static int64_t told[PAIR_COUNT]; // what was told of each; RUN_BYTES when nothing was
static uint8_t run[RUN_BYTES];

static void on_short(void *ctx, void *peer, int64_t taken) {
    assert_ptr_equal(ctx, told);
    told[(int(*)[2])peer - pairs] = taken;
}

static int setup(void **state) {
    (void)state;
    for (int i = 0; i < RUN_BYTES; i++)
        run[i] = (uint8_t)(i * 7);
    for (int i = 0; i < PAIR_COUNT; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) != 0)
            return -1;
        told[i] = RUN_BYTES;
    }
    return 0;
}

static int teardown(void **state) {
    (void)state;
    for (int i = 0; i < PAIR_COUNT; i++) {
        close(pairs[i][0]);
        close(pairs[i][1]);
    }
    return 0;
}

static void push_to_all(bool wants_uring) {
    struct push *const p = push_create(wants_uring, on_short, told);
    assert_non_null(p);
    assert_int_equal(push_is_uring(p), wants_uring);
    for (int i = 0; i < PAIR_COUNT; i++)
        push_add(p, pairs[i][0], run, RUN_BYTES, &pairs[i]);
    push_finish(p);
    push_destroy(p);
}

// Fills the socket to the brim and returns how much that was.
static size_t fill(int fd) {
    static const uint8_t zeros[4096];
    size_t total = 0;
    for (ssize_t n; (n = send(fd, zeros, sizeof(zeros), MSG_DONTWAIT)) > 0;)
        total += (size_t)n;
    assert_int_equal(errno, EAGAIN);
    return total;
}

static void check(bool wants_uring) {
    uint8_t got[RUN_BYTES];
    fill(pairs[3][0]);
    close(pairs[600][1]);
    push_to_all(wants_uring);
    for (int i = 0; i < PAIR_COUNT; i++) {
        if (i == 3) {
            assert_int_equal(told[i], -EAGAIN);
        } else if (i == 600) {
            assert_int_equal(told[i], -EPIPE);
        } else {
            assert_int_equal(told[i], RUN_BYTES);
            assert_int_equal(recv(pairs[i][1], got, sizeof(got), MSG_DONTWAIT), RUN_BYTES);
            assert_memory_equal(got, run, RUN_BYTES);
        }
    }
    pairs[600][1] = dup(0);
}

static void by_send(void **state) {
    (void)state;
    check(false);
}

static void by_uring(void **state) {
    (void)state;
    if (!push_uring_works())
        skip(); // a container may forbid it
    check(true);
}

// A long run into a small socket: part of it goes, and the number told is what arrives.
static void parts(bool wants_uring) {
    const size_t len = 4 << 20;
    uint8_t *const bytes = malloc(len), *const got = malloc(len);
    memset(bytes, 5, len);
    struct push *const p = push_create(wants_uring, on_short, told);
    push_add(p, pairs[0][0], bytes, len, &pairs[0]);
    push_finish(p);
    push_destroy(p);
    assert_in_range(told[0], 1, len - 1);
    size_t arrived = 0;
    for (ssize_t n; (n = recv(pairs[0][1], got, len, MSG_DONTWAIT)) > 0;)
        arrived += (size_t)n;
    assert_int_equal(arrived, told[0]);
    free(bytes);
    free(got);
}

static void parts_by_send(void **state) {
    (void)state;
    parts(false);
}

static void parts_by_uring(void **state) {
    (void)state;
    if (!push_uring_works())
        skip();
    parts(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_send, setup, teardown),
        cmocka_unit_test_setup_teardown(by_uring, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_by_send, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_by_uring, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
