// SPDX-License-Identifier: MIT
// Names and the limits on guessing.
#include "relay/account_names.h"
#include "relay/guess_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000ULL
#define T0 (1000 * S)

static void one_address_is_slowed_and_another_is_not(void **state) {
    (void)state;
    struct guess_limits g;
    assert_int_equal(guess_limits_init(&g, 60), 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.1", T0), 0);
    assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.1", T0), 10);
    assert_int_equal(guess_limits_take(&g, "bob", "192.0.2.1", T0), 0);
    assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.2", T0), 0);
    assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.1", T0 + 9 * S), 10);
    assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.1", T0 + 11 * S), 0);
    // One address at many names.
    int passed = 0;
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof(name), "name%d", i);
        passed += guess_limits_take(&g, name, "192.0.2.9", T0) == 0;
    }
    assert_int_equal(passed, 60);
    // One network of IPv6 is one; an IPv4 address in IPv6's clothes is itself.
    for (int i = 0; i < 5; i++) {
        char address[46];
        snprintf(address, sizeof(address), "2001:db8::%d", i + 1);
        assert_int_equal(guess_limits_take(&g, "eve", address, T0), 0);
    }
    assert_int_equal(guess_limits_take(&g, "eve", "2001:db8::ffff", T0), 10);
    assert_int_equal(guess_limits_take(&g, "eve", "2001:db8:1::1", T0), 0);
    guess_limits_dispose(&g);
}

static void many_addresses_are_slowed_but_not_the_owner(void **state) {
    (void)state;
    struct guess_limits g;
    int passed = 0;
    assert_int_equal(guess_limits_init(&g, 60), 0);
    for (int i = 0; i < 1000; i++)
        passed += guess_limits_take_account(&g, "ada", false, T0) == 0;
    assert_int_equal(passed, 30);
    assert_int_equal(guess_limits_take_account(&g, "ada", false, T0), 5);
    assert_int_equal(guess_limits_take_account(&g, "ada", true, T0), 0);
    assert_int_equal(guess_limits_take_account(&g, "bob", false, T0), 0);
    guess_limits_dispose(&g);
}

static void a_right_password_costs_nothing(void **state) {
    (void)state;
    struct guess_limits g;
    assert_int_equal(guess_limits_init(&g, 60), 0);
    for (int i = 0; i < 500; i++) {
        assert_int_equal(guess_limits_take(&g, "ada", "192.0.2.1", T0), 0);
        assert_int_equal(guess_limits_take_account(&g, "ada", false, T0), 0);
        guess_limits_give(&g, "ada", "192.0.2.1", false, T0);
    }
    guess_limits_dispose(&g);
}

static void names_that_look_alike_are_one(void **state) {
    (void)state;
    char a[LIMIT_ACCOUNT_NAME_BYTES + 1], b[LIMIT_ACCOUNT_NAME_BYTES + 1];
    static const char *const same[][2] = {
        {"Bill", "bi11"}, {"BOB", "b0b"}, {"ann-lee", "Ann_Lee"}, {"ann.lee", "annlee"}};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_true(account_name_read(a, same[i][0]));
        assert_true(account_name_read(b, same[i][1]));
        assert_string_equal(a, b);
    }
    assert_true(account_name_read(a, "anna"));
    assert_true(account_name_read(b, "ann"));
    assert_string_not_equal(a, b);
    static const char *const wrong[] = {"",
                                        "a",
                                        "_ab",
                                        "ab-",
                                        "a b",
                                        "a/b",
                                        "\xd0\xb0nn",
                                        "ann\n",
                                        "a<b>",
                                        "a@b",
                                        "../../x",
                                        "a\x7f"
                                        "b",
                                        "\xff\xfe",
                                        "123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(account_name_read(a, wrong[i]));
        assert_string_equal(a, "");
    }
    assert_true(account_name_read(a, "12345678901234567890123456789012"));
}

static void passwords_and_roles(void **state) {
    (void)state;
    enum account_role role;
    assert_null(account_password_fault("correct horse", "ann"));
    assert_non_null(account_password_fault("1234567", "ann"));
    assert_non_null(account_password_fault("aaaaaaaaaaaa", "ann"));
    assert_non_null(account_password_fault("Annabella", "annabella"));
    assert_true(account_role_read(&role, "moderator"));
    assert_int_equal(role, ROLE_MODERATOR);
    assert_false(account_role_read(&role, "root"));
    assert_string_equal(account_role_name(ROLE_ADMIN), "admin");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_address_is_slowed_and_another_is_not),
        cmocka_unit_test(many_addresses_are_slowed_but_not_the_owner),
        cmocka_unit_test(a_right_password_costs_nothing),
        cmocka_unit_test(names_that_look_alike_are_one),
        cmocka_unit_test(passwords_and_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
