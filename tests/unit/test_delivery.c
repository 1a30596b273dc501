// SPDX-License-Identifier: MIT
// Marks behind what was written: what their answers tell of the way, the speed and what is unread.
#include "relay/delivery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND 1000000ULL
#define MS 1000ULL

// Writes, marks, and answers after so long.
static uint64_t round_trip(struct delivery *d, uint64_t now_us, size_t len, uint64_t trip_us) {
    delivery_wrote(d, len, now_us);
    assert_true(delivery_wants_mark(d, now_us));
    delivery_marked(d, now_us);
    assert_false(delivery_wants_mark(d, now_us));
    delivery_answered(d, now_us + trip_us);
    return now_us + trip_us;
}

static void one_mark_at_a_time_and_not_too_many(void **state) {
    (void)state;
    struct delivery d = {0};
    assert_false(delivery_wants_mark(&d, SECOND)); // nothing was written
    const uint64_t now = round_trip(&d, SECOND, 100, 20 * MS);
    assert_false(delivery_wants_mark(&d, now + SECOND));
    delivery_wrote(&d, 100, now);
    assert_false(delivery_wants_mark(&d, SECOND + DELIVERY_INTERVAL_US - 1));
    assert_true(delivery_wants_mark(&d, SECOND + DELIVERY_INTERVAL_US));
}

static void the_way_itself_is_not_unread(void **state) {
    (void)state;
    struct delivery d = {0};
    uint64_t now = round_trip(&d, SECOND, 100, 200 * MS);
    assert_int_equal(delivery_unread_us(&d, now), 0);
    now = round_trip(&d, now + SECOND, 100, 500 * MS);
    assert_int_equal(delivery_unread_us(&d, now), 300 * MS);
    delivery_wrote(&d, 100, now + SECOND); // grows while no answer comes
    delivery_marked(&d, now + SECOND);
    assert_int_equal(delivery_unread_us(&d, now + 2 * SECOND), 800 * MS);
}

// Who joined with a full line knows no short trip; no way takes a second.
static void a_line_that_was_never_empty_hides_nothing(void **state) {
    (void)state;
    struct delivery d = {0};
    const uint64_t now = round_trip(&d, SECOND, 100, 1500 * MS);
    assert_int_equal(delivery_unread_us(&d, now), 1500 * MS - DELIVERY_WAY_US);
}

static void learns_the_speed_of_a_busy_line(void **state) {
    (void)state;
    struct delivery d = {0};
    uint64_t now = round_trip(&d, SECOND, 1000, 20 * MS); // the way
    assert_int_equal(d.speed, 0);
    now = round_trip(&d, now + SECOND, 50000, 500 * MS);
    assert_in_range(d.speed, 99000, 101000); // idle before: not counted
    assert_false(delivery_is_full(&d));
    delivery_wrote(&d, 49000, now);
    assert_false(delivery_is_full(&d));
    delivery_wrote(&d, 1100, now);
    assert_true(delivery_is_full(&d)); // half a second of it
    assert_true(delivery_wants_mark(&d, now));
    assert_in_range(delivery_expected_us(&d, 49900), 990 * MS, 1010 * MS);
}

static void a_trickle_says_nothing_of_the_speed(void **state) {
    (void)state;
    struct delivery d = {0};
    uint64_t now = round_trip(&d, SECOND, 1000, 20 * MS);
    now = round_trip(&d, now + SECOND, 3000, 600 * MS);
    assert_int_equal(d.speed, 0);
    assert_int_equal(delivery_expected_us(&d, 100000), 0);
    assert_false(delivery_is_full(&d));
}

static void believes_in_more_when_the_line_is_not_used_up(void **state) {
    (void)state;
    struct delivery d = {0};
    uint64_t now = round_trip(&d, SECOND, 1000, 20 * MS);
    now = round_trip(&d, now + SECOND, 50000, 500 * MS);
    const uint64_t speed = d.speed;
    for (unsigned i = 0; i < 12; i++) // 2.6 s of sound
        now = round_trip(&d, now + 200 * MS, 2000, 20 * MS);
    assert_int_equal(d.speed, speed * 2);
    now = round_trip(&d, now + SECOND, 50000, 100 * MS); // and at once when it shows
    assert_in_range(d.speed, 490000, 510000);
    now = round_trip(&d, now + SECOND, 50000, 500 * MS);
    assert_in_range(d.speed, 99000, 101000);
}

static void believes_less_and_less_often_in_a_line_that_stays_slow(void **state) {
    (void)state;
    struct delivery d = {0};
    uint64_t now = round_trip(&d, SECOND, 1000, 20 * MS);
    for (unsigned i = 0; i < 6; i++) // 2, 4, ... 64 s
        now = round_trip(&d, now + SECOND, 50000, 500 * MS);
    const uint64_t speed = d.speed, from_us = now;
    while (d.speed == speed)
        now = round_trip(&d, now + 200 * MS, 2000, 20 * MS);
    assert_in_range(now - from_us, 60 * SECOND, 66 * SECOND);
    now = round_trip(&d, now + SECOND, 50000, 5 * SECOND); // it stood still
    assert_in_range(d.speed, 9900, 10100);
    now = round_trip(&d, now + 2 * SECOND, 2000, 20 * MS);
    assert_in_range(d.speed, 19800, 20200);
}

static void who_never_answers_is_judged_by_the_socket(void **state) {
    (void)state;
    struct delivery d = {0};
    delivery_wrote(&d, 100000, SECOND);
    delivery_marked(&d, SECOND);
    assert_true(delivery_unread_us(&d, SECOND + DELIVERY_PATIENCE_US - 1) > 7 * SECOND);
    assert_int_equal(delivery_unread_us(&d, SECOND + DELIVERY_PATIENCE_US), 0);
    delivery_wrote(&d, 100000, 20 * SECOND);
    assert_false(delivery_wants_mark(&d, 20 * SECOND));
    assert_false(delivery_is_full(&d));
    delivery_answered(&d, 21 * SECOND); // after all
    assert_true(delivery_wants_mark(&d, 21 * SECOND));
}

static void a_new_line_is_tried_with_a_first_lot(void **state) {
    (void)state;
    struct delivery d = {0};
    delivery_wrote(&d, 200, SECOND); // next to nothing proves nothing
    assert_false(delivery_is_on_trial(&d));
    delivery_marked(&d, SECOND);
    delivery_answered(&d, SECOND + MS);
    assert_false(d.is_tried);
    delivery_wrote(&d, 60000, SECOND + 2 * MS);
    assert_true(delivery_is_full(&d));
    assert_true(delivery_is_on_trial(&d));
    assert_true(delivery_wants_mark(&d, SECOND + 2 * MS)); // at once
    delivery_marked(&d, SECOND + 2 * MS);
    delivery_answered(&d, SECOND + 42 * MS);
    assert_false(delivery_is_on_trial(&d));
    delivery_wrote(&d, 900000, SECOND + 42 * MS); // it is quick: as much as there is
    assert_false(delivery_is_full(&d));
}

static void a_new_line_that_is_slow_is_known_from_the_first_lot(void **state) {
    (void)state;
    struct delivery d = {0};
    const uint64_t now = round_trip(&d, SECOND, 60000, 600 * MS);
    assert_in_range(d.speed, 99000, 101000);
    assert_true(d.is_tried);
    delivery_wrote(&d, 51000, now);
    assert_true(delivery_is_full(&d));
}

static void a_first_lot_is_not_waited_for_long(void **state) {
    (void)state;
    struct delivery d = {0};
    delivery_wrote(&d, 60000, SECOND);
    delivery_marked(&d, SECOND);
    (void)delivery_unread_us(&d, SECOND + DELIVERY_PROOF_US - 1);
    assert_true(delivery_is_full(&d));
    (void)delivery_unread_us(&d, SECOND + DELIVERY_PROOF_US);
    assert_false(delivery_is_full(&d));
    assert_false(delivery_is_on_trial(&d));
}

static void an_answer_without_a_mark_changes_nothing(void **state) {
    (void)state;
    struct delivery d = {0};
    delivery_answered(&d, SECOND);
    assert_int_equal(d.answered_us, 0);
    assert_int_equal(delivery_unread_us(&d, 2 * SECOND), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_mark_at_a_time_and_not_too_many),
        cmocka_unit_test(the_way_itself_is_not_unread),
        cmocka_unit_test(a_line_that_was_never_empty_hides_nothing),
        cmocka_unit_test(learns_the_speed_of_a_busy_line),
        cmocka_unit_test(a_trickle_says_nothing_of_the_speed),
        cmocka_unit_test(believes_in_more_when_the_line_is_not_used_up),
        cmocka_unit_test(believes_less_and_less_often_in_a_line_that_stays_slow),
        cmocka_unit_test(who_never_answers_is_judged_by_the_socket),
        cmocka_unit_test(a_new_line_is_tried_with_a_first_lot),
        cmocka_unit_test(a_new_line_that_is_slow_is_known_from_the_first_lot),
        cmocka_unit_test(a_first_lot_is_not_waited_for_long),
        cmocka_unit_test(an_answer_without_a_mark_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
