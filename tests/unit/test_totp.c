// SPDX-License-Identifier: MIT
// One-time passwords: the vectors of RFC 6238 appendix B, the window, what is no code, addresses.
#include "relay/random.h"
#include "relay/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// "12345678901234567890" in base32.
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static void the_vectors_of_the_rfc(void **state) {
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *code; // the last six digits of the table's eight
    } vectors[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        int64_t step = -1;
        assert_true(totp_matches(&step, SECRET, vectors[i].code, vectors[i].unix_s));
        assert_int_equal(step, vectors[i].unix_s / 30);
    }
}

static void one_step_before_and_behind(void **state) {
    (void)state;
    int64_t step = -1;
    for (int64_t off = -2; off <= 2; off++) {
        const bool matches = totp_matches(&step, SECRET, "005924", 1234567890 + 30 * off);
        assert_int_equal(matches, off >= -1 && off <= 1);
        if (matches)
            assert_int_equal(step, 1234567890 / 30);
    }
}

static void what_is_no_code_is_refused(void **state) {
    (void)state;
    static const char *const codes[] = {"", "00592", "0059240", "00592a", "-05924", " 05924", "\n"};
    int64_t step = -1;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        assert_false(totp_matches(&step, SECRET, codes[i], 1234567890));
    assert_false(totp_matches(&step, "not base32!", "005924", 1234567890));
    assert_int_equal(step, -1);
}

static void secrets_are_160_bits_of_base32(void **state) {
    (void)state;
    char a[TOTP_SECRET_CHARS + 1], b[TOTP_SECRET_CHARS + 1];
    assert_int_equal(random_start(), 0);
    totp_secret(a);
    totp_secret(b);
    assert_int_equal(strlen(a), TOTP_SECRET_CHARS);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), TOTP_SECRET_CHARS);
    assert_string_not_equal(a, b);
}

static void addresses_escape_what_they_hold(void **state) {
    (void)state;
    char uri[512], small[40];
    assert_true(totp_uri(uri, sizeof(uri), SECRET, "a&b.example", "x?y=\xc3\xa9"));
    assert_string_equal(uri, "otpauth://totp/a%26b.example:x%3Fy%3D%C3%A9?secret=" SECRET
                             "&issuer=a%26b.example");
    assert_false(totp_uri(small, sizeof(small), SECRET, "a", "b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc),
        cmocka_unit_test(one_step_before_and_behind),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(secrets_are_160_bits_of_base32),
        cmocka_unit_test(addresses_escape_what_they_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
