// SPDX-License-Identifier: MIT
// Request heads in every cut: what is fine goes on whole, what is not stops before its request.
#include "relay/head_check.h"
#include "relay/relay_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST "Host: a.example\r\n"

struct outcome {
    size_t taken;
    enum head_fault fault;
    bool has_left, is_blind;
    unsigned count;
};

static struct outcome walk(const char *text, size_t len, size_t piece) {
    struct head_check h;
    struct outcome o = {0};
    head_check_init(&h);
    while (o.taken < len && o.fault == HEAD_FINE && !head_check_has_left(&h)) {
        const size_t here = piece < len - o.taken ? piece : len - o.taken;
        const size_t n = head_check_take(&h, (const uint8_t *)text + o.taken, here, &o.fault);
        assert_true(n <= here && (n == here || o.fault || head_check_has_left(&h)));
        o.taken += n;
    }
    o.has_left = head_check_has_left(&h);
    o.is_blind = head_check_is_blind(&h);
    o.count = h.count;
    return o;
}

// The same in all cuts; returns what one piece gave.
static struct outcome look(const char *text) {
    const size_t len = strlen(text);
    const struct outcome whole = walk(text, len, len);
    for (size_t piece = 1; piece < len; piece++) {
        const struct outcome cut = walk(text, len, piece);
        assert_int_equal(cut.fault, whole.fault);
        assert_int_equal(cut.has_left, whole.has_left);
        assert_int_equal(cut.count, whole.count);
        assert_true(cut.fault ? cut.taken >= whole.taken : cut.taken == whole.taken);
    }
    return whole;
}

static void takes_requests(void **state) {
    (void)state;
    static const char *const fine[] = {
        "GET / HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhOST:a\r\nX-Empty:\r\nX:  \t spaced \t\r\n\r\n",
        "GET /a?b=%20&c HTTP/1.1\r\n" HOST "Hosting: b\r\nHos: c\r\n\r\n",
        "POST /x HTTP/1.1\r\n" HOST "Content-Length:  3 \r\n\r\nabc",
        "POST /x HTTP/1.1\r\n" HOST "Content-Length: 003\r\n\r\nabc",
        "GET / HTTP/1.1\r\n" HOST "X: \xc3\xa4\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        const struct outcome o = look(fine[i]);
        assert_int_equal(o.fault, HEAD_FINE);
        assert_int_equal(o.taken, strlen(fine[i]));
        assert_int_equal(o.count, 1);
        assert_false(o.has_left || o.is_blind);
    }
}

static void refuses_what_can_be_read_in_two_ways(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum head_fault fault;
    } bad[] = {
        {"\r\n", HEAD_REQUEST_LINE},
        {"\n", HEAD_LINE_END},
        {"GET / HTTP/1.1\n", HEAD_LINE_END},
        {"GET / HTTP/1.1\r\r", HEAD_LINE_END},
        {"GET\n", HEAD_LINE_END},
        {"GET /\n", HEAD_LINE_END},
        {"GET /\r\n", HEAD_REQUEST_LINE},
        {"GET  / HTTP/1.1\r\n", HEAD_REQUEST_LINE},
        {"GET / HTTP/1.1 \r\n", HEAD_REQUEST_LINE},
        {"GET / HTTP/1.2\r\n", HEAD_REQUEST_LINE},
        {"GET / HTTP/2.0\r\n", HEAD_REQUEST_LINE},
        {"GET /\x80 HTTP/1.1\r\n", HEAD_REQUEST_LINE},
        {"G(T / HTTP/1.1\r\n", HEAD_REQUEST_LINE},
        {"GET / HTTP/1.1\r\nHost\r\n", HEAD_FIELD},
        {"GET / HTTP/1.1\r\nHost : a\r\n", HEAD_FIELD},
        {"GET / HTTP/1.1\r\n: a\r\n", HEAD_FIELD},
        {"GET / HTTP/1.1\r\nX: a\x01\r\n", HEAD_FIELD},
        {"GET / HTTP/1.1\r\nX: a\x7f\r\n", HEAD_FIELD},
        {"GET / HTTP/1.1\r\nX: a\n", HEAD_LINE_END},
        {"GET / HTTP/1.1\r\nX: a\rb\r\n", HEAD_LINE_END},
        {"GET / HTTP/1.1\r\n" HOST "\n", HEAD_LINE_END},
        {"GET / HTTP/1.1\r\n" HOST "\rx", HEAD_LINE_END},
        {"GET / HTTP/1.1\r\nX: a\r\n b\r\n", HEAD_FOLDED},
        {"GET / HTTP/1.1\r\n\tb\r\n", HEAD_FOLDED},
        {"GET / HTTP/1.1\r\n\r\n", HEAD_HOST},
        {"GET / HTTP/1.1\r\n" HOST HOST, HEAD_HOST},
        {"GET / HTTP/1.0\r\n" HOST HOST, HEAD_HOST},
        {"POST / HTTP/1.1\r\nContent-Length: \r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\nContent-Length: -1\r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\nContent-Length: 1,1\r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\nContent-Length: 1 1\r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\nContent-Length: 1\n", HEAD_LINE_END},
        {"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 1\r\n", HEAD_LENGTH},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         HEAD_FRAMING},
        {"POST / HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         HEAD_FRAMING},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HEAD_FRAMING},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct outcome o = look(bad[i].text);
        assert_int_equal(o.fault, bad[i].fault);
        assert_int_equal(o.taken, 0);
        assert_true(head_fault_status(o.fault) == 400 && head_fault_sentence(o.fault)[0] &&
                    head_fault_label(o.fault)[0]);
    }
}

static void stops_before_the_bad_request(void **state) {
    (void)state;
    static const char good[] =
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 16\r\n\r\nGET / HTTP/1.1\n\n"
        "GET / HTTP/1.1\r\n" HOST "\r\n";
    char text[sizeof(good) + 32];
    strcpy(text, good);
    strcat(text, "GET / HTTP/1.1\nHost: a\n\n");
    const struct outcome o = look(text);
    assert_int_equal(o.fault, HEAD_LINE_END);
    assert_int_equal(o.taken, strlen(good));
    assert_int_equal(o.count, 2);
}

static void lets_go_where_http_ends(void **state) {
    (void)state;
    static const char upgrade[] = "GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\n\r\n";
    char text[sizeof(upgrade) + 8];
    strcpy(text, upgrade);
    strcat(text, "\x81\x80");
    struct outcome o = look(text);
    assert_true(o.has_left);
    assert_int_equal(o.taken, strlen(upgrade));
    o = look("PUT /x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\n\r\nanything");
    assert_true(o.is_blind && o.fault == HEAD_FINE);
    o = look("PUT /ingest/key HTTP/1.1\r\n" HOST "\r\n\x1a\x45\xdf\xa3");
    assert_true(o.is_blind && o.fault == HEAD_FINE);
    o = look("PUT /ingest/key HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n\x1a");
    assert_false(o.is_blind || o.fault != HEAD_FINE);
    o = look("PUT /ingest HTTP/1.1\r\n" HOST "\r\n\x1a");
    assert_int_equal(o.fault, HEAD_REQUEST_LINE);
    o = look("PUT /x/ingest/key HTTP/1.1\r\n" HOST "\r\n\x1a");
    assert_int_equal(o.fault, HEAD_REQUEST_LINE);
}

static void hands_out_one_request_at_a_time(void **state) {
    static const char text[] = "POST /a HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody"
                               "GET /b HTTP/1.1\r\n" HOST "\r\n"
                               "GET /c HTTP/1.1\n";
    const uint8_t *const bytes = (const uint8_t *)text;
    const size_t len = sizeof(text) - 1;
    const size_t ends[] = {(size_t)(strstr(text, "GET /b") - text),
                           (size_t)(strstr(text, "GET /c") - text)};
    struct head_check h;
    enum head_fault fault;
    (void)state;
    head_check_init(&h);
    assert_false(head_check_is_between(&h));
    assert_int_equal(head_check_take_one(&h, bytes, 10, &fault), 10);
    assert_false(head_check_is_between(&h));
    assert_int_equal(head_check_take_one(&h, bytes + 10, len - 10, &fault), ends[0] - 10);
    assert_true(head_check_is_between(&h));
    assert_int_equal(head_check_take_one(&h, bytes + ends[0], len - ends[0], &fault),
                     ends[1] - ends[0]);
    assert_int_equal(fault, HEAD_FINE);
    assert_int_equal(h.count, 2);
    assert_int_equal(head_check_take_one(&h, bytes + ends[1], len - ends[1], &fault), 0);
    assert_int_equal(fault, HEAD_LINE_END);
}

static void bounds_the_head(void **state) {
    (void)state;
    static char text[LIMIT_HTTP_HEAD_BYTES + 100] = "GET / HTTP/1.1\r\nX: ";
    memset(text + strlen(text), 'y', sizeof(text) - 1 - strlen(text));
    const struct outcome o = walk(text, strlen(text), 1000);
    assert_int_equal(o.fault, HEAD_TOO_LONG);
    assert_int_equal(head_fault_status(o.fault), 431);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_requests),
        cmocka_unit_test(refuses_what_can_be_read_in_two_ways),
        cmocka_unit_test(stops_before_the_bad_request),
        cmocka_unit_test(lets_go_where_http_ends),
        cmocka_unit_test(hands_out_one_request_at_a_time),
        cmocka_unit_test(bounds_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
