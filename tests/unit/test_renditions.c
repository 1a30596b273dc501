// SPDX-License-Identifier: MIT
// Several sizes of one show: who is given which, what the publisher is asked to encode, and what
// becomes of a choice when a size goes and comes back.
#include "live_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t frame;

static void offer(uint8_t rendition) {
    kit.rendition = rendition;
    kit_send_init(&kit, &pub);
    kit.rendition = 0;
}

static void send_picture(uint8_t rendition, unsigned flags) {
    kit.rendition = rendition;
    kit_send_video(&kit, &pub, frame * 33333, flags, 0, 100);
    kit.rendition = 0;
}

// Time passes in steps of 50 ms. A picture in the best size, and in `also` if that is not 0; all
// pull.
static void step(uint8_t also, unsigned also_flags) {
    kit_tick(&kit, 50000);
    frame++;
    send_picture(0, 0);
    if (also)
        send_picture(also, also_flags);
    kit_send_audio(&kit, &pub, frame * 33333);
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &bob, 0);
    kit_pull(&kit, &pub, 0);
}

static int setup(void **state) {
    live_room_setup(state);
    frame = 0;
    struct show *const show = live_show();
    for (uint8_t r = 1; r < LIMIT_RENDITIONS_COUNT; r++)
        offer(r);
    send_picture(0, WIRE_KEY);
    kit_watch(&kit, &ann, show);
    kit_watch(&kit, &bob, show);
    step(0, 0);
    kit_forget(&ann);
    kit_forget(&bob);
    kit_forget(&pub);
    return 0;
}

static void choose(struct kit_peer *p, const char *choice) {
    kit_say(&kit, p, "{\"type\":\"quality\",\"choice\":%s}", choice);
}

static size_t count_of(const struct kit_peer *p, uint8_t rendition) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        count += !p->inbox[i]->is_text && p->inbox[i]->header.kind == WIRE_VIDEO &&
                 p->inbox[i]->header.rendition == rendition;
    return count;
}

static void nobody_wants_more_than_the_best_until_somebody_does(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++)
        step(0, 0);
    assert_null(kit_text(&pub, "wanted", 0));
    choose(&ann, "1");
    step(0, 0);
    step(0, 0);
    assert_non_null(kit_text(&pub, "{\"type\":\"wanted\",\"renditions\":[0,1]}", 0));
    assert_non_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":1}", 0));
    assert_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":0}", 0));
    choose(&ann, "\"auto\"");
    for (int i = 0; i < 90; i++)
        step(1, 0);
    assert_null(kit_text(&pub, "wanted", 1)); // it might come back
    for (int i = 0; i < 20; i++)
        step(1, 0);
    assert_non_null(kit_text(&pub, "{\"type\":\"wanted\",\"renditions\":[0]}", 0));
}

static void a_choice_is_taken_at_its_key_frame_and_pushed_in_step(void **state) {
    (void)state;
    choose(&ann, "1");
    kit_forget(&ann);
    step(1, 0); // dropped by the room: no key frame yet
    assert_int_equal(count_of(&ann, 0), 1);
    step(1, WIRE_KEY);
    assert_int_equal(ann.session->viewer.rendition, 1);
    kit_forget(&ann);
    kit_forget(&bob);
    for (int i = 0; i < 10; i++)
        step(1, 0);
    assert_int_equal(count_of(&ann, 1), 10);
    assert_int_equal(count_of(&ann, 0), 0);
    assert_int_equal(count_of(&bob, 0), 10);
    assert_int_equal(count_of(&bob, 1), 0);
    assert_true(ann.session->viewer.is_in_step);
    assert_true(bob.session->viewer.is_in_step);
}

static void a_new_stream_begins_with_its_init_segment(void **state) {
    (void)state;
    choose(&ann, "2");
    step(2, WIRE_KEY);
    size_t at = 0;
    while (at < ann.count && (ann.inbox[at]->is_text || ann.inbox[at]->header.kind != WIRE_INIT))
        at++;
    assert_true(at + 1 < ann.count);
    assert_int_equal(ann.inbox[at]->header.rendition, 2);
    while (ann.inbox[++at]->is_text) {
    }
    assert_int_equal(ann.inbox[at]->header.rendition, 2);
    assert_true(ann.inbox[at]->header.flags & WIRE_KEY);
    step(2, 0);
    assert_non_null(kit_text(&ann, "{\"type\":\"quality\",\"stage\":\"none\",\"rendition\":2}", 0));
}

static void sound_alone_and_back(void **state) {
    (void)state;
    choose(&ann, "\"audio\"");
    for (int i = 0; i < 10; i++)
        step(0, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_AUDIO), 10);
    assert_non_null(
        kit_text(&ann, "{\"type\":\"quality\",\"stage\":\"audio\",\"rendition\":0}", 0));
    assert_null(kit_text(&pub, "keyframe", 0));
    choose(&ann, "\"auto\"");
    step(0, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 0); // nothing that would smear
    assert_non_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":0}", 0));
    send_picture(0, WIRE_KEY);
    for (int i = 0; i < 5; i++)
        step(0, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 6);
    assert_non_null(kit_text(&ann, "{\"type\":\"quality\",\"stage\":\"none\",\"rendition\":0}", 0));
}

static void what_is_withdrawn_is_left_and_taken_again_when_it_comes_back(void **state) {
    (void)state;
    choose(&ann, "2");
    step(2, WIRE_KEY);
    step(2, 0);
    assert_true(ann.session->viewer.is_in_step);
    kit_say(&kit, &pub, "{\"type\":\"withdraw\",\"rendition\":2}");
    kit_pull(&kit, &ann, 0); // the news alone, before any more media
    assert_false(ann.session->viewer.is_in_step);
    kit_forget(&pub);
    step(0, 0);
    assert_non_null(kit_text(&ann, "{\"rendition\":1,\"width\":320,\"height\":180}]}", 0));
    assert_int_equal(ann.session->viewer.wanted_rendition, 1);
    assert_non_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":1}", 0));
    step(1, WIRE_KEY);
    kit_forget(&ann);
    step(1, 0);
    assert_int_equal(count_of(&ann, 1), 1);
    assert_int_equal(ann.session->viewer.rendition, 1);
    kit_say(&kit, &pub, "{\"type\":\"withdraw\",\"rendition\":1}");
    step(0, 0);
    assert_int_equal(ann.session->viewer.wanted_rendition, 0);
    send_picture(0, WIRE_KEY);
    step(0, 0);
    assert_int_equal(ann.session->viewer.rendition, 0);
    offer(1);
    offer(2);
    kit_tick(&kit, 1000000);
    kit_forget(&pub);
    step(0, 0);
    step(0, 0);
    assert_non_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":2}", 0));
    step(2, WIRE_KEY);
    assert_int_equal(ann.session->viewer.rendition, 2);
    assert_int_equal(bob.session->viewer.rendition, 0);
}

static void choose_auto(struct kit_peer *p, unsigned best) {
    kit_say(&kit, p, "{\"type\":\"quality\",\"choice\":\"auto\",\"best\":%u}", best);
}

static void auto_takes_nothing_better_than_the_player_needs(void **state) {
    (void)state;
    const struct viewer *const v = &ann.session->viewer;
    choose_auto(&ann, 2);
    step(2, WIRE_KEY);
    step(2, 0);
    step(2, 0);
    assert_int_equal(v->rendition, 2);
    assert_true(v->is_in_step);
    for (int i = 0; i < 20 * 60; i++) { // a minute of calm
        step(2, 0);
        kit_forget(&ann);
        kit_forget(&bob);
        kit_forget(&pub);
    }
    assert_int_equal(v->wanted_rendition, 2);
    choose_auto(&ann, 1); // drawn larger: at once
    assert_int_equal(v->wanted_rendition, 1);
    step(1, WIRE_KEY);
    assert_int_equal(v->rendition, 1);
    choose_auto(&ann, 0);
    assert_int_equal(v->wanted_rendition, 0);
    assert_int_equal(bob.session->viewer.rendition, 0);
}

static void what_was_lowered_stays_so_when_the_player_grows(void **state) {
    (void)state;
    struct viewer *const v = &ann.session->viewer;
    choose_auto(&ann, 1);
    step(1, WIRE_KEY);
    v->wanted_rendition = 2; // as SLOW_LOWER does
    v->room->renditions.wanting[1]--;
    v->room->renditions.wanting[2]++;
    choose_auto(&ann, 0);
    assert_int_equal(v->wanted_rendition, 2);
    choose(&ann, "0"); // but a choice is a choice
    assert_int_equal(v->wanted_rendition, 0);
    choose_auto(&ann, 1);
    assert_int_equal(v->wanted_rendition, 1);
}

static void what_auto_needs_is_taken_when_it_is_offered(void **state) {
    (void)state;
    const struct viewer *const v = &ann.session->viewer;
    kit_say(&kit, &pub, "{\"type\":\"withdraw\",\"rendition\":2}");
    kit_say(&kit, &pub, "{\"type\":\"withdraw\",\"rendition\":1}");
    choose_auto(&ann, 2);
    step(0, 0);
    assert_int_equal(v->wanted_rendition, 0);
    offer(1);
    step(0, 0);
    step(0, 0);
    assert_int_equal(v->wanted_rendition, 1);
    offer(2);
    step(1, WIRE_KEY);
    step(1, 0);
    assert_int_equal(v->wanted_rendition, 2);
}

static void a_publisher_that_comes_back_offers_anew(void **state) {
    (void)state;
    choose(&ann, "1");
    step(1, WIRE_KEY);
    kit_close(&kit, &pub);
    struct show *const show = ann.session->room->show;
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 2000);
    frame = 90;
    offer(0);
    send_picture(0, WIRE_KEY);
    step(0, 0);
    assert_int_equal(ann.session->viewer.rendition, 0);
    offer(1);
    step(0, 0);
    step(0, 0);
    assert_non_null(kit_text(&pub, "{\"type\":\"wanted\",\"renditions\":[0,1]}", 0));
    step(1, WIRE_KEY);
    assert_int_equal(ann.session->viewer.rendition, 1);
}

static void only_who_may_says_it(void **state) {
    (void)state;
    kit_say(&kit, &ann, "{\"type\":\"withdraw\",\"rendition\":1}");
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.closed, 4003);
    kit_say(&kit, &pub, "{\"type\":\"quality\",\"choice\":1}");
    kit_pull(&kit, &pub, 0);
    assert_int_equal(pub.closed, 4000);
}

static void who_leaves_wants_nothing_any_more(void **state) {
    (void)state;
    struct room *const room = bob.session->room;
    choose(&ann, "2");
    assert_int_equal(room->renditions.wanting[2], 1);
    assert_int_equal(room->renditions.wanting[0], 1);
    kit_close(&kit, &ann);
    assert_int_equal(room->renditions.wanting[2], 0);
    choose(&bob, "\"audio\"");
    assert_int_equal(room->renditions.wanting[0], 0);
    kit_close(&kit, &bob);
    assert_int_equal(room->renditions.wanting[0], 0);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, live_room_teardown)
    const struct CMUnitTest tests[] = {
        T(nobody_wants_more_than_the_best_until_somebody_does),
        T(a_choice_is_taken_at_its_key_frame_and_pushed_in_step),
        T(a_new_stream_begins_with_its_init_segment),
        T(sound_alone_and_back),
        T(what_is_withdrawn_is_left_and_taken_again_when_it_comes_back),
        T(auto_takes_nothing_better_than_the_player_needs),
        T(what_was_lowered_stays_so_when_the_player_grows),
        T(what_auto_needs_is_taken_when_it_is_offered),
        T(a_publisher_that_comes_back_offers_anew),
        T(only_who_may_says_it),
        T(who_leaves_wants_nothing_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
