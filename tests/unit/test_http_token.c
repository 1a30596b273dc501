// SPDX-License-Identifier: MIT
// Tokens in heads, and the bodies about accounts.
#include "relay/account_request.h"
#include "relay/http_token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD-_9"

static void tokens_are_read_where_they_may_be(void **state) {
    (void)state;
    char out[LIMIT_KEY_CHARS + 1];
    static const struct {
        const char *authorization, *cookie, *token;
    } cases[] = {
        {"", "", ""},
        {"Bearer " TOKEN, "", TOKEN},
        {"bearer " TOKEN, "", TOKEN},
        {"Bearer  " TOKEN, "", ""},
        {"Bearer " TOKEN "x", "", ""},
        {"Bearer " TOKEN " ", "", ""},
        {"Basic " TOKEN, "tabcast_session=" TOKEN, ""}, // somebody meant to be somebody else
        {"", "tabcast_session=" TOKEN, TOKEN},
        {"", "a=b; tabcast_session=" TOKEN "; c=d", TOKEN},
        {"", "a=b;tabcast_session=" TOKEN, TOKEN},
        {"", ";;; ; tabcast_session=" TOKEN, TOKEN},
        {"", "xtabcast_session=" TOKEN, ""},
        {"", "a=tabcast_session=" TOKEN, ""},
        {"", "tabcast_session=\"" TOKEN "\"", ""},
        {"", "tabcast_session=", ""},
        {"", "tabcast_session=short; tabcast_session=" TOKEN, TOKEN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        http_token_read(out, cases[i].authorization, cases[i].cookie);
        assert_string_equal(out, cases[i].token);
    }
}

static void cookies_are_for_this_site_alone(void **state) {
    (void)state;
    char out[HTTP_SET_COOKIE_BYTES];
    http_token_cookie(out, TOKEN, 60, true);
    assert_string_equal(out, "tabcast_session=" TOKEN
                             "; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    http_token_cookie(out, "", 0, false);
    assert_string_equal(out, "tabcast_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

static const char *fault(enum account_request_kind kind, const char *json) {
    static struct account_request r;
    return account_request_read(&r, kind, json, strlen(json));
}

static void bodies_are_read_strictly(void **state) {
    (void)state;
    struct account_request r;
    static const char full[] = "{\"name\":\"ann\",\"password\":\"p\\u00e9\",\"displayName\":\"A\","
                               "\"invitation\":\"i\",\"role\":\"admin\"}";
    assert_null(account_request_read(&r, ACCOUNT_SIGN_UP, full, sizeof(full) - 1));
    assert_string_equal(r.name, "ann");
    assert_string_equal(r.password, "p\xc3\xa9");
    assert_string_equal(r.display_name, "A");
    assert_string_equal(r.invitation, "i");
    assert_string_equal(fault(ACCOUNT_SIGN_UP, "[]"), "");
    assert_string_equal(fault(ACCOUNT_SIGN_UP, "{\"name\":\"a\",\"name\":\"b\"}"), "");
    assert_string_equal(fault(ACCOUNT_SIGN_UP, "{\"name\":\"a\\u0000b\",\"password\":\"p\"}"), "");
    assert_string_equal(fault(ACCOUNT_SIGN_UP, "{\"password\":\"p\"}"), "name");
    assert_string_equal(fault(ACCOUNT_SIGN_IN, "{\"name\":1,\"password\":\"p\"}"), "name");
    assert_string_equal(fault(ACCOUNT_SIGN_IN, "{\"name\":\"a\"}"), "password");
    assert_string_equal(fault(ACCOUNT_NEW_PASSWORD, "{\"password\":\"p\"}"), "currentPassword");
    assert_string_equal(
        fault(ACCOUNT_SIGN_UP, "{\"name\":\"a\",\"password\":\"p\",\"displayName\":\" \"}"),
        "displayName");
    // A name too long for anybody is no fault when signing in: it is answered as any wrong one.
    static const char long_name[] =
        "{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"password\":\"p\"}";
    assert_null(account_request_read(&r, ACCOUNT_SIGN_IN, long_name, sizeof(long_name) - 1));
    assert_string_equal(r.name, "");
    assert_string_equal(fault(ACCOUNT_SIGN_UP, long_name), "name");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_read_where_they_may_be),
        cmocka_unit_test(cookies_are_for_this_site_alone),
        cmocka_unit_test(bodies_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
