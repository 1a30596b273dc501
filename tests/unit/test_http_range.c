// SPDX-License-Identifier: MIT
// Range, conditional headers and dates against the examples and rules of RFC 9110.
#include "relay/http_date.h"
#include "relay/http_range.h"
#include "relay/time_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MTIME_S 784111777 // Sun, 06 Nov 1994 08:49:37 GMT
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define ETAG "\"abc\""

static struct http_range_answer ask_of(struct http_range_request q, uint64_t size) {
    const struct http_range_file file = {.size = size, .etag = ETAG, .mtime_s = MTIME_S};
    struct http_range_answer a;
    http_range_evaluate(&a, &q, &file);
    return a;
}

static struct http_range_answer ask(struct http_range_request q) {
    q.is_get = 1;
    return ask_of(q, 10000);
}

static void assert_part(const char *range, uint64_t first, uint64_t len) {
    const struct http_range_answer a = ask((struct http_range_request){.range = range});
    assert_int_equal(a.status, 206);
    assert_int_equal(a.first, first);
    assert_int_equal(a.len, len);
}

static void single_ranges_of_rfc_9110_14_1_2(void **state) {
    (void)state;
    assert_part("bytes=0-499", 0, 500);
    assert_part("bytes=500-999", 500, 500);
    assert_part("bytes=-500", 9500, 500);
    assert_part("bytes=9500-", 9500, 500);
    assert_part("bytes=0-0", 0, 1);
    assert_part("bytes=-1", 9999, 1);
    assert_part("bytes=9999-", 9999, 1);
    assert_part("bytes=9000-99999999999999999999999999", 9000, 1000);
    assert_part("bytes=-99999999999999999999999999", 0, 10000);
    assert_part("BYTES=1-2", 1, 2);
    assert_part("bytes= 1-2 ", 1, 2);
}

static void unreadable_ranges_are_ignored(void **state) {
    (void)state;
    static const char *const ranges[] = {
        "",           "bytes",         "bytes=",      "bytes=-",     "bytes=a-b", "bytes=1",
        "bytes=2-1",  "bytes=1-2x",    "items=0-5",   "bytes=--5",   "bytes=-5-", "bytes=0x1-2",
        "bytes=1 -2", "bytes=0-1,5-6", "bytes=0-,-1", "bytes 0-499", "bytes=+1-2"};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const struct http_range_answer a = ask((struct http_range_request){.range = ranges[i]});
        assert_int_equal(a.status, 200);
        assert_int_equal(a.first, 0);
        assert_int_equal(a.len, 10000);
    }
}

static void ranges_beyond_the_end_are_416(void **state) {
    (void)state;
    static const char *const ranges[] = {"bytes=10000-", "bytes=10000-10001", "bytes=-0",
                                         "bytes=99999999999999999999999-"};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        assert_int_equal(ask((struct http_range_request){.range = ranges[i]}).status, 416);
    assert_int_equal(
        ask_of((struct http_range_request){.is_get = 1, .range = "bytes=0-"}, 0).status, 416);
    assert_int_equal(
        ask_of((struct http_range_request){.is_get = 1, .range = "bytes=-5"}, 0).status, 200);
}

static void head_ignores_range_and_tells_the_whole_length(void **state) {
    (void)state;
    const struct http_range_answer a =
        ask_of((struct http_range_request){.is_get = 0, .range = "bytes=0-1"}, 10000);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.len, 10000);
    assert_int_equal(
        ask_of((struct http_range_request){.is_get = 0, .if_none_match = ETAG}, 10000).status, 304);
}

static int status_if_range(const char *if_range) {
    return ask((struct http_range_request){.range = "bytes=0-1", .if_range = if_range}).status;
}

static void if_range_wants_the_strong_tag_or_the_exact_date(void **state) {
    (void)state;
    assert_int_equal(status_if_range(ETAG), 206);
    assert_int_equal(status_if_range(DATE), 206);
    assert_int_equal(status_if_range("\"other\""), 200);
    assert_int_equal(status_if_range("W/\"abc\""), 200);
    assert_int_equal(status_if_range("\"abc\", \"abc\""), 200);
    assert_int_equal(status_if_range("\"abc"), 200);
    assert_int_equal(status_if_range("Sun, 06 Nov 1994 08:49:38 GMT"), 200);
    assert_int_equal(status_if_range("nonsense"), 200);
}

static int status_none_match(const char *value, const char *since) {
    return ask((struct http_range_request){.if_none_match = value, .if_modified_since = since})
        .status;
}

static void if_none_match_compares_weakly_and_wins_over_dates(void **state) {
    (void)state;
    assert_int_equal(status_none_match(ETAG, NULL), 304);
    assert_int_equal(status_none_match("W/\"abc\"", NULL), 304);
    assert_int_equal(status_none_match("*", NULL), 304);
    assert_int_equal(status_none_match("\"x\", \"a,b\" ,, \"abc\"", NULL), 304);
    assert_int_equal(status_none_match("\"x\"", DATE), 200);
    assert_int_equal(status_none_match("\"x\" \"abc\"", NULL), 200);
    assert_int_equal(status_none_match("abc", NULL), 200);
    assert_int_equal(status_none_match("", NULL), 200);
}

static void dates_decide_where_there_is_no_tag(void **state) {
    (void)state;
    assert_int_equal(status_none_match(NULL, DATE), 304);
    assert_int_equal(status_none_match(NULL, "Sun, 06 Nov 1994 08:49:36 GMT"), 200);
    assert_int_equal(status_none_match(NULL, "Mon, 07 Nov 1994 08:49:36 GMT"), 304);
    assert_int_equal(status_none_match(NULL, "yesterday"), 200);
    assert_int_equal(
        ask((struct http_range_request){.if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT"})
            .status,
        412);
    assert_int_equal(ask((struct http_range_request){.if_unmodified_since = DATE}).status, 200);
}

static void if_match_compares_strongly_and_comes_first(void **state) {
    (void)state;
    assert_int_equal(ask((struct http_range_request){.if_match = ETAG}).status, 200);
    assert_int_equal(ask((struct http_range_request){.if_match = "*"}).status, 200);
    assert_int_equal(ask((struct http_range_request){.if_match = "W/\"abc\""}).status, 412);
    assert_int_equal(
        ask((struct http_range_request){.if_match = "\"x\"", .if_none_match = ETAG}).status, 412);
    assert_int_equal(
        ask((struct http_range_request){.if_match = ETAG, .range = "bytes=0-1"}).status, 206);
}

static void content_range_says_what_was_sent(void **state) {
    (void)state;
    const struct http_range_file file = {.size = UINT64_MAX, .etag = ETAG};
    char text[HTTP_CONTENT_RANGE_LEN];
    struct http_range_answer a = {.status = 206, .first = 500, .len = 500};
    const int len = http_range_content_range(text, &a, &file);
    assert_int_equal(len, strlen(text));
    assert_string_equal(text, "bytes 500-999/18446744073709551615");
    a.status = 416;
    http_range_content_range(text, &a, &file);
    assert_string_equal(text, "bytes */18446744073709551615");
    a.status = 200;
    assert_int_equal(http_range_content_range(text, &a, &file), 0);
}

static void dates_are_read_in_three_forms(void **state) {
    (void)state;
    assert_int_equal(http_date_read(DATE), MTIME_S);
    assert_int_equal(http_date_read("Sunday, 06-Nov-94 08:49:37 GMT"), MTIME_S);
    assert_int_equal(http_date_read("Sun Nov  6 08:49:37 1994"), MTIME_S);
    assert_int_equal(http_date_read("Thu, 29 Feb 2024 00:00:00 GMT"), 1709164800);
    assert_int_equal(http_date_read("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    static const char *const bad[] = {"",
                                      "Sun",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "Sun, 06 Nov 1994 08:49:37 GMT ",
                                      "Sun, 31 Nov 1994 08:49:37 GMT",
                                      "Thu, 29 Feb 2023 00:00:00 GMT",
                                      "Sun, 00 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1969 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(http_date_read(bad[i]), -1);
}

static void dates_of_last_modified_are_read_back(void **state) {
    (void)state;
    char text[TIME_HTTP_LEN + 1];
    // A prime step walks through months, leap years and weekdays.
    for (int64_t s = 0; s < 253402300800LL; s += 86461LL * 397) {
        time_http_write(text, s * 1000000);
        assert_int_equal(http_date_read(text), s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_ranges_of_rfc_9110_14_1_2),
        cmocka_unit_test(unreadable_ranges_are_ignored),
        cmocka_unit_test(ranges_beyond_the_end_are_416),
        cmocka_unit_test(head_ignores_range_and_tells_the_whole_length),
        cmocka_unit_test(if_range_wants_the_strong_tag_or_the_exact_date),
        cmocka_unit_test(if_none_match_compares_weakly_and_wins_over_dates),
        cmocka_unit_test(dates_decide_where_there_is_no_tag),
        cmocka_unit_test(if_match_compares_strongly_and_comes_first),
        cmocka_unit_test(content_range_says_what_was_sent),
        cmocka_unit_test(dates_are_read_in_three_forms),
        cmocka_unit_test(dates_of_last_modified_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
