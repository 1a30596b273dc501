// SPDX-License-Identifier: MIT
// Header rules, request framing, dates.
#include "relay/http.h"
#include "relay/net_http.h"
#include "relay/time_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void accept_encoding(void **state) {
    (void)state;
    assert_true(http_accepts("gzip, deflate, br", "br"));
    assert_true(http_accepts("BR", "br"));
    assert_true(http_accepts("gzip;q=0.5 , br;q=0.001", "br"));
    assert_true(http_accepts("gzip; q=1.0", "gzip"));
    assert_false(http_accepts("br;q=0", "br"));
    assert_false(http_accepts("br;q=0.000", "br"));
    assert_false(http_accepts("brotli, xbr", "br"));
    assert_false(http_accepts("", "br"));
    assert_false(http_accepts(",,,", "gzip"));
    assert_false(http_accepts("gzip;level=9", "gzip"));
}

static void if_none_match(void **state) {
    (void)state;
    assert_true(http_etag_matches("\"a\"", "\"a\""));
    assert_true(http_etag_matches("W/\"a\"", "\"a\""));
    assert_true(http_etag_matches("\"x\", \"a\"", "\"a\""));
    assert_true(http_etag_matches("*", "\"a\""));
    assert_false(http_etag_matches("\"ab\"", "\"a\""));
    assert_false(http_etag_matches("a", "\"a\""));
    assert_false(http_etag_matches("", "\"a\""));
    assert_false(http_etag_matches("*", ""));
}

static void origins(void **state) {
    (void)state;
    assert_true(http_origin_is_ours("", "h:1", ""));
    assert_true(http_origin_is_ours("http://h:1", "h:1", ""));
    assert_true(http_origin_is_ours("https://H:1", "h:1", ""));
    assert_false(http_origin_is_ours("http://h:2", "h:1", ""));
    assert_false(http_origin_is_ours("http://h:1.evil.example", "h:1", ""));
    assert_false(http_origin_is_ours("null", "null", ""));
    assert_false(http_origin_is_ours("file://h:1", "h:1", ""));
    assert_false(http_origin_is_ours("http://", "", ""));
    assert_true(
        http_origin_is_ours("https://show.example", "10.0.0.1:8080", "https://show.example/"));
    assert_false(
        http_origin_is_ours("http://show.example", "10.0.0.1:8080", "https://show.example"));
    assert_false(
        http_origin_is_ours("https://show.example.evil", "10.0.0.1:8080", "https://show.example"));
}

static void hosts(void **state) {
    (void)state;
    assert_true(http_host_is_sane("localhost:8080"));
    assert_true(http_host_is_sane("[::1]:80"));
    assert_false(http_host_is_sane(""));
    assert_false(http_host_is_sane("a, b")); // two headers
    assert_false(http_host_is_sane("a; script-src *"));
    assert_false(http_host_is_sane("a/b"));
}

static void queries(void **state) {
    (void)state;
    char out[16];
    assert_true(http_query_find("state=live&limit=5", "limit", out, sizeof(out)));
    assert_string_equal(out, "5");
    assert_true(http_query_find("a=%41%2b+b", "a", out, sizeof(out)));
    assert_string_equal(out, "A+ b");
    assert_true(http_query_find("a=", "a", out, sizeof(out)) == false || out[0] == '\0');
    assert_false(http_query_find("xa=1", "a", out, sizeof(out)));
    assert_false(http_query_find("a=%4", "a", out, sizeof(out)));
    assert_false(http_query_find("a=%00", "a", out, sizeof(out)));
    assert_false(http_query_find("a=%zz", "a", out, sizeof(out)));
    assert_false(http_query_find("a=0123456789abcdef", "a", out, sizeof(out)));
    assert_false(http_query_find("", "a", out, sizeof(out)));
}

static void queries_are_put_together_again(void **state) {
    (void)state;
    char query[24] = "", out[16];
    assert_true(net_http_query_add(query, sizeof(query), "a=1&2"));
    assert_true(net_http_query_add(query, sizeof(query), "b=50% +"));
    assert_string_equal(query, "a=1%262&b=50%25%20%2B");
    assert_true(http_query_find(query, "a", out, sizeof(out)));
    assert_string_equal(out, "1&2");
    assert_true(http_query_find(query, "b", out, sizeof(out)));
    assert_string_equal(out, "50% +");
    assert_false(net_http_query_add(query, sizeof(query), "longer"));
}

static struct net_http_plan plan_of(enum http_method method, const char *path,
                                    struct net_http_framing framing, const char *host) {
    struct http_request request = {.method = method};
    struct net_http_plan plan;
    strcpy(request.path, path);
    strcpy(request.host, host);
    net_http_plan(&plan, &request, &framing, 0);
    return plan;
}

static void framing_that_could_smuggle_is_refused(void **state) {
    (void)state;
    const struct net_http_framing good = {.version = "HTTP/1.1"};
    struct net_http_framing f = good;
    assert_int_equal(plan_of(HTTP_GET, "/", f, "h").status, 0);
    assert_false(plan_of(HTTP_GET, "/", f, "h").closes);
    assert_int_equal(plan_of(HTTP_GET, "/", f, "").status, 400);
    assert_int_equal(plan_of(HTTP_GET, "/", f, "h,h").status, 400);
    strcpy(f.version, "HTTP/2.7");
    assert_int_equal(plan_of(HTTP_GET, "/", f, "h").status, 400);
    strcpy(f.version, "HTTP/1.0");
    assert_int_equal(plan_of(HTTP_GET, "/", f, "").status, 0);
    assert_true(plan_of(HTTP_GET, "/", f, "").closes);
    strcpy(f.connection, "keep-alive");
    assert_false(plan_of(HTTP_GET, "/", f, "").closes);

    f = good;
    f.has_transfer_encoding = true;
    assert_int_equal(plan_of(HTTP_POST, "/api/v1/shows", f, "h").status, 400);
    f = good;
    assert_int_equal(plan_of(HTTP_POST, "/api/v1/shows", f, "h").status, 411);
    static const char *const lengths[] = {"-1", "0x10", "5, 5", "+5", "1e3", "99999999999999"};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        strcpy(f.content_length, lengths[i]);
        assert_int_equal(plan_of(HTTP_POST, "/api/v1/shows", f, "h").status, 400);
        assert_int_equal(plan_of(HTTP_GET, "/", f, "h").status, 400);
        assert_true(plan_of(HTTP_GET, "/", f, "h").closes);
    }
    strcpy(f.content_length, "65537");
    assert_int_equal(plan_of(HTTP_POST, "/api/v1/shows", f, "h").status, 413);
    strcpy(f.content_length, "65536");
    assert_int_equal(plan_of(HTTP_POST, "/api/v1/shows", f, "h").body_len, 65536);
    const struct net_http_plan unread = plan_of(HTTP_POST, "/", f, "h"); // nobody reads it there
    assert_int_equal(unread.status, 0);
    assert_int_equal(unread.body_len, 0);
    assert_true(unread.closes);
    f = good;
    strcpy(f.connection, "Upgrade, Close");
    assert_true(plan_of(HTTP_GET, "/", f, "h").closes);
}

static void forwarded_addresses(void **state) {
    (void)state;
    char out[46];
    net_http_last_address("198.51.100.1, 203.0.113.7", out);
    assert_string_equal(out, "203.0.113.7");
    net_http_last_address("2001:db8::1", out);
    assert_string_equal(out, "2001:db8::1");
    net_http_last_address("unknown", out);
    assert_string_equal(out, "");
    net_http_last_address("1.2.3.4, ", out);
    assert_string_equal(out, "");
}

static void heads(void **state) {
    (void)state;
    char out[HTTP_HEAD_BYTES + 1];
    struct http_response r;
    http_response_init(&r);
    r.status = 206;
    r.content_type = "video/webm";
    r.body_len = 100;
    strcpy(r.content_range, "bytes 0-99/1000");
    strcpy(r.etag, "\"e\"");
    r.has_ranges = true;
    r.last_modified_s = 784111777;
    size_t len = http_head_write(out, HTTP_HEAD_BYTES, &r, 784111777000000);
    out[len] = '\0';
    assert_memory_equal(
        out, "HTTP/1.1 206 Partial Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 67);
    assert_non_null(strstr(out, "\r\nContent-Range: bytes 0-99/1000\r\n"));
    assert_non_null(strstr(out, "\r\nContent-Length: 100\r\n"));
    assert_non_null(strstr(out, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(out, "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    assert_string_equal(out + len - 4, "\r\n\r\n");
    r.policy = HTTP_POLICY_PAGE;
    r.page_host = "show.example:8443";
    r.is_https = true;
    len = http_head_write(out, HTTP_HEAD_BYTES, &r, 0);
    out[len] = '\0';
    assert_non_null(
        strstr(out, "connect-src 'self' ws://show.example:8443 wss://show.example:8443;"));
    assert_non_null(strstr(out, "Cross-Origin-Opener-Policy: same-origin\r\n"));
    assert_non_null(strstr(out, "Cross-Origin-Embedder-Policy: require-corp\r\n"));
    assert_non_null(strstr(out, "Strict-Transport-Security"));
    for (size_t cap = 0; cap < len; cap += 7)
        assert_int_equal(http_head_write(out, cap, &r, 0), 0);
}

static void times(void **state) {
    (void)state;
    char out[TIME_HTTP_LEN + 1];
    time_text_write(out, 0);
    assert_string_equal(out, "1970-01-01T00:00:00.000Z");
    time_text_write(out, 951782399999000); // the last millisecond of 28 February 2000
    assert_string_equal(out, "2000-02-28T23:59:59.999Z");
    time_text_write(out, 951782400000000);
    assert_string_equal(out, "2000-02-29T00:00:00.000Z");
    time_text_write(out, -5);
    assert_string_equal(out, "1970-01-01T00:00:00.000Z");
    for (int64_t t = 0; t < 4102444800000000;
         t += 86399999000) { // a day and a bit, to the year 2100
        time_text_write(out, t);
        assert_int_equal(time_text_read(out), t);
    }
    assert_int_equal(time_text_read("2026-01-31T12:00:00Z"), 1769860800000000);
    static const char *const wrong[] = {"",
                                        "2026-02-30T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-01-01 00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T00:00:00",
                                        "1969-12-31T00:00:00Z",
                                        "2026-01-01T00:00:00.1Z",
                                        "2026-00-10T00:00:00Z",
                                        "2026-01-00T00:00:00Z"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(time_text_read(wrong[i]), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_encoding),
        cmocka_unit_test(if_none_match),
        cmocka_unit_test(origins),
        cmocka_unit_test(hosts),
        cmocka_unit_test(queries),
        cmocka_unit_test(queries_are_put_together_again),
        cmocka_unit_test(framing_that_could_smuggle_is_refused),
        cmocka_unit_test(forwarded_addresses),
        cmocka_unit_test(heads),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
