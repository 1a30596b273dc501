// SPDX-License-Identifier: MIT
// The parts of Web Push that need no network: base64url, which addresses are public, endpoints,
// keys and their file. What is encrypted is decrypted by tests/contract/webpush.test.mjs.
#include "relay/base64url.h"
#include "relay/public_address.h"
#include "relay/webpush.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void base64url_goes_there_and_back(void **state) {
    (void)state;
    // RFC 4648 10, without padding.
    static const char *const texts[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},      {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"\xfb\xff", "-_8"}};
    char text[16];
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const size_t len = strlen(texts[i][0]);
        assert_int_equal(base64url_write(text, (const uint8_t *)texts[i][0], len),
                         strlen(texts[i][1]));
        assert_string_equal(text, texts[i][1]);
        assert_true(base64url_read(bytes, len, texts[i][1]));
        assert_memory_equal(bytes, texts[i][0], len);
    }
    assert_true(base64url_read(bytes, 2, "Zm8="));
    assert_false(base64url_read(bytes, 2, "Zm9")); // bits behind the last byte
    assert_false(base64url_read(bytes, 2, "Zm8=x"));
    assert_false(base64url_read(bytes, 2, "Zm"));
    assert_false(base64url_read(bytes, 2, "Zm8v"));
    assert_false(base64url_read(bytes, 2, "Z+8"));
    assert_false(base64url_read(bytes, 2, "Z 8"));
}

static void private_addresses_are_known(void **state) {
    (void)state;
    static const char *const private_v4[] = {
        "0.0.0.0",     "10.1.2.3",   "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "169.254.1.1", "172.16.0.1", "172.31.0.1", "192.0.0.8",       "192.0.2.1",
        "192.168.0.1", "198.18.0.1", "198.19.0.1", "198.51.100.1",    "203.0.113.9",
        "224.0.0.1",   "239.9.9.9",  "240.0.0.1",  "255.255.255.255", "192.88.99.1"};
    static const char *const public_v4[] = {"1.1.1.1",     "9.9.9.9",    "100.63.0.1",
                                            "100.128.0.1", "172.15.0.1", "172.32.0.1",
                                            "192.167.0.1", "198.17.0.1", "223.255.255.1"};
    static const char *const private_v6[] = {"::",
                                             "::1",
                                             "fe80::1",
                                             "fc00::1",
                                             "fd12::1",
                                             "ff02::1",
                                             "2001::1",
                                             "2001:db8::1",
                                             "2002:7f00:1::",
                                             "::127.0.0.1",
                                             "64:ff9b::a00:1",
                                             "::ffff:10.0.0.1",
                                             "::ffff:127.0.0.1",
                                             "3fff::1"};
    static const char *const public_v6[] = {"2606:4700::1111", "2a00:1450::1", "2001:4860::8888",
                                            "::ffff:9.9.9.9"};
    uint8_t a[16];
#define ALL(list, family, check, wanted)                                                           \
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {                                  \
        assert_int_equal(inet_pton(family, list[i], a), 1);                                        \
        if (check(a) != wanted)                                                                    \
            fail_msg("%s", list[i]);                                                               \
    }
    ALL(private_v4, AF_INET, public_address_v4, false)
    ALL(public_v4, AF_INET, public_address_v4, true)
    ALL(private_v6, AF_INET6, public_address_v6, false)
    ALL(public_v6, AF_INET6, public_address_v6, true)
#undef ALL
}

static void endpoints_have_an_origin(void **state) {
    (void)state;
    char origin[256];
    assert_true(webpush_endpoint_read(origin, "https://push.example:444/a?b=c", false));
    assert_string_equal(origin, "https://push.example:444");
    assert_true(webpush_endpoint_read(origin, "https://[2001:db8::1]/x", false));
    assert_false(webpush_endpoint_read(origin, "http://push.example/a", false));
    assert_true(webpush_endpoint_read(origin, "http://push.example/a", true));
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///a",
                                      "https://a.example",
                                      "https://u@a.example/",
                                      "https://a.example/\n",
                                      "https://a.example/ b",
                                      "https://a.example/\"",
                                      "https://a.example/\xc3\xa9",
                                      "file:///etc/passwd"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(webpush_endpoint_read(origin, bad[i], true));
}

static void the_key_is_made_once(void **state) {
    (void)state;
    char dir[] = "/tmp/tabcast-webpush-XXXXXX", path[64];
    struct webpush_key made, read;
    struct stat info;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/key", dir);
    assert_true(webpush_key_load(&made, path));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(webpush_point_is_valid(made.point));
    assert_true(webpush_key_load(&read, path));
    assert_memory_equal(&made, &read, sizeof(made));
    // What is no key stops the start rather than making browsers strangers.
    FILE *const f = fopen(path, "w");
    fputs("AAAA\n", f);
    fclose(f);
    assert_false(webpush_key_load(&read, path));
    unlink(path);
    rmdir(dir);
    made.point[40] ^= 1;
    assert_false(webpush_point_is_valid(made.point));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_goes_there_and_back),
        cmocka_unit_test(private_addresses_are_known),
        cmocka_unit_test(endpoints_have_an_origin),
        cmocka_unit_test(the_key_is_made_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
