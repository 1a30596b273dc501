// SPDX-License-Identifier: MIT
#include "relay/busy_meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t now_us;

// `ms` milliseconds in turns of 1 ms of which it works `percent`.
static void run(struct busy_meter *m, unsigned ms, unsigned percent) {
    for (; ms; ms--) {
        busy_meter_wakes(m, now_us);
        now_us += 10 * percent;
        busy_meter_sleeps(m, now_us);
        now_us += 1000 - 10 * percent;
    }
}

static void busy_and_calm_have_limits_of_their_own(void **state) {
    (void)state;
    struct busy_meter m;
    now_us = 1000000;
    busy_meter_init(&m, now_us);
    run(&m, 2000, 55);
    assert_false(m.is_busy);
    run(&m, 1100, 65);
    assert_true(m.is_busy);
    run(&m, 2000, 45);
    assert_true(m.is_busy);
    run(&m, 1100, 30);
    assert_false(m.is_busy);
}

static void one_long_turn_is_work(void **state) {
    (void)state;
    struct busy_meter m;
    now_us = 1000000;
    busy_meter_init(&m, now_us);
    run(&m, 100, 10);
    busy_meter_wakes(&m, now_us);
    now_us += 900000;
    busy_meter_sleeps(&m, now_us);
    assert_true(m.is_busy);
}

static void a_loop_that_never_sleeps_is_busy(void **state) {
    (void)state;
    struct busy_meter m;
    now_us = 1000000;
    busy_meter_init(&m, now_us);
    for (int i = 0; i < 100; i++)
        busy_meter_sleeps(&m, now_us += 10000);
    assert_true(m.is_busy);
}

// Half a second and some more of so many messages a second.
static void hear(struct busy_meter *m, unsigned per_second) {
    for (unsigned i = 0; i < per_second; i++) {
        busy_meter_wakes(m, now_us);
        busy_meter_hears(m);
        busy_meter_sleeps(m, now_us);
        now_us += 1000000 / per_second;
    }
}

static void many_messages_crowd_a_loop(void **state) {
    (void)state;
    struct busy_meter m;
    now_us = 1000000;
    busy_meter_init(&m, now_us);
    hear(&m, 700);
    assert_false(m.is_crowded);
    hear(&m, 1000);
    assert_true(m.is_crowded);
    assert_in_range(m.heard_per_second, 950, 1050);
    hear(&m, 600);
    assert_true(m.is_crowded);
    hear(&m, 400);
    assert_false(m.is_crowded);
    assert_false(m.is_busy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(busy_and_calm_have_limits_of_their_own),
        cmocka_unit_test(one_long_turn_is_work),
        cmocka_unit_test(a_loop_that_never_sleeps_is_busy),
        cmocka_unit_test(many_messages_crowd_a_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
