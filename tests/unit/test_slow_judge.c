// SPDX-License-Identifier: MIT
// What the policy lets through, and the property it exists for: whatever is left out, what is sent
// decodes.
#include "relay/slow_viewer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000ULL

static enum slow_verdict judge(struct slow_viewer *v, unsigned layer, unsigned flags,
                               uint64_t unsent_us) {
    const struct wire_header h = {
        .kind = WIRE_VIDEO, .flags = (uint8_t)flags, .temporal_id = (uint8_t)layer};
    return slow_viewer_judge(v, &h, unsent_us, 0, false);
}

static void sound_alone_has_no_pictures(void **state) {
    (void)state;
    struct slow_viewer v;
    const struct wire_header key = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
    const struct wire_header audio = {.kind = WIRE_AUDIO, .flags = WIRE_KEY};
    slow_viewer_init(&v);
    v.stage = SLOW_AUDIO;
    assert_int_equal(slow_viewer_judge(&v, &key, 0, 0, true), SLOW_DROP);
    assert_int_equal(slow_viewer_judge(&v, &audio, 0, 0, false), SLOW_SEND);
    v.stage = SLOW_BASE;
    const struct wire_header base = {.kind = WIRE_VIDEO};
    assert_int_equal(slow_viewer_judge(&v, &base, 0, 0, false), SLOW_DROP); // it builds on the key
    assert_int_equal(slow_viewer_judge(&v, &key, 0, 0, false), SLOW_SEND_GAP);
}

static void the_top_layer_is_missed_by_nobody(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    const struct wire_header key = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
    const struct wire_header top = {.kind = WIRE_VIDEO, .temporal_id = 2};
    slow_viewer_judge(&v, &key, 0, 0, true);
    v.stage = SLOW_NO_TL2;
    assert_int_equal(slow_viewer_judge(&v, &top, 0, 0, false), SLOW_DROP);
    v.stage = SLOW_NONE;
    assert_int_equal(slow_viewer_judge(&v, &top, 0, 0, false), SLOW_SEND_GAP);
    assert_true(slow_viewer_is_untroubled(&v));
}

static void marks_the_first_message_behind_an_omission(void **state) {
    (void)state;
    struct slow_viewer v;
    slow_viewer_init(&v);
    assert_int_equal(judge(&v, 0, WIRE_KEY, 0), SLOW_SEND);
    v.stage = SLOW_NO_TL2;
    assert_int_equal(judge(&v, 2, 0, 0), SLOW_DROP);
    assert_int_equal(judge(&v, 1, 0, 0), SLOW_SEND_GAP);
    assert_int_equal(judge(&v, 0, 0, 0), SLOW_SEND);
    const struct wire_header audio = {.kind = WIRE_AUDIO, .flags = WIRE_KEY};
    assert_int_equal(slow_viewer_judge(&v, &audio, 0, 0, false),
                     SLOW_SEND); // its own track had no gap
}

static void old_sound_is_left_out_in_the_last_stages_only(void **state) {
    (void)state;
    struct slow_viewer v;
    const struct wire_header audio = {.kind = WIRE_AUDIO, .flags = WIRE_KEY};
    slow_viewer_init(&v);
    assert_int_equal(slow_viewer_judge(&v, &audio, 3 * SECOND, 0, false), SLOW_SEND);
    v.stage = SLOW_KEYS;
    assert_int_equal(slow_viewer_judge(&v, &audio, 3 * SECOND, 0, false), SLOW_DROP);
    assert_int_equal(slow_viewer_judge(&v, &audio, SECOND, 0, false), SLOW_SEND_GAP);
}

static void old_key_frames_are_left_out_but_for_the_newest(void **state) {
    (void)state;
    struct slow_viewer v;
    const struct wire_header key = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
    slow_viewer_init(&v);
    v.stage = SLOW_KEYS;
    assert_int_equal(slow_viewer_judge(&v, &key, 3 * SECOND, 0, false), SLOW_DROP);
    assert_int_equal(slow_viewer_judge(&v, &key, 2 * SECOND, 0, true), SLOW_DROP);
    assert_int_equal(slow_viewer_judge(&v, &key, 1200000, 0, false), SLOW_DROP);
    assert_int_equal(slow_viewer_judge(&v, &key, 1200000, 0, true), SLOW_SEND_GAP);
    assert_int_equal(judge(&v, 0, 0, 0), SLOW_DROP);
}

static void a_key_frame_goes_when_it_will_be_read_in_time(void **state) {
    (void)state;
    static const struct {
        uint64_t unread_us, unsent_us, expected_us;
        bool goes;
    } cases[] = {
        {0, 0, 0, true},
        {250000, 100000, 0, true}, // its speed is not known
        {250001, 100000, 0, false},
        {600000, 0, 1700000, true},
        {600000, 100000, 1650000, false},
        {0, 0, 1800000, false},
        {0, 1600000, 1, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slow_viewer v;
        const struct wire_header key = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
        slow_viewer_init(&v);
        v.stage = SLOW_KEYS;
        v.unread_us = cases[i].unread_us;
        const enum slow_verdict verdict =
            slow_viewer_judge(&v, &key, cases[i].unsent_us, cases[i].expected_us, true);
        assert_int_equal(verdict, cases[i].goes ? SLOW_SEND : SLOW_DROP);
        v.stage = SLOW_BASE; // whose line carries more than key frames
        assert_int_not_equal(slow_viewer_judge(&v, &key, cases[i].unsent_us, 0, true), SLOW_DROP);
    }
}

static void key_frames_too_large_for_a_line_leave_sound_or_a_smaller_size(void **state) {
    (void)state;
    for (int can_lower = 0; can_lower < 2; can_lower++) {
        struct slow_viewer v;
        struct slow_view view = {.now_us = SECOND, .unsent_us = 1900000, .can_lower = can_lower};
        const struct wire_header key = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
        slow_viewer_init(&v);
        slow_viewer_assess(&v, &view);
        view.unsent_us = 0;
        for (int i = 0; i < SLOW_MISFITS_COUNT; i++) {
            view.now_us += SECOND / 10;
            assert_int_equal(slow_viewer_assess(&v, &view), SLOW_STAY);
            assert_int_equal(slow_viewer_judge(&v, &key, 0, 3 * SECOND, true), SLOW_DROP);
        }
        assert_int_equal(slow_viewer_assess(&v, &view), can_lower ? SLOW_LOWER : SLOW_FALL);
        assert_int_equal(v.stage, can_lower ? SLOW_BASE : SLOW_AUDIO);
    }
}

// A decoder's view of the pattern 0 2 1 2 of libvpx_vp8: layer 0 builds on the last layer 0; layer
// 1 on that and, unless SYNC, on the last layer 1; layer 2 on both. Frame numbers stand for
// pictures.
struct model {
    int last, golden;
    int sent_last, sent_golden; // what the viewer has in the same places
};

static void no_omission_ever_breaks_a_reference(void **state) {
    (void)state;
    size_t sent = 0;
    srand(7);
    for (unsigned round = 0; round < 400; round++) {
        struct slow_viewer v;
        struct model m = {-1, -1, -1, -1};
        slow_viewer_init(&v);
        for (int n = 0; n < 600; n++) {
            static const unsigned layers[] = {0, 2, 1, 2};
            const bool is_key = n % 120 == 0;
            const unsigned layer = is_key ? 0 : layers[n % 4];
            const bool is_sync = layer == 1 ? n % 16 == 2 : layer == 2 && n % 16 == 1;
            if (rand() % 9 == 0)
                v.stage = (uint8_t)(rand() % SLOW_CLOSED);
            if (rand() % 97 == 0)
                slow_viewer_skipped(&v, 3);
            const struct wire_header h = {
                .kind = WIRE_VIDEO,
                .flags = (uint8_t)((is_key ? WIRE_KEY : 0) | (is_sync ? WIRE_SYNC : 0)),
                .temporal_id = (uint8_t)layer};
            const bool is_sent =
                slow_viewer_judge(&v, &h, (uint64_t)(rand() % 3000000),
                                  (uint64_t)(rand() % 3) * 800000, is_key) != SLOW_DROP;
            if (is_sent && !is_key) {
                assert_int_equal(m.sent_last, m.last);
                if (layer > 0 && !is_sync)
                    assert_int_equal(m.sent_golden, m.golden);
            }
            sent += is_sent;
            if (layer == 0)
                m.last = n;
            if (layer == 1 || is_key)
                m.golden = n;
            if (is_sent && layer == 0)
                m.sent_last = n;
            if (is_sent && (layer == 1 || is_key))
                m.sent_golden = n;
        }
    }
    assert_true(sent > 400 * 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_alone_has_no_pictures),
        cmocka_unit_test(the_top_layer_is_missed_by_nobody),
        cmocka_unit_test(marks_the_first_message_behind_an_omission),
        cmocka_unit_test(old_sound_is_left_out_in_the_last_stages_only),
        cmocka_unit_test(old_key_frames_are_left_out_but_for_the_newest),
        cmocka_unit_test(a_key_frame_goes_when_it_will_be_read_in_time),
        cmocka_unit_test(key_frames_too_large_for_a_line_leave_sound_or_a_smaller_size),
        cmocka_unit_test(no_omission_ever_breaks_a_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
