// SPDX-License-Identifier: MIT
#include "relay/packed_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *through(const char *text, char out[ADDRESS_TEXT_LEN]) {
    struct packed_address a;
    memset(&a, 0xa5, sizeof(a));
    packed_address_read(&a, text);
    return packed_address_write(&a, out);
}

static void addresses_come_back(void **state) {
    static const char *const texts[] = {
        "127.0.0.1",        "255.255.255.255", "::1", "2001:db8:1234:5678:9abc:def0:1234:5678",
        "::ffff:192.0.2.1", "0.0.0.0"};
    char out[ADDRESS_TEXT_LEN];
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_string_equal(through(texts[i], out), texts[i]);
}

static void what_is_none_stays_none(void **state) {
    char out[ADDRESS_TEXT_LEN];
    (void)state;
    assert_string_equal(through("", out), "");
    assert_string_equal(through("relay.example", out), "");
    assert_string_equal(through("1.2.3.4.5", out), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_come_back),
        cmocka_unit_test(what_is_none_stays_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
