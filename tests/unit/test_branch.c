// SPDX-License-Identifier: MIT
// Viewers in and out of step: who may be pushed to, what a push holds, and that whoever falls out
// misses and repeats nothing.
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct kit kit;
static struct kit_peer pub, ann, bob;
static struct span span;
static uint64_t due_us;

static int setup(void **state) {
    (void)state;
    kit_init(&kit);
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 0, WIRE_KEY, 0, 500);
    kit_watch(&kit, &ann, show);
    kit_watch(&kit, &bob, show);
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &bob, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    span_dispose(&span);
    kit_close(&kit, &pub);
    kit_close(&kit, &ann);
    kit_close(&kit, &bob);
    kit_dispose(&kit);
    return 0;
}

static struct branch *branch(void) { return ann.session->viewer.branch; }

static enum branch_news take_waiting(uint64_t sound_waits_us) {
    span_dispose(&span);
    return branch_take(branch(), &span, sound_waits_us, kit.now_us, &due_us);
}

static enum branch_news take(bool rides) { return take_waiting(rides ? LIMIT_RIDE_US : 0); }

static void who_has_all_is_in_step_and_pulls_nothing(void **state) {
    (void)state;
    assert_true(ann.session->viewer.is_in_step);
    assert_true(bob.session->viewer.is_in_step);
    assert_int_equal(branch()->count, 2);
    kit_forget(&ann);
    kit_send_video(&kit, &pub, 33000, 0, 2, 100);
    assert_int_equal(take(false), BRANCH_SPAN);
    assert_int_equal(span.count, 1);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.count, 0);
    assert_int_equal(take(false), BRANCH_NOTHING);
}

static void texts_lead_a_span(void **state) {
    (void)state;
    kit_send_audio(&kit, &pub, 20000);
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"hello\"}");
    assert_int_equal(take(true), BRANCH_SPAN);
    assert_int_equal(span.count, 2);
    assert_true(span.messages[0]->is_text);
    assert_int_equal(span.messages[1]->header.kind, WIRE_AUDIO);
}

static void sound_waits_for_a_picture_but_not_for_ever(void **state) {
    (void)state;
    kit_send_audio(&kit, &pub, 20000);
    assert_int_equal(take(true), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us + LIMIT_RIDE_US);
    kit.now_us += 20000;
    kit_send_audio(&kit, &pub, 40000);
    assert_int_equal(take(true), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us - 20000 + LIMIT_RIDE_US);
    kit_send_video(&kit, &pub, 41000, 0, 2, 100);
    assert_int_equal(take(true), BRANCH_SPAN);
    assert_int_equal(span.count, 3);
    kit_send_audio(&kit, &pub, 60000);
    assert_int_equal(take(true), BRANCH_RIDES);
    kit.now_us += LIMIT_RIDE_US;
    assert_int_equal(take(true), BRANCH_SPAN);
    kit_send_audio(&kit, &pub, 80000);
    assert_int_equal(take(false), BRANCH_SPAN);
}

static void sound_waits_as_long_as_it_is_told(void **state) {
    (void)state;
    kit_send_audio(&kit, &pub, 20000);
    assert_int_equal(take_waiting(LIMIT_RIDE_CROWDED_US), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us + LIMIT_RIDE_CROWDED_US);
    kit.now_us += LIMIT_RIDE_CROWDED_US;
    assert_int_equal(take_waiting(LIMIT_RIDE_CROWDED_US), BRANCH_SPAN);
}

static void texts_to_many_wait_for_one_another(void **state) {
    (void)state;
    struct branch *const b = branch();
    const uint32_t count = b->count;
    b->count = LIMIT_TEXTS_RIDE_LEAST_COUNT; // as far as the decision goes
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"one\"}");
    assert_int_equal(take(false), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us + LIMIT_TEXTS_RIDE_US);
    kit.now_us += 20000;
    kit_say(&kit, &bob, "{\"type\":\"chat\",\"text\":\"two\"}");
    assert_int_equal(take(false), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us - 20000 + LIMIT_TEXTS_RIDE_US);
    kit.now_us += LIMIT_TEXTS_RIDE_US - 20000;
    assert_int_equal(take(false), BRANCH_SPAN);
    assert_int_equal(span.count, 2);

    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"three\"}");
    kit_send_audio(&kit, &pub, 20000);
    assert_int_equal(take(true), BRANCH_RIDES);
    assert_int_equal(due_us, kit.now_us + LIMIT_TEXTS_RIDE_US);
    assert_int_equal(take(false), BRANCH_SPAN); // the sound goes, and takes it along
    assert_int_equal(span.count, 2);

    kit_say(&kit, &pub, "{\"type\":\"end\"}"); // nobody waits for that
    assert_int_equal(take(true), BRANCH_SPAN);
    b->count = count;
}

static void who_falls_out_goes_on_where_the_socket_stopped(void **state) {
    (void)state;
    struct viewer *const v = &ann.session->viewer;
    kit_forget(&ann);
    for (uint64_t i = 1; i <= 3; i++)
        kit_send_video(&kit, &pub, i * 33000, 0, 0, 100 * i);
    assert_int_equal(take(false), BRANCH_SPAN);
    branch_leave_step(v, span.texts_at, span.media_at + 1); // it took the first
    kit_pull(&kit, &ann, 1);
    assert_false(v->is_in_step);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.count, 2);
    assert_int_equal(ann.inbox[0]->header.timestamp_us, 66000);
    assert_int_equal(ann.inbox[1]->header.timestamp_us, 99000);
    assert_true(v->is_in_step);
    assert_true(bob.session->viewer.is_in_step);
}

static void who_is_ahead_of_the_branch_waits_for_it(void **state) {
    (void)state;
    struct viewer *const v = &ann.session->viewer;
    kit_forget(&ann);
    branch_leave_step(v, branch()->texts_at, branch()->media_at);
    kit_send_audio(&kit, &pub, 20000);
    kit.has_news = false; // the branch holds it back
    assert_int_equal(take(true), BRANCH_RIDES);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.count, 1);
    assert_false(v->is_in_step);
    kit_send_video(&kit, &pub, 33000, 0, 2, 100);
    kit.has_news = false;
    assert_int_equal(take(true), BRANCH_SPAN);
    assert_int_equal(span.count, 2);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.count, 2); // the sound did not come twice
    assert_true(v->is_in_step);
}

static void a_new_stream_and_a_long_pause_break_the_step(void **state) {
    (void)state;
    kit_forget(&bob);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 33000, WIRE_KEY, 0, 100);
    assert_int_equal(take(false), BRANCH_BROKEN);
    assert_false(bob.session->viewer.is_in_step);
    kit_pull(&kit, &bob, 0);
    assert_int_equal(kit_count_kind(&bob, WIRE_INIT), 1);
    assert_int_equal(kit_count_kind(&bob, WIRE_VIDEO), 1);
    assert_true(bob.session->viewer.is_in_step);
    for (uint64_t i = 0; i < SPAN_MESSAGES_COUNT + 1; i++)
        kit_send_audio(&kit, &pub, 40000 + i * 20000);
    assert_int_equal(take(false), BRANCH_BROKEN);
    kit_pull(&kit, &bob, 0);
    assert_int_equal(kit_count_kind(&bob, WIRE_AUDIO), SPAN_MESSAGES_COUNT + 1);
    assert_true(bob.session->viewer.is_in_step);
}

static void a_report_of_trouble_ends_the_step(void **state) {
    (void)state;
    kit_say(&kit, &ann,
            "{\"type\":\"lag\",\"behindMs\":100,\"bufferedMs\":0,\"framesDropped\":0,"
            "\"framesDecoded\":1,\"hidden\":false}");
    assert_true(ann.session->viewer.is_in_step);
    kit_say(&kit, &ann,
            "{\"type\":\"lag\",\"behindMs\":3000,\"bufferedMs\":0,\"framesDropped\":0,"
            "\"framesDecoded\":1,\"hidden\":false}");
    assert_false(ann.session->viewer.is_in_step);
    kit_send_video(&kit, &pub, 33000, 0, 2, 100);
    kit_pull(&kit, &ann, 0);
    assert_false(ann.session->viewer.is_in_step); // it is given less
}

static void the_end_is_heard_in_step(void **state) {
    (void)state;
    kit_say(&kit, &pub, "{\"type\":\"end\"}");
    kit.has_news = false; // the close is asked for before the branch is served
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "\"ended\"", 0));
    assert_int_equal(ann.closed, 1000);
}

static void who_waits_for_the_show_is_in_step_until_it_begins(void **state) {
    (void)state;
    struct kit_peer early = {0}, creator = {0};
    struct show *const show = kit_show(&kit, "Later");
    kit_watch(&kit, &early, show);
    kit_pull(&kit, &early, 0);
    struct branch *const b = early.session->viewer.branch;
    assert_true(early.session->viewer.is_in_step);
    kit_say(&kit, &early, "{\"type\":\"chat\",\"text\":\"first\"}");
    span_dispose(&span);
    assert_int_equal(branch_take(b, &span, 0, kit.now_us, &due_us), BRANCH_SPAN);
    assert_int_equal(span.count, 1);

    kit_publish(&kit, &creator, show, kit.key);
    kit_start(&kit, &creator, 0);
    kit_forget(&early);
    kit_send_init(&kit, &creator);
    span_dispose(&span);
    assert_int_equal(branch_take(b, &span, 0, kit.now_us, &due_us), BRANCH_BROKEN);
    assert_false(early.session->viewer.is_in_step);
    kit_send_video(&kit, &creator, 0, WIRE_KEY, 0, 500);
    kit_pull(&kit, &early, 0);
    assert_int_equal(kit_count_kind(&early, WIRE_INIT), 1);
    assert_int_equal(kit_count_kind(&early, WIRE_VIDEO), 1);
    kit_close(&kit, &creator);
    kit_close(&kit, &early);
}

static void the_last_viewer_takes_the_branch_along(void **state) {
    (void)state;
    struct room *const room = pub.session->room;
    kit_close(&kit, &bob);
    assert_int_equal(room->branches->count, 1);
    assert_ptr_equal(room->branches->viewers[0], &ann.session->viewer);
    kit_close(&kit, &ann);
    assert_null(room->branches);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_has_all_is_in_step_and_pulls_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_lead_a_span, setup, teardown),
        cmocka_unit_test_setup_teardown(sound_waits_for_a_picture_but_not_for_ever, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sound_waits_as_long_as_it_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_to_many_wait_for_one_another, setup, teardown),
        cmocka_unit_test_setup_teardown(who_falls_out_goes_on_where_the_socket_stopped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_is_ahead_of_the_branch_waits_for_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_stream_and_a_long_pause_break_the_step, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_report_of_trouble_ends_the_step, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_is_heard_in_step, setup, teardown),
        cmocka_unit_test_setup_teardown(who_waits_for_the_show_is_in_step_until_it_begins, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_last_viewer_takes_the_branch_along, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
