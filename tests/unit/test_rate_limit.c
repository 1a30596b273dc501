// SPDX-License-Identifier: MIT
#include "relay/rate_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void burst_then_rate(void **state) {
    (void)state;
    struct rate_limit r = {0};
    uint64_t now = 77000000;
    for (int i = 0; i < 5; i++)
        assert_true(rate_limit_take(&r, now, 1, 1, 5));
    assert_false(rate_limit_take(&r, now, 1, 1, 5));
    assert_false(rate_limit_take(&r, now + 999999, 1, 1, 5));
    assert_true(rate_limit_take(&r, now + 1000000, 1, 1, 5));
    assert_false(rate_limit_take(&r, now + 1000001, 1, 1, 5));
}

static void refused_tries_cost_nothing_and_the_bucket_never_overflows(void **state) {
    (void)state;
    struct rate_limit r = {0};
    for (int i = 0; i < 1000; i++)
        rate_limit_take(&r, 1000000, 1, 2, 4);
    assert_true(rate_limit_take(&r, 1500000, 1, 2, 4));
    for (int i = 0; i < 4; i++) // an hour later it holds four, not 7200
        assert_true(rate_limit_take(&r, 3600000000, 1, 2, 4));
    assert_false(rate_limit_take(&r, 3600000000, 1, 2, 4));
}

static void many_tokens_at_once(void **state) {
    (void)state;
    struct rate_limit r = {0};
    assert_true(rate_limit_take(&r, 1, 900000, 1000000, 1000000));
    assert_false(rate_limit_take(&r, 1, 200000, 1000000, 1000000));
    assert_true(rate_limit_take(&r, 100001, 200000, 1000000, 1000000));
    assert_false(rate_limit_take(&r, 100001, 2000000, 1000000, 1000000)); // more than the bucket
}

static void addresses_do_not_share_while_there_is_room(void **state) {
    (void)state;
    struct address_limit a;
    assert_int_equal(address_limit_init(&a, 64), 0);
    assert_true(address_limit_take(&a, "192.0.2.1", 1, 1, 1, 1));
    assert_false(address_limit_take(&a, "192.0.2.1", 1, 1, 1, 1));
    assert_true(address_limit_take(&a, "192.0.2.2", 1, 1, 1, 1));
    assert_true(address_limit_take(&a, "2001:db8:1234:5678:1234:5678:1234:5678", 1, 1, 1, 1));
    assert_false(address_limit_take(&a, "2001:db8:1234:5678:1234:5678:1234:5678", 1, 1, 1, 1));
    for (int i = 0; i < 100000;
         i++) { // far more than fit: the newest are remembered, nothing breaks
        char address[46];
        snprintf(address, sizeof(address), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        assert_true(address_limit_take(&a, address, 2 + (uint64_t)i, 1, 1, 1));
        assert_false(address_limit_take(&a, address, 2 + (uint64_t)i, 1, 1, 1));
    }
    address_limit_dispose(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burst_then_rate),
        cmocka_unit_test(refused_tries_cost_nothing_and_the_bucket_never_overflows),
        cmocka_unit_test(many_tokens_at_once),
        cmocka_unit_test(addresses_do_not_share_while_there_is_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
