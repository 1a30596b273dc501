// SPDX-License-Identifier: MIT
// Counts per address against a plain model, through many comings and goings.
#include "relay/address_counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_limit_holds_for_each_address(void **state) {
    (void)state;
    struct address_counts c;
    assert_int_equal(address_counts_init(&c, 8), 0);
    for (int i = 0; i < 3; i++)
        assert_true(address_counts_take(&c, 7, 3));
    assert_false(address_counts_take(&c, 7, 3));
    assert_true(address_counts_take(&c, 8, 3));
    address_counts_give(&c, 7);
    assert_true(address_counts_take(&c, 7, 3));
    address_counts_give(&c, 99); // never taken
    address_counts_give(&c, 0);
    address_counts_dispose(&c);
    address_counts_dispose(&c);
}

static void keys_tell_networks_apart(void **state) {
    (void)state;
    static const uint8_t v4[4] = {192, 0, 2, 1}, zero[4] = {0};
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, 0, 2, 1};
    static const uint8_t one[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, [15] = 1};
    static const uint8_t same_net[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, [15] = 9};
    static const uint8_t other_net[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, [15] = 1};
    static const uint8_t any[16] = {0};
    assert_true(address_key(v4, 4) == address_key(mapped, 16));
    assert_true(address_key(one, 16) == address_key(same_net, 16));
    assert_true(address_key(one, 16) != address_key(other_net, 16));
    assert_true(address_key(zero, 4) && address_key(any, 16));
    assert_true(address_key(zero, 4) != address_key(any, 16));
}

static void agrees_with_a_plain_model(void **state) {
    (void)state;
    enum { KEYS = 60 };
    uint32_t model[KEYS + 1] = {0};
    struct address_counts c;
    srand(3);
    assert_int_equal(address_counts_init(&c, KEYS), 0);
    for (int i = 0; i < 200000; i++) {
        const uint64_t key = 1 + (uint64_t)(rand() % KEYS);
        if (rand() % 2) {
            const bool is_taken = address_counts_take(&c, key, 4);
            assert_int_equal(is_taken, model[key] < 4);
            model[key] += is_taken;
        } else {
            address_counts_give(&c, key);
            model[key] -= model[key] > 0;
        }
    }
    uint32_t used = 0;
    for (uint64_t key = 1; key <= KEYS; key++) {
        used += model[key] > 0;
        while (model[key]--)
            address_counts_give(&c, key);
    }
    assert_true(used > 10);
    assert_int_equal(c.used, 0);
    address_counts_dispose(&c);
}

static void a_full_table_refuses_strangers(void **state) {
    (void)state;
    struct address_counts c;
    uint64_t key = 1;
    assert_int_equal(address_counts_init(&c, 8), 0);
    while (address_counts_take(&c, key, 1))
        key++;
    assert_true(key > 8);
    address_counts_give(&c, 1);
    assert_true(address_counts_take(&c, key, 1));
    address_counts_dispose(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_holds_for_each_address),
        cmocka_unit_test(keys_tell_networks_apart),
        cmocka_unit_test(agrees_with_a_plain_model),
        cmocka_unit_test(a_full_table_refuses_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
