// SPDX-License-Identifier: MIT
// Viewers of every speed on one room: what they get stays bounded in time and memory, and decodes.
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct kit kit;
static struct kit_peer pub, slow, quick, joiner;

#define FRAME_BYTES 8000

static int setup(void **state) {
    (void)state;
    kit_init(&kit);
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 0, WIRE_KEY, 0, 60000);
    kit_watch(&kit, &slow, show);
    kit_watch(&kit, &quick, show);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    kit_close(&kit, &pub);
    kit_close(&kit, &slow);
    kit_close(&kit, &quick);
    kit_close(&kit, &joiner);
    kit_dispose(&kit);
    return 0;
}

// Frame n (from 1) of 30 a second: a key frame each 3 s, layers 0 2 1 2.
static void send_frame(uint64_t n) {
    static const unsigned layers[] = {0, 2, 1, 2};
    const bool is_key = n % 90 == 0;
    const unsigned layer = is_key ? 0 : layers[n % 4];
    const bool is_sync = layer == 1 && n % 8 == 2;
    kit_send_video(&kit, &pub, n * 33333, (is_key ? WIRE_KEY : 0) | (is_sync ? WIRE_SYNC : 0),
                   layer, is_key ? 60000 : FRAME_BYTES);
    kit_send_audio(&kit, &pub, n * 33333);
}

// A socket that takes `bytes_per_second`; what was not used up is not saved.
static void pull_bytes(struct kit_peer *p, double *allowance, double bytes_per_frame,
                       uint64_t *newest_us) {
    *allowance += bytes_per_frame;
    while (*allowance > 0) {
        const size_t before = p->count;
        kit_pull(&kit, p, 1);
        if (p->count == before) {
            *allowance = 0;
            return;
        }
        const struct message *const m = p->inbox[p->count - 1];
        *allowance -= (double)m->framed_len;
        if (!m->is_text && m->header.kind != WIRE_INIT)
            *newest_us = m->header.timestamp_us;
    }
}

static void a_tenth_of_the_rate_stays_within_seconds_for_ever(void **state) {
    (void)state;
    double slow_allowance = 0, quick_allowance = 0;
    uint64_t slow_us = 0, quick_us = 0, furthest_us = 0;
    const double rate = FRAME_BYTES * 0.1; // bytes per frame interval
    for (uint64_t n = 1; n <= 30 * 120; n++) {
        kit.now_us += 33333;
        send_frame(n);
        pull_bytes(&slow, &slow_allowance, rate, &slow_us);
        pull_bytes(&quick, &quick_allowance, 1e9, &quick_us);
        if (n > 300 && n * 33333 - slow_us > furthest_us)
            furthest_us = n * 33333 - slow_us;
        assert_int_equal(quick_us, n * 33333);
        kit_forget(&quick);
        kit_pull(&kit, &pub, 0);
        kit_forget(&pub);
        if (n % 100 == 0)
            kit_forget(&slow);
        session_heard(slow.session, kit.now_us); // as its lag reports would
        session_heard(quick.session, kit.now_us);
        relay_tick(&kit.relay, 0, kit.now_us, NULL);
    }
    assert_true(furthest_us < 2500000);
    assert_int_equal(slow.closed, 0);
    assert_int_equal(quick.session->viewer.slow.stage, SLOW_NONE);
    assert_true(slow.session->viewer.slow.stage == SLOW_KEYS ||
                slow.session->viewer.slow.stage == SLOW_AUDIO);
    assert_true(kit.relay.metrics.slow_steps[SLOW_AUDIO][SLOW_FALL] > 0);
    assert_true(kit.relay.metrics.slow_steps[SLOW_KEYS][SLOW_RISE] > 0);
    assert_true(kit.relay.metrics.drops[SLOW_KEYS] > 1000);
    assert_true(slow.session->room->media.end_bytes > LIMIT_RING_BYTES); // the ring went round
}

static void a_viewer_that_slept_beyond_the_ring_goes_on_at_a_key_frame(void **state) {
    (void)state;
    kit_pull(&kit, &slow, 0);
    kit_forget(&slow);
    for (uint64_t n = 1; n <= 30 * 14;
         n++) { // 14 s: less than the stall, more than the ring's messages
        kit.now_us += 33333;
        send_frame(n);
        kit_send_audio(&kit, &pub, n * 33333);
        kit_send_audio(&kit, &pub, n * 33333);
        kit_send_audio(&kit, &pub, n * 33333);
    }
    assert_true(slow.session->viewer.cursor < slow.session->room->media.first);
    kit_pull(&kit, &slow, 0);
    size_t first = 0;
    while (slow.inbox[first]->is_text)
        first++;
    assert_int_equal(slow.inbox[first]->header.kind, WIRE_VIDEO);
    assert_int_equal(slow.inbox[first]->header.flags, WIRE_KEY | WIRE_GAP);
    assert_true(kit.relay.metrics.jumps >= 1);
}

static void a_joiners_backlog_is_no_slowness(void **state) {
    (void)state;
    for (uint64_t n = 1; n < 89; n++) {
        kit.now_us += 33333;
        send_frame(n);
    }
    kit_watch(&kit, &joiner, pub.session->room->show);
    kit_pull(&kit, &joiner, 0);
    assert_int_equal(kit_count_kind(&joiner, WIRE_VIDEO),
                     89); // everything since the key frame 3 s ago
    for (size_t i = 0; i < joiner.count; i++)
        assert_true(joiner.inbox[i]->is_text || !(joiner.inbox[i]->header.flags & WIRE_GAP));
    kit_close(&kit, &joiner);
}

// The first picture in the inbox, or NULL.
static const struct message *first_picture(const struct kit_peer *p) {
    for (size_t i = 0; i < p->count; i++)
        if (!p->inbox[i]->is_text && p->inbox[i]->header.kind == WIRE_VIDEO)
            return p->inbox[i];
    return NULL;
}

static void let_pass(uint64_t *n, unsigned frames) {
    for (unsigned i = 0; i < frames; i++) {
        kit.now_us += 33333;
        send_frame(++*n);
        relay_tick(&kit.relay, 0, kit.now_us, NULL);
    }
}

static void make_key_frame(uint64_t *n) {
    kit.now_us += 33333;
    kit_send_video(&kit, &pub, ++*n * 33333, WIRE_KEY, 0, 60000);
}

// Comes while the newest key frame is 1 s old; the wish goes to the creator.
static void join(uint64_t *n) {
    let_pass(n, 30);
    kit_pull(&kit, &pub, 0);
    kit_forget(&pub);
    kit_watch(&kit, &joiner, pub.session->room->show);
    kit_pull(&kit, &joiner, 0);
    kit_pull(&kit, &pub, 0);
    assert_non_null(kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":0}", 0));
}

static void a_joiner_begins_with_the_key_frame_it_wished_for(void **state) {
    (void)state;
    uint64_t n = 0;
    join(&n); // nobody knows yet how soon the creator answers
    assert_int_equal(first_picture(&joiner)->header.timestamp_us, 0);
    let_pass(&n, 2);
    make_key_frame(&n); // 100 ms
    kit_close(&kit, &joiner);

    join(&n);
    assert_int_equal(kit_count_kind(&joiner, WIRE_INIT), 1); // can be made use of meanwhile
    let_pass(&n, 2);
    kit_pull(&kit, &joiner, 0);
    assert_null(first_picture(&joiner));
    make_key_frame(&n);
    kit_pull(&kit, &joiner, 0);
    assert_int_equal(first_picture(&joiner)->header.timestamp_us, n * 33333);
    assert_int_equal(first_picture(&joiner)->header.flags, WIRE_KEY);
    assert_int_equal(kit_count_kind(&joiner, WIRE_AUDIO), 0); // none from before
    kit_close(&kit, &joiner);
}

static void a_joiner_begins_with_the_old_one_when_none_comes(void **state) {
    (void)state;
    uint64_t n = 0;
    join(&n);
    make_key_frame(&n);
    const uint64_t key_us = n * 33333;
    kit_close(&kit, &joiner);

    join(&n);
    let_pass(&n, 2); // an answer took 33 ms; a half more and 50 ms are 100 ms
    kit_pull(&kit, &joiner, 0);
    assert_null(first_picture(&joiner));
    let_pass(&n, 2);
    kit_pull(&kit, &joiner, 0);
    assert_int_equal(first_picture(&joiner)->header.timestamp_us, key_us);
    assert_int_equal(kit_count_kind(&joiner, WIRE_VIDEO), 35); // and everything since
}

static void a_joiner_waits_for_no_creator_that_falls_silent(void **state) {
    (void)state;
    uint64_t n = 0;
    join(&n);
    make_key_frame(&n);
    kit_close(&kit, &joiner);
    join(&n);
    const size_t wakes = joiner.wakes;
    kit_tick(&kit, 1100000);
    assert_true(joiner.wakes > wakes);
    kit_pull(&kit, &joiner, 0);
    assert_non_null(first_picture(&joiner));
}

static void lagging_decoders_are_relieved_of_layers(void **state) {
    (void)state;
    kit_pull(&kit, &slow, 0);
    kit_forget(&slow);
    kit_say(&kit, &slow,
            "{\"type\":\"lag\",\"behindMs\":900,\"bufferedMs\":10,\"framesDropped\":3,"
            "\"framesDecoded\":9,"
            "\"hidden\":false}");
    for (uint64_t n = 1; n <= 40; n++) {
        kit.now_us += 33333;
        send_frame(n);
        kit_pull(&kit, &slow, 0);
        session_heard(slow.session, kit.now_us);
    }
    for (size_t i = 0; i < slow.count; i++)
        assert_true(slow.inbox[i]->is_text || slow.inbox[i]->header.temporal_id < 2);
    assert_int_equal(kit_count_kind(&slow, WIRE_VIDEO), 20);
    assert_int_equal(kit_count_kind(&slow, WIRE_AUDIO), 40);
}

static void what_is_long_under_way_counts_as_lag(void **state) {
    (void)state;
    for (uint64_t n = 1; n <= 100; n++) {
        kit.now_us += 33333;
        send_frame(n);
        kit_pull(&kit, &slow, 0);
        kit_pull(&kit, &quick, 0);
    }
    static const char report[] = "{\"type\":\"lag\",\"behindMs\":10,\"bufferedMs\":10,"
                                 "\"framesDropped\":0,\"framesDecoded\":9,\"hidden\":false,"
                                 "\"newestMs\":%d}";
    kit_say(&kit, &slow, report, 2500); // of 3333
    kit_say(&kit, &quick, report, 3300);
    kit.now_us += 33333;
    send_frame(101);
    kit_pull(&kit, &slow, 0);
    kit_pull(&kit, &quick, 0);
    assert_int_equal(slow.session->viewer.slow.stage, SLOW_NO_TL2);
    assert_int_equal(quick.session->viewer.slow.stage, SLOW_NONE);
}

// Frame n in both renditions, the lower one a quarter of the size.
static void send_both(uint64_t n) {
    send_frame(n);
    kit.rendition = 1;
    kit_send_video(&kit, &pub, n * 33333, n % 90 == 0 ? WIRE_KEY : 0, 0,
                   n % 90 == 0 ? 15000 : FRAME_BYTES / 4);
    kit.rendition = 0;
}

static void who_is_stuck_gets_the_lower_rendition_and_is_told(void **state) {
    (void)state;
    double allowance = 0;
    uint64_t newest_us = 0, n = 1;
    size_t inits = 0;
    kit.rendition = 1;
    kit_send_init(&kit, &pub);
    kit.rendition = 0;
    for (; n <= 30 * 60 && !inits; n++) {
        kit.now_us += 33333;
        send_both(n);
        pull_bytes(&slow, &allowance, FRAME_BYTES * 0.32, &newest_us);
        for (size_t i = 0; i < slow.count; i++)
            inits += !slow.inbox[i]->is_text && slow.inbox[i]->header.kind == WIRE_INIT &&
                     slow.inbox[i]->header.rendition == 1;
        if (!inits && n % 50 == 0)
            kit_forget(&slow);
        kit_pull(&kit, &pub, 0);
        kit_forget(&pub);
        session_heard(slow.session, kit.now_us);
    }
    assert_int_equal(inits, 1);
    assert_int_equal(kit.relay.metrics.slow_steps[SLOW_BASE][SLOW_LOWER], 1);
    assert_int_equal(slow.session->viewer.rendition, 1);
    for (uint64_t end = n + 900; n < end; n++) {
        kit.now_us += 33333;
        send_both(n);
        pull_bytes(&slow, &allowance, FRAME_BYTES * 0.32, &newest_us);
    }
    assert_non_null(
        kit_text(&slow, "{\"type\":\"quality\",\"stage\":\"none\",\"rendition\":1}", 0));
    assert_true((n - 1) * 33333 - newest_us <=
                100000); // it keeps up now, a key frame's time at most
    size_t first = 0;
    while (slow.inbox[first]->is_text || slow.inbox[first]->header.kind != WIRE_INIT)
        first++;
    while (slow.inbox[first]->is_text || slow.inbox[first]->header.kind != WIRE_VIDEO)
        first++;
    assert_true(slow.inbox[first]->header.flags & WIRE_KEY);
    for (; first < slow.count; first++)
        assert_true(slow.inbox[first]->is_text || slow.inbox[first]->header.kind != WIRE_VIDEO ||
                    slow.inbox[first]->header.rendition == 1);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_stuck_gets_the_lower_rendition_and_is_told, setup,
                                        teardown),
        T(a_tenth_of_the_rate_stays_within_seconds_for_ever),
        T(a_viewer_that_slept_beyond_the_ring_goes_on_at_a_key_frame),
        T(a_joiners_backlog_is_no_slowness),
        T(a_joiner_begins_with_the_key_frame_it_wished_for),
        T(a_joiner_begins_with_the_old_one_when_none_comes),
        T(a_joiner_waits_for_no_creator_that_falls_silent),
        T(lagging_decoders_are_relieved_of_layers),
        T(what_is_long_under_way_counts_as_lag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
