// SPDX-License-Identifier: MIT
#include "relay/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct message *media(unsigned kind, unsigned flags, unsigned rendition, size_t len) {
    uint8_t body[WIRE_HEADER_LEN + 4096] = {0};
    const struct wire_header h = {
        .kind = (uint8_t)kind, .flags = (uint8_t)flags, .rendition = (uint8_t)rendition};
    wire_header_write(body, &h);
    memset(body + WIRE_HEADER_LEN, 'x', len);
    return message_create_media(&h, body, WIRE_HEADER_LEN + len);
}

static void push(struct ring *r, unsigned kind, unsigned flags, unsigned rendition, size_t len,
                 uint64_t now_us) {
    struct message *const m = media(kind, flags, rendition, len);
    ring_push(r, m, now_us);
    message_unref(m);
}

static void indices_grow_and_count_bounds_it(void **state) {
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 4, 1 << 20), 0);
    for (uint64_t i = 0; i < 10; i++)
        push(&r, WIRE_AUDIO, WIRE_KEY, 0, 10, i);
    assert_int_equal(r.first, 6);
    assert_int_equal(r.next, 10);
    for (uint64_t i = 6; i < 10; i++)
        assert_int_equal(ring_peek(&r, i)->arrived_us, i);
    ring_dispose(&r);
}

static void bytes_bound_it_but_the_newest_stays(void **state) {
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 64, 1000), 0);
    for (uint64_t i = 0; i < 20; i++)
        push(&r, WIRE_AUDIO, WIRE_KEY, 0, 100 - WIRE_HEADER_LEN - 2, i); // 100 bytes framed
    assert_int_equal(r.next - r.first, 10);
    assert_int_equal(ring_bytes_behind(&r, r.first), 1000);
    assert_int_equal(ring_bytes_behind(&r, r.next), 0);
    assert_int_equal(ring_bytes_behind(&r, r.next - 1), 100);
    push(&r, WIRE_VIDEO, WIRE_KEY, 0, 4000, 21);
    assert_int_equal(r.next - r.first, 1);
    ring_dispose(&r);
}

static void newest_key_is_per_rendition_and_goes_with_its_message(void **state) {
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 4, 1 << 20), 0);
    assert_true(r.newest_key[0] == RING_NONE);
    push(&r, WIRE_VIDEO, WIRE_KEY, 0, 10, 0);
    push(&r, WIRE_VIDEO, WIRE_KEY, 1, 10, 0);
    push(&r, WIRE_AUDIO, WIRE_KEY, 0, 10, 0); // KEY on sound is no place to start
    assert_int_equal(r.newest_key[0], 0);
    assert_int_equal(r.newest_key[1], 1);
    push(&r, WIRE_VIDEO, 0, 0, 10, 0);
    push(&r, WIRE_VIDEO, 0, 0, 10, 0); // the first key frame is gone now
    assert_true(r.newest_key[0] == RING_NONE);
    assert_int_equal(r.newest_key[1], 1);
    ring_forget_key(&r, 1);
    assert_true(r.newest_key[1] == RING_NONE);
    ring_dispose(&r);
}

static void gap_twin_is_made_once_and_differs_in_one_bit(void **state) {
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 4, 1 << 20), 0);
    push(&r, WIRE_VIDEO, WIRE_KEY, 0, 300, 0);
    const struct message *const plain = ring_peek(&r, 0)->message;
    struct message *const one = ring_take_gap_twin(&r, 0), *const two = ring_take_gap_twin(&r, 0);
    assert_ptr_equal(one, two);
    assert_int_equal(one->header.flags, WIRE_KEY | WIRE_GAP);
    assert_int_equal(plain->header.flags, WIRE_KEY);
    assert_int_equal(one->framed_len, plain->framed_len);
    size_t different = 0;
    for (size_t i = 0; i < plain->framed_len; i++)
        different += one->bytes[i] != plain->bytes[i];
    assert_int_equal(different, 1);
    assert_int_equal(one->bytes[one->frame_head_len + 1], WIRE_KEY | WIRE_GAP);
    message_unref(one);
    message_unref(two);
    ring_dispose(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices_grow_and_count_bounds_it),
        cmocka_unit_test(bytes_bound_it_but_the_newest_stays),
        cmocka_unit_test(newest_key_is_per_rendition_and_goes_with_its_message),
        cmocka_unit_test(gap_twin_is_made_once_and_differs_in_one_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
