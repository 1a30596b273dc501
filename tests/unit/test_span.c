// SPDX-License-Identifier: MIT
// Runs of messages as bytes: what is in them, where they may be cut, what they count.
#include "relay/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct span span;
static struct bundle bundle;

static struct message *media(enum wire_kind kind, uint8_t rendition, size_t len) {
    static uint8_t body[SPAN_BUNDLE_BYTES];
    const struct wire_header h = {.kind = (uint8_t)kind, .flags = WIRE_KEY, .rendition = rendition};
    memset(body, (int)kind * 16 + rendition, len);
    return message_create_media(&h, body, len);
}

static void add(struct message *take) {
    assert_true(span_add(&span, take));
    message_unref(take);
}

static int teardown(void **state) {
    (void)state;
    span_dispose(&span);
    bundle_dispose(&bundle);
    return 0;
}

static void one_message_is_not_copied(void **state) {
    (void)state;
    span_init(&span, 5, 10);
    add(media(WIRE_VIDEO, 0, 100));
    assert_true(bundle_make(&bundle, &span, 0));
    assert_ptr_equal(bundle.bytes, span.messages[0]->bytes);
    assert_int_equal(bundle.len, span.messages[0]->framed_len);
    assert_null(bundle.copy);
    assert_int_equal(bundle.ends[0].media_at, 11);
    assert_int_equal(bundle.ends[0].texts_at, 5);
}

static void several_lie_behind_each_other_each_end_known(void **state) {
    (void)state;
    size_t at = 0;
    span_init(&span, 5, 10);
    add(message_create_text("{}", 2));
    add(media(WIRE_AUDIO, 0, 60));
    add(media(WIRE_VIDEO, 0, 300));
    assert_true(bundle_make(&bundle, &span, 0));
    assert_int_equal(bundle.count, 3);
    for (unsigned i = 0; i < 3; i++) {
        const struct message *const m = span.messages[i];
        assert_memory_equal(bundle.bytes + at, m->bytes, m->framed_len);
        at += m->framed_len;
        assert_int_equal(bundle.ends[i].end, at);
        assert_int_equal(bundle.ends[i].texts_at, 6);
        assert_int_equal(bundle.ends[i].media_at, 10 + i);
    }
    assert_int_equal(bundle.len, at);
    assert_int_equal(bundle_stopped_in(&bundle, 0), 0);
    assert_int_equal(bundle_stopped_in(&bundle, bundle.ends[0].end - 1), 0);
    assert_int_equal(bundle_stopped_in(&bundle, bundle.ends[0].end), 1);
    assert_int_equal(bundle_stopped_in(&bundle, at - 1), 2);
    assert_int_equal(bundle_stopped_in(&bundle, at), 3);
}

static void each_rendition_gets_its_own_pictures_and_all_sound(void **state) {
    (void)state;
    span_init(&span, 0, 0);
    add(media(WIRE_VIDEO, 0, 300));
    add(media(WIRE_AUDIO, 0, 60));
    add(media(WIRE_VIDEO, 1, 90));
    assert_true(bundle_make(&bundle, &span, 1));
    assert_int_equal(bundle.count, 2);
    assert_int_equal(bundle.len, span.messages[1]->framed_len + span.messages[2]->framed_len);
    assert_int_equal(bundle.ends[0].media_at, 2); // the other's picture is behind it, too
    assert_int_equal(bundle.ends[1].media_at, 3);
    assert_true(bundle_make(&bundle, &span, 2));
    assert_int_equal(bundle.count, 1);
    span_dispose(&span);
    span_init(&span, 0, 0);
    add(media(WIRE_VIDEO, 0, 300));
    assert_true(bundle_make(&bundle, &span, 1));
    assert_int_equal(bundle.len, 0);
}

static void what_was_given_is_counted(void **state) {
    (void)state;
    struct bundle_sum sum = {0};
    span_init(&span, 5, 10);
    add(message_create_text("{}", 2));
    add(media(WIRE_VIDEO, 0, 300));
    assert_true(bundle_make(&bundle, &span, 0));
    bundle_add_up(&sum, &bundle, &span, 2, 10);
    bundle_add_up(&sum, &bundle, &span, 1, 3);
    assert_int_equal(sum.text_count, 13);
    assert_int_equal(sum.text_bytes, 13 * 4);
    assert_int_equal(sum.media_count, 10);
    assert_int_equal(sum.media_bytes, 10 * 304);
}

static void a_full_span_and_a_long_run_are_refused(void **state) {
    (void)state;
    span_init(&span, 0, 0);
    for (unsigned i = 0; i < SPAN_MESSAGES_COUNT; i++)
        add(media(WIRE_AUDIO, 0, 20));
    struct message *const more = media(WIRE_AUDIO, 0, 20);
    assert_false(span_add(&span, more));
    message_unref(more);
    assert_true(bundle_make(&bundle, &span, 0));
    span_dispose(&span);
    span_init(&span, 0, 0);
    add(media(WIRE_VIDEO, 0, SPAN_BUNDLE_BYTES));
    assert_true(bundle_make(&bundle, &span, 0)); // alone it lies there already
    add(media(WIRE_AUDIO, 0, 20));
    assert_false(bundle_make(&bundle, &span, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(one_message_is_not_copied, teardown),
        cmocka_unit_test_teardown(several_lie_behind_each_other_each_end_known, teardown),
        cmocka_unit_test_teardown(each_rendition_gets_its_own_pictures_and_all_sound, teardown),
        cmocka_unit_test_teardown(what_was_given_is_counted, teardown),
        cmocka_unit_test_teardown(a_full_span_and_a_long_run_are_refused, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
