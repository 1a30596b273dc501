// SPDX-License-Identifier: MIT
#include "relay/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char error[256];

static bool arguments(struct options *o, int argc, ...) {
    char *argv[16];
    va_list list;
    va_start(list, argc);
    for (int i = 0; i < argc; i++)
        argv[i] = va_arg(list, char *);
    va_end(list);
    return options_read_arguments(o, argc, argv, error, sizeof(error));
}

static bool config(struct options *o, const char *text) {
    return options_read_config(o, text, strlen(text), error, sizeof(error));
}

static char *environment(const char *name) {
    if (strcmp(name, "TABCAST_MAX_ROOMS") == 0)
        return (char *)"7";
    if (strcmp(name, "TABCAST_TRUST_PROXY") == 0)
        return (char *)"true";
    return NULL;
}

static char *bad_environment(const char *name) {
    return strcmp(name, "TABCAST_MAX_ROOMS") == 0 ? (char *)"many" : NULL;
}

static void defaults_are_fine(void **state) {
    (void)state;
    struct options o;
    options_init(&o);
    assert_true(options_check(&o, error, sizeof(error)));
    assert_string_equal(o.listen, "127.0.0.1:8080");
    assert_string_equal(o.data, "./data");
    assert_int_equal(o.max_rooms, 1000);
}

static void later_ones_win(void **state) {
    (void)state;
    struct options o;
    options_init(&o);
    assert_true(config(
        &o, "# rooms\n\n  max-rooms = 5\r\nmax-members=6\nlisten = 0.0.0.0:80\npublic-url =\n"));
    assert_int_equal(o.max_rooms, 5);
    assert_int_equal(o.max_members, 6);
    assert_string_equal(o.listen, "0.0.0.0:80");
    assert_true(options_read_environment(&o, environment, error, sizeof(error)));
    assert_int_equal(o.max_rooms, 7);
    assert_true(o.trust_proxy);
    assert_true(arguments(&o, 5, "--max-rooms", "8", "--data=/x y", "--trust-proxy=false",
                          "--log-format=json"));
    assert_int_equal(o.max_rooms, 8);
    assert_string_equal(o.data, "/x y");
    assert_false(o.trust_proxy);
    assert_true(arguments(&o, 1, "--trust-proxy"));
    assert_true(o.trust_proxy);
}

static void says_what_is_wrong(void **state) {
    (void)state;
    struct options o;
    char longer[OPTION_TEXT_BYTES + 20];
    options_init(&o);
    assert_false(arguments(&o, 1, "--nothing"));
    assert_non_null(strstr(error, "--nothing"));
    assert_false(arguments(&o, 1, "serve"));
    assert_false(arguments(&o, 1, "--"));
    assert_false(arguments(&o, 1, "--data"));
    assert_false(arguments(&o, 2, "--max-rooms", "0"));
    assert_false(arguments(&o, 2, "--max-rooms", "-1"));
    assert_false(arguments(&o, 2, "--max-rooms", "99999999999999999999"));
    assert_false(arguments(&o, 2, "--max-rooms", "5x"));
    assert_false(arguments(&o, 1, "--trust-proxy=maybe"));
    memset(longer, 'a', sizeof(longer));
    memcpy(longer, "--data=", 7);
    longer[sizeof(longer) - 1] = '\0';
    assert_false(arguments(&o, 1, longer));
    assert_false(config(&o, "max-rooms"));
    assert_false(config(&o, "= 5"));
    assert_false(config(&o, "rooms = 5"));
    assert_false(config(&o, "max-rooms = five"));
    assert_false(options_read_config(&o, "data = a\0b", 10, error, sizeof(error)));
    assert_false(options_read_environment(&o, bad_environment, error, sizeof(error)));
    assert_false(options_read_config_file(&o, "/nonexistent/tabcast.conf", error, sizeof(error)));
    assert_true(options_check(&o, error, sizeof(error))); // nothing wrong was taken over
}

static void checks_the_whole(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "--listen=8080",   "--listen=host:80",      "--listen=127.0.0.1:65536",
        "--tls-cert=a",    "--log-format=xml",      "--log-level=loud",
        "--public-url=me", "--listen=127.0.0.1:8x", "--data="};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct options o;
        options_init(&o);
        assert_true(arguments(&o, 1, wrong[i]));
        assert_false(options_check(&o, error, sizeof(error)));
    }
}

static void listen_addresses(void **state) {
    (void)state;
    char host[OPTION_TEXT_BYTES];
    uint16_t port;
    assert_true(listen_address_read("localhost:0", host, &port));
    assert_string_equal(host, "127.0.0.1");
    assert_int_equal(port, 0);
    assert_true(listen_address_read("[::1]:65535", host, &port));
    assert_string_equal(host, "::1");
    assert_int_equal(port, 65535);
    assert_true(listen_address_read(":80", host, &port));
    assert_string_equal(host, "");
    assert_false(listen_address_read("", host, &port));
    assert_false(listen_address_read("[::1]", host, &port));
    assert_false(listen_address_read("1.2.3.4:", host, &port));
}

static void a_provider_needs_its_client(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_fine;
    } cases[] = {
        {"oidc-issuer = https://id.example/people\noidc-client-id = a\noidc-name = B\n", true},
        {"oidc-issuer = http://127.0.0.1:9000\noidc-client-id = a\n", true},
        {"oidc-issuer = http://id.example\noidc-client-id = a\n", false},
        {"oidc-issuer = id.example\noidc-client-id = a\n", false},
        {"oidc-issuer = https://id.example/?a\noidc-client-id = a\n", false},
        {"oidc-issuer = https://id.example\n", false},
        {"oidc-client-id = a\n", false},
        {"oidc-client-secret-file = /dev/null\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct options o;
        options_init(&o);
        assert_true(config(&o, cases[i].text));
        assert_int_equal(options_check(&o, error, sizeof(error)), cases[i].is_fine);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_fine), cmocka_unit_test(a_provider_needs_its_client),
        cmocka_unit_test(later_ones_win),    cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(checks_the_whole),  cmocka_unit_test(listen_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
