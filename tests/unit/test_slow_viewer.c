// SPDX-License-Identifier: MIT
// The policy's stages: who falls, how deep, and when it rises. What is sent then:
// test_slow_judge.c.
#include "relay/slow_viewer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000ULL

static enum slow_action assess(struct slow_viewer *v, uint64_t now_us, uint64_t unsent_us) {
    const struct slow_view view = {.now_us = now_us, .unsent_us = unsent_us};
    return slow_viewer_assess(v, &view);
}

static void the_whole_table(void **state) {
    (void)state;
    // clang-format off
    static const struct {
        enum slow_stage stage;
        enum slow_event event;
        enum slow_stage next;
        enum slow_action action;
    } table[] = {
        {SLOW_NONE, SLOW_ON_LATE, SLOW_NO_TL2, SLOW_FALL},
        {SLOW_NONE, SLOW_ON_LATER, SLOW_BASE, SLOW_FALL},
        {SLOW_NONE, SLOW_ON_TOO_LATE, SLOW_KEYS, SLOW_JUMP},
        {SLOW_NONE, SLOW_ON_STUCK, SLOW_NONE, SLOW_STAY},
        {SLOW_NONE, SLOW_ON_STUCK_LOWEST, SLOW_NONE, SLOW_STAY},
        {SLOW_NONE, SLOW_ON_CALM, SLOW_NONE, SLOW_STAY},
        {SLOW_NONE, SLOW_ON_CALM_LOWERED, SLOW_NONE, SLOW_HIGHER},
        {SLOW_NO_TL2, SLOW_ON_LATE, SLOW_NO_TL2, SLOW_STAY},
        {SLOW_NO_TL2, SLOW_ON_LATER, SLOW_BASE, SLOW_FALL},
        {SLOW_NO_TL2, SLOW_ON_TOO_LATE, SLOW_KEYS, SLOW_JUMP},
        {SLOW_NO_TL2, SLOW_ON_STUCK, SLOW_NO_TL2, SLOW_STAY},
        {SLOW_NO_TL2, SLOW_ON_STUCK_LOWEST, SLOW_NO_TL2, SLOW_STAY},
        {SLOW_NO_TL2, SLOW_ON_CALM, SLOW_NONE, SLOW_RISE},
        {SLOW_NO_TL2, SLOW_ON_CALM_LOWERED, SLOW_NONE, SLOW_RISE},
        {SLOW_BASE, SLOW_ON_LATE, SLOW_BASE, SLOW_STAY},
        {SLOW_BASE, SLOW_ON_LATER, SLOW_BASE, SLOW_STAY},
        {SLOW_BASE, SLOW_ON_TOO_LATE, SLOW_KEYS, SLOW_JUMP},
        {SLOW_BASE, SLOW_ON_STUCK, SLOW_BASE, SLOW_LOWER},
        {SLOW_BASE, SLOW_ON_STUCK_LOWEST, SLOW_BASE, SLOW_STAY},
        {SLOW_BASE, SLOW_ON_CALM, SLOW_NO_TL2, SLOW_RISE},
        {SLOW_BASE, SLOW_ON_CALM_LOWERED, SLOW_NO_TL2, SLOW_RISE},
        {SLOW_KEYS, SLOW_ON_LATE, SLOW_KEYS, SLOW_STAY},
        {SLOW_KEYS, SLOW_ON_LATER, SLOW_KEYS, SLOW_STAY},
        {SLOW_KEYS, SLOW_ON_TOO_LATE, SLOW_KEYS, SLOW_JUMP},
        {SLOW_KEYS, SLOW_ON_STUCK, SLOW_BASE, SLOW_LOWER},
        {SLOW_KEYS, SLOW_ON_STUCK_LOWEST, SLOW_AUDIO, SLOW_FALL},
        {SLOW_KEYS, SLOW_ON_CALM, SLOW_BASE, SLOW_RISE},
        {SLOW_KEYS, SLOW_ON_CALM_LOWERED, SLOW_BASE, SLOW_RISE},
        {SLOW_AUDIO, SLOW_ON_LATE, SLOW_AUDIO, SLOW_STAY},
        {SLOW_AUDIO, SLOW_ON_LATER, SLOW_AUDIO, SLOW_STAY},
        {SLOW_AUDIO, SLOW_ON_TOO_LATE, SLOW_AUDIO, SLOW_STAY},
        {SLOW_AUDIO, SLOW_ON_STUCK, SLOW_CLOSED, SLOW_CLOSE},
        {SLOW_AUDIO, SLOW_ON_STUCK_LOWEST, SLOW_CLOSED, SLOW_CLOSE},
        {SLOW_AUDIO, SLOW_ON_CALM, SLOW_KEYS, SLOW_RISE},
        {SLOW_AUDIO, SLOW_ON_CALM_LOWERED, SLOW_KEYS, SLOW_RISE},
        {SLOW_CLOSED, SLOW_ON_CALM, SLOW_CLOSED, SLOW_STAY},
        {SLOW_CLOSED, SLOW_ON_STUCK, SLOW_CLOSED, SLOW_STAY},
    };
    // clang-format on
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct slow_step step = slow_next(table[i].stage, table[i].event);
        assert_int_equal(step.stage, table[i].next);
        assert_int_equal(step.action, table[i].action);
    }
}

// Assesses each 100 ms until something is done; the seconds that took.
static uint64_t seconds_until(struct slow_viewer *v, struct slow_view *view,
                              enum slow_action action) {
    const uint64_t from_us = view->now_us;
    while (view->now_us - from_us < 1000 * SECOND) {
        view->now_us += 100000;
        if (slow_viewer_assess(v, view) == action)
            return (view->now_us - from_us) / SECOND;
    }
    fail_msg("%s never came", slow_action_name(action));
    return 0;
}

static void without_relief_it_goes_down_to_sound_and_out(void **state) {
    (void)state;
    struct slow_viewer v;
    struct slow_view view = {.now_us = SECOND, .unsent_us = 1900000, .can_lower = true};
    slow_viewer_init(&v);
    assert_int_equal(slow_viewer_assess(&v, &view), SLOW_JUMP);
    assert_in_range(seconds_until(&v, &view, SLOW_LOWER), 3, 5);
    assert_int_equal(v.stage, SLOW_BASE);
    assert_int_equal(seconds_until(&v, &view, SLOW_JUMP), 0);
    view.can_lower = false;
    assert_in_range(seconds_until(&v, &view, SLOW_FALL), 9, 11);
    assert_int_equal(v.stage, SLOW_AUDIO);
    assert_in_range(seconds_until(&v, &view, SLOW_CLOSE), 19, 21);
    assert_int_equal(v.stage, SLOW_CLOSED);
    view.unsent_us = 0;
    view.now_us += 100 * SECOND;
    assert_int_equal(slow_viewer_assess(&v, &view), SLOW_STAY);
    assert_int_equal(v.stage, SLOW_CLOSED);
}

static void relief_that_lasts_is_enough_to_stay(void **state) {
    (void)state;
    struct slow_viewer v;
    struct slow_view view = {.now_us = SECOND, .unsent_us = 1900000};
    slow_viewer_init(&v);
    for (int i = 0; i < 600; i++) {
        view.now_us += 100000;
        view.unsent_us = i % 90 >= 65 ? 900000 : 1900000; // 2.5 s of it
        slow_viewer_assess(&v, &view);
        assert_int_equal(v.stage, SLOW_KEYS);
    }
    for (int i = 0; i < 150; i++) { // a moment of it is no relief
        view.now_us += 100000;
        view.unsent_us = i % 10 >= 5 ? 900000 : 1900000;
        slow_viewer_assess(&v, &view);
    }
    assert_int_equal(v.stage, SLOW_AUDIO);
}

static void a_lower_rendition_is_tried_before_the_third_relapse(void **state) {
    (void)state;
    struct slow_viewer v;
    struct slow_view view = {.now_us = SECOND, .can_lower = true};
    enum slow_action action = SLOW_STAY;
    slow_viewer_init(&v);
    while (action != SLOW_LOWER &&
           view.now_us < 60 * SECOND) { // key frames alone fit, more does not
        view.now_us += 100000;
        view.unsent_us = v.stage >= SLOW_KEYS ? 0 : 1900000;
        action = slow_viewer_assess(&v, &view);
    }
    assert_in_range(view.now_us, 4 * SECOND, 10 * SECOND);
}

// A line that carries a quarter of the pictures, and fails each time it is given more.
static void a_lower_rendition_is_better_than_few_pictures(void **state) {
    (void)state;
    for (int can_lower = 0; can_lower < 2; can_lower++) {
        struct slow_viewer v;
        struct slow_view view = {.now_us = SECOND, .can_lower = can_lower};
        slow_viewer_init(&v);
        slow_viewer_assess(&v, &view);
        uint64_t lowered_us = 0;
        for (int i = 0; i < 400 && !lowered_us; i++) {
            view.now_us += 100000;
            view.unsent_us = v.stage >= SLOW_BASE ? 0 : 600000;
            if (slow_viewer_assess(&v, &view) == SLOW_LOWER)
                lowered_us = view.now_us;
            assert_true(v.stage <= SLOW_BASE);
        }
        if (!can_lower) {
            assert_int_equal(lowered_us, 0);
            continue;
        }
        assert_in_range(lowered_us, 6 * SECOND, 10 * SECOND);
        view.unsent_us = 600000; // the new one gets its time
        for (int i = 0; i < 50; i++) {
            view.now_us += 100000;
            assert_int_not_equal(slow_viewer_assess(&v, &view), SLOW_LOWER);
        }
    }
}

static void from_sound_and_from_a_lower_rendition_it_rises_when_calm(void **state) {
    (void)state;
    struct slow_viewer v;
    struct slow_view view = {.now_us = 100 * SECOND, .unsent_us = 1900000, .can_raise = true};
    slow_viewer_init(&v);
    while (v.stage != SLOW_AUDIO)
        seconds_until(&v, &view, v.stage == SLOW_NONE ? SLOW_JUMP : SLOW_FALL);
    view.unsent_us = 0;
    assert_in_range(seconds_until(&v, &view, SLOW_RISE), 1, 3);
    assert_int_equal(v.stage, SLOW_KEYS);
    for (int i = 0; i < 3; i++)
        seconds_until(&v, &view, SLOW_RISE);
    assert_int_equal(v.stage, SLOW_NONE);
    assert_in_range(seconds_until(&v, &view, SLOW_HIGHER), 18, 22);
}

static void falls_as_deep_as_it_is_behind(void **state) {
    (void)state;
    static const struct {
        uint64_t unsent_us;
        enum slow_stage stage;
    } cases[] = {{0, SLOW_NONE},        {199999, SLOW_NONE}, {200000, SLOW_NO_TL2},
                 {499999, SLOW_NO_TL2}, {500000, SLOW_BASE}, {1199999, SLOW_BASE},
                 {1200000, SLOW_KEYS},  {9000000, SLOW_KEYS}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slow_viewer v;
        slow_viewer_init(&v);
        const enum slow_action action = assess(&v, SECOND, cases[i].unsent_us);
        assert_int_equal(v.stage, cases[i].stage);
        assert_int_equal(action, cases[i].stage == SLOW_NONE   ? SLOW_STAY
                                 : cases[i].stage == SLOW_KEYS ? SLOW_JUMP
                                                               : SLOW_FALL);
    }
}

static void unsent_bytes_alone_are_enough(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    const struct slow_view view = {.now_us = SECOND, .unsent_bytes = 9 * 1024 * 1024};
    assert_int_equal(slow_viewer_assess(&v, &view), SLOW_JUMP);
    assert_int_equal(v.stage, SLOW_KEYS);
}

static void believes_the_viewers_own_report_for_a_while(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    slow_viewer_report(&v, 10 * SECOND, 900000, false);
    assess(&v, 10 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_NO_TL2);
    slow_viewer_report(&v, 11 * SECOND, 1300000, false);
    assess(&v, 11 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_BASE);
    slow_viewer_report(&v, 12 * SECOND, 1700000, false);
    assess(&v, 12 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_KEYS);

    slow_viewer_init(&v); // an old report says nothing
    slow_viewer_report(&v, 10 * SECOND, 6000000, false);
    assess(&v, 14 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_NONE);

    slow_viewer_report(&v, 15 * SECOND, 60000000, true); // a hidden tab is not slow
    assess(&v, 15 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_NONE);
}

static void rises_a_stage_at_a_time_and_slower_after_relapses(void **state) {
    (void)state;
    struct slow_viewer v;
    uint64_t now = 100 * SECOND;
    slow_viewer_init(&v);
    assess(&v, now, 600000);
    assess(&v, now += 1, 2 * SECOND); // by and by: no stall
    assert_int_equal(v.stage, SLOW_KEYS);
    assess(&v, now += 1, 0); // calm begins
    assess(&v, now += 1999999, 0);
    assert_int_equal(v.stage, SLOW_KEYS);
    assess(&v, now += 1, 0);
    assert_int_equal(v.stage, SLOW_BASE);
    assess(&v, now += 2 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_NO_TL2);

    assess(&v, now += SECOND, 600000); // too early
    assert_int_equal(v.stage, SLOW_BASE);
    assess(&v, now += 1, 0);
    assess(&v, now += 3 * SECOND, 0);
    assert_int_equal(v.stage, SLOW_BASE); // 4 s are needed now
    assess(&v, now += SECOND, 0);
    assert_int_equal(v.stage, SLOW_NO_TL2);
}

// A viewer that takes nothing for `paused_us` of each `period_us`, and all that waits at once when
// it comes back; the share of the time in which it may have everything. Systems hold the first
// `held_us` of it.
static double share_of_everything(uint64_t period_us, uint64_t paused_us, uint64_t held_us) {
    struct slow_viewer v;
    uint64_t whole = 0, all = 0;
    slow_viewer_init(&v);
    for (uint64_t now = SECOND; now < 301 * SECOND; now += 33333, all++) {
        const uint64_t at = (now - SECOND) % period_us;
        if (at >= period_us - paused_us)
            continue; // nobody asks while the socket takes nothing
        assess(&v, now, at < 33333 && now > 2 * SECOND ? paused_us - held_us : 0);
        whole += v.stage == SLOW_NONE;
    }
    return (double)whole / (double)all;
}

static void a_stall_costs_little_more_than_its_own_time(void **state) {
    (void)state;
    for (uint64_t held_us = 0; held_us <= 2 * SECOND; held_us += SECOND / 4)
        assert_true(share_of_everything(14 * SECOND, 2 * SECOND, held_us) > 0.70);
    assert_true(share_of_everything(30 * SECOND, 3 * SECOND, 0) > 0.80);
    assert_true(share_of_everything(4 * SECOND, 2 * SECOND, 0) < 0.2); // that often is slowness
}

// What counts as a stall, and how long the next rise takes then.
static void tells_stalls_from_slowness(void **state) {
    (void)state;
    static const struct {
        uint64_t unsent_us[3]; // when it falls, 200 ms later, 400 ms later
        uint64_t waits_ms;     // until then 200 ms of it wait, and nothing later
        enum slow_stage stage;
        uint64_t rises_ms; // from the fall on
    } cases[] = {
        {{2 * SECOND, 0, 0}, 0, SLOW_KEYS, 700},            // to the bottom, and well at once
        {{2 * SECOND, 200000, 0}, 0, SLOW_KEYS, 700},       // it takes a little while to read it
        {{2 * SECOND, 200000, 200000}, 0, SLOW_KEYS, 2200}, // something waits: shallow calm
        {{2 * SECOND, 900000, 900000}, 0, SLOW_KEYS, 2600}, // no calm before that
        {{1000000, 0, 0}, 0, SLOW_BASE, 700},               // half way down, and well at once
        {{1000000, 600000, 200000}, 0, SLOW_BASE, 900},     // what waited is still sent
        {{1000000, 600000, 200000}, 1000, SLOW_BASE, 2400}, // but not for so long
        {{300000, 600000, 0}, 0, SLOW_BASE, 2400},          // by and by
        {{300000, 2 * SECOND, 0}, 0, SLOW_KEYS, 900},       // the fall that counts is the second
        {{300000, 0, 0}, 0, SLOW_NO_TL2, 700},              // a short one
        {{300000, 200000, 200000}, 0, SLOW_NO_TL2, 2500},   // one that was none
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slow_viewer v;
        uint64_t now = 100 * SECOND;
        slow_viewer_init(&v);
        for (unsigned k = 0; k < 3; k++)
            assess(&v, now + k * 200000, cases[i].unsent_us[k]);
        assert_int_equal(v.stage, cases[i].stage);
        uint64_t ms = 400;
        while (v.stage == cases[i].stage && ms < 9000) {
            ms += 100;
            assess(&v, now + ms * 1000, ms < cases[i].waits_ms ? 200000 : 0);
        }
        assert_in_range(ms, cases[i].rises_ms - 100, cases[i].rises_ms + 100);
    }
}

// A tab that is too busy falls by its own report alone, and not on and off each second.
static void what_a_viewer_reports_is_no_stall(void **state) {
    (void)state;
    struct slow_viewer v;
    uint64_t now = 100 * SECOND;
    slow_viewer_init(&v);
    slow_viewer_report(&v, now, 1300000, false);
    assess(&v, now, 0);
    assert_int_equal(v.stage, SLOW_BASE);
    slow_viewer_report(&v, now += 100000, 0, false);
    for (unsigned i = 0; i < 19; i++, now += 100000) {
        assess(&v, now, 0);
        assert_int_equal(v.stage, SLOW_BASE);
    }
    assess(&v, now += 200000, 0);
    assert_int_equal(v.stage, SLOW_NO_TL2);
}

static void falls_back_early_when_a_rise_failed_before(void **state) {
    (void)state;
    struct slow_viewer v;
    struct slow_view view = {.now_us = 100 * SECOND, .unsent_us = 600000};
    slow_viewer_init(&v);
    slow_viewer_assess(&v, &view);
    view.unsent_us = 1300000; // by and by: no stall
    slow_viewer_assess(&v, &view);
    assert_int_equal(v.stage, SLOW_KEYS);
    for (int relapse = 0; relapse < 2; relapse++) {
        view.unsent_us = 0;
        seconds_until(&v, &view, SLOW_RISE);
        assert_int_equal(v.stage, SLOW_BASE);
        view.now_us += SECOND;
        view.unsent_us = 450000;
        slow_viewer_assess(&v, &view);
        assert_int_equal(v.stage, relapse ? SLOW_KEYS : SLOW_BASE);
        view.unsent_us = 1300000;
        slow_viewer_assess(&v, &view);
        assert_int_equal(v.stage, SLOW_KEYS);
    }
}

static void does_not_rise_while_above_half_of_the_limit(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    assess(&v, SECOND, 700000);
    assert_int_equal(v.stage, SLOW_BASE);
    for (uint64_t now = 2 * SECOND; now < 60 * SECOND; now += 100000)
        assess(&v, now, 260000);
    assert_int_equal(v.stage, SLOW_BASE);
}

static enum slow_verdict judge(struct slow_viewer *v, unsigned layer, unsigned flags,
                               uint64_t unsent_us) {
    const struct wire_header h = {
        .kind = WIRE_VIDEO, .flags = (uint8_t)flags, .temporal_id = (uint8_t)layer};
    return slow_viewer_judge(v, &h, unsent_us, 0, false);
}

static void what_is_unread_counts_with_what_is_unsent(void **state) {
    (void)state;
    static const struct {
        uint64_t unsent_us, unread_us;
        enum slow_stage stage;
    } cases[] = {{0, 399999, SLOW_NONE},        {0, 400000, SLOW_NO_TL2},
                 {199999, 500000, SLOW_NO_TL2}, {100000, 600000, SLOW_BASE},
                 {600000, 600000, SLOW_KEYS},   {0, 1200000, SLOW_KEYS}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slow_viewer v;
        const struct slow_view view = {
            .now_us = SECOND, .unsent_us = cases[i].unsent_us, .unread_us = cases[i].unread_us};
        slow_viewer_init(&v);
        slow_viewer_assess(&v, &view);
        assert_int_equal(v.stage, cases[i].stage);
    }
}

// The calm before each try of the higher rendition, which always fails; then it does not fail.
static void tries_the_higher_rendition_less_and_less_often(void **state) {
    (void)state;
    static const uint64_t seconds[] = {20, 40, 80, 160, 320, 320};
    struct slow_viewer v;
    struct slow_view view = {.now_us = 100 * SECOND, .can_lower = true, .can_raise = true};
    slow_viewer_init(&v);
    view.unsent_us = 1900000;
    seconds_until(&v, &view, SLOW_LOWER);
    for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        view.unsent_us = 0;
        while (v.stage != SLOW_NONE)
            seconds_until(&v, &view, SLOW_RISE);
        assert_in_range(seconds_until(&v, &view, SLOW_HIGHER), seconds[i] - 1, seconds[i] + 1);
        view.unsent_us = 1900000;
        assert_in_range(seconds_until(&v, &view, SLOW_LOWER), 3, 6);
    }
    view.unsent_us = 0;
    seconds_until(&v, &view, SLOW_HIGHER);
    for (int i = 0; i < 700; i++) { // well for more than a minute: that try was a good one
        view.now_us += 100000;
        view.can_raise = false;
        slow_viewer_assess(&v, &view);
    }
    view.unsent_us = 1900000;
    seconds_until(&v, &view, SLOW_LOWER);
    view.unsent_us = 0;
    view.can_raise = true;
    while (v.stage != SLOW_NONE)
        seconds_until(&v, &view, SLOW_RISE);
    assert_in_range(seconds_until(&v, &view, SLOW_HIGHER), 19, 21);
}

static void a_viewer_that_keeps_up_gets_everything(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    for (int n = 0; n < 600; n++) {
        static const unsigned layers[] = {0, 2, 1, 2};
        assess(&v, (uint64_t)n * 33333, 30000);
        assert_int_equal(judge(&v, n ? layers[n % 4] : 0, n ? 0 : WIRE_KEY, 30000), SLOW_SEND);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_table),
        cmocka_unit_test(without_relief_it_goes_down_to_sound_and_out),
        cmocka_unit_test(relief_that_lasts_is_enough_to_stay),
        cmocka_unit_test(a_lower_rendition_is_tried_before_the_third_relapse),
        cmocka_unit_test(a_lower_rendition_is_better_than_few_pictures),
        cmocka_unit_test(from_sound_and_from_a_lower_rendition_it_rises_when_calm),
        cmocka_unit_test(falls_as_deep_as_it_is_behind),
        cmocka_unit_test(unsent_bytes_alone_are_enough),
        cmocka_unit_test(believes_the_viewers_own_report_for_a_while),
        cmocka_unit_test(rises_a_stage_at_a_time_and_slower_after_relapses),
        cmocka_unit_test(a_stall_costs_little_more_than_its_own_time),
        cmocka_unit_test(tells_stalls_from_slowness),
        cmocka_unit_test(what_a_viewer_reports_is_no_stall),
        cmocka_unit_test(falls_back_early_when_a_rise_failed_before),
        cmocka_unit_test(does_not_rise_while_above_half_of_the_limit),
        cmocka_unit_test(what_is_unread_counts_with_what_is_unsent),
        cmocka_unit_test(tries_the_higher_rendition_less_and_less_often),
        cmocka_unit_test(a_viewer_that_keeps_up_gets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
