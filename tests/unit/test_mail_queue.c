// SPDX-License-Identifier: MIT
// Mails that wait: order, second tries, giving up; and how much mail may be caused.
#include "relay/mail_limits.h"
#include "relay/mail_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define S 1000000ULL
#define T0 (1000 * S)

static struct mail *make(void) {
    struct mail *const m = calloc(1, sizeof(*m));
    assert_non_null(m);
    return m;
}

static void mails_go_in_the_order_they_came(void **state) {
    (void)state;
    struct mail_queue q = {0};
    uint64_t wait;
    struct mail *m[3];
    assert_null(mail_queue_take(&q, T0, &wait));
    assert_true(wait == UINT64_MAX);
    for (int i = 0; i < 3; i++)
        assert_true(mail_queue_put(&q, m[i] = make(), T0));
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(mail_queue_take(&q, T0, &wait), m[i]);
        assert_false(mail_queue_tried(&q, m[i], i == 1 ? MAIL_REFUSED : MAIL_TAKEN, T0));
        free(m[i]);
    }
    assert_null(mail_queue_take(&q, T0, &wait));
    assert_int_equal(q.count, 0);
}

static void what_is_put_off_comes_again_later_and_later_and_then_never(void **state) {
    (void)state;
    struct mail_queue q = {0};
    uint64_t now = T0, wait;
    struct mail *const m = make();
    assert_true(mail_queue_put(&q, m, now));
    static const uint64_t delays_s[] = {5, 20, 80, 320, 1280};
    for (size_t i = 0; i < sizeof(delays_s) / sizeof(delays_s[0]); i++) {
        assert_ptr_equal(mail_queue_take(&q, now, &wait), m);
        assert_true(mail_queue_tried(&q, m, MAIL_PUT_OFF, now));
        assert_null(mail_queue_take(&q, now + delays_s[i] * S - 1, &wait));
        assert_int_equal(wait, 1);
        now += delays_s[i] * S;
    }
    assert_ptr_equal(mail_queue_take(&q, now, &wait), m);
    assert_false(mail_queue_tried(&q, m, MAIL_PUT_OFF, now));
    assert_int_equal(m->tries, LIMIT_MAIL_TRIES_COUNT);
    assert_int_equal(q.count, 0);
    free(m);
}

static void one_that_waits_holds_up_no_other_and_there_is_an_end(void **state) {
    (void)state;
    struct mail_queue q = {0};
    uint64_t wait;
    struct mail *const first = make(), *const second = make();
    assert_true(mail_queue_put(&q, first, T0));
    assert_ptr_equal(mail_queue_take(&q, T0, &wait), first);
    assert_true(mail_queue_tried(&q, first, MAIL_PUT_OFF, T0));
    assert_true(mail_queue_put(&q, second, T0));
    assert_ptr_equal(mail_queue_take(&q, T0, &wait), second);
    // What is being tried counts, too: it may come back.
    for (size_t i = 2; i < LIMIT_MAILS_WAITING_COUNT; i++)
        assert_true(mail_queue_put(&q, make(), T0));
    struct mail *const beyond = make();
    assert_false(mail_queue_put(&q, beyond, T0));
    free(beyond);
    assert_true(mail_queue_tried(&q, second, MAIL_PUT_OFF, T0));
    assert_int_equal(q.count, LIMIT_MAILS_WAITING_COUNT);
    mail_queue_dispose(&q); // frees all: a leak would be told
    assert_int_equal(q.count, 0);
}

static void at_the_end_all_are_due_once(void **state) {
    (void)state;
    struct mail_queue q = {0};
    uint64_t wait;
    struct mail *const m[2] = {make(), make()};
    for (int i = 0; i < 2; i++) {
        assert_true(mail_queue_put(&q, m[i], T0));
        assert_ptr_equal(mail_queue_take(&q, T0, &wait), m[i]);
        assert_true(mail_queue_tried(&q, m[i], MAIL_PUT_OFF, T0));
    }
    assert_null(mail_queue_take(&q, T0, &wait));
    mail_queue_hurry(&q, T0);
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(mail_queue_take(&q, T0, &wait), m[i]);
        assert_true(mail_queue_tried(&q, m[i], MAIL_PUT_OFF, T0));
    }
    assert_null(mail_queue_take(&q, T0 + LIMIT_MAIL_FAREWELL_US, &wait));
    assert_int_equal(q.count, 2);
    mail_queue_dispose(&q);
}

static void nobody_is_flooded(void **state) {
    (void)state;
    struct mail_limits m;
    assert_int_equal(mail_limits_init(&m), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mail_limits_take(&m, 'f', "ann@example.org", T0), 0);
    assert_int_equal(mail_limits_take(&m, 'f', "ann@example.org", T0), 600);
    assert_int_equal(mail_limits_take(&m, 'a', "ann@example.org", T0), 0); // of another kind
    assert_int_equal(mail_limits_take(&m, 'f', "bob@example.org", T0), 0);
    assert_int_equal(mail_limits_take(&m, 'f', "ann@example.org", T0 + 599 * S), 600);
    assert_int_equal(mail_limits_take(&m, 'f', "ann@example.org", T0 + 600 * S), 0);
    assert_int_equal(mail_limits_take(&m, 'f', "ann@example.org", T0 + 600 * S), 600);
    for (int i = 0; i < 10; i++)
        assert_int_equal(mail_limits_take_address(&m, "192.0.2.1", T0), 0);
    assert_int_equal(mail_limits_take_address(&m, "192.0.2.1", T0), 60);
    assert_int_equal(mail_limits_take_address(&m, "192.0.2.2", T0), 0);
    assert_int_equal(mail_limits_take_address(&m, "192.0.2.1", T0 + 60 * S), 0);
    // IPv6 by its network.
    for (int i = 0; i < 10; i++)
        assert_int_equal(mail_limits_take_address(&m, i % 2 ? "2001:db8::1" : "2001:db8::2", T0),
                         0);
    assert_int_equal(mail_limits_take_address(&m, "2001:db8::3", T0), 60);
    mail_limits_dispose(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_go_in_the_order_they_came),
        cmocka_unit_test(what_is_put_off_comes_again_later_and_later_and_then_never),
        cmocka_unit_test(one_that_waits_holds_up_no_other_and_there_is_an_end),
        cmocka_unit_test(at_the_end_all_are_due_once),
        cmocka_unit_test(nobody_is_flooded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
