// SPDX-License-Identifier: MIT
// Bodies of /ingest without their framing: known length, chunks in pieces of any size, until the
// connection closes; and heads whose body could be read in two ways.
#include "made_media.h"
#include "relay/ingest_limits.h"
#include "relay/ingest_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEY "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123-_X"

// All of `text` in pieces; the media that came out, and how many bytes were consumed.
static int unframe(struct ingest_body *b, const char *text, size_t len, size_t piece,
                   struct made_bytes *out, size_t *used) {
    int status = INGEST_BODY_OK;
    *used = 0;
    while (*used < len && status == INGEST_BODY_OK) {
        const size_t here = piece < len - *used ? piece : len - *used;
        const uint8_t *media;
        size_t consumed, media_len;
        status =
            ingest_body_next(b, (const uint8_t *)text + *used, here, &consumed, &media, &media_len);
        assert_true(consumed <= here && (consumed || status != INGEST_BODY_OK));
        if (media_len)
            made_bytes_add(out, media, media_len);
        *used += consumed;
    }
    return status;
}

static void check(enum ingest_framing framing, uint64_t body_len, const char *text,
                  const char *media, int status, size_t rest) {
    for (size_t piece = 1; piece < 40; piece++) {
        struct ingest_body b;
        struct made_bytes out = {0};
        size_t used;
        ingest_body_init(&b, framing, body_len);
        int got = unframe(&b, text, strlen(text), piece, &out, &used);
        if (got == INGEST_BODY_OK && status == INGEST_BODY_DONE) { // said with the next call
            const uint8_t *none;
            size_t consumed, none_len;
            got = ingest_body_next(&b, (const uint8_t *)"", 0, &consumed, &none, &none_len);
        }
        assert_int_equal(got, status);
        assert_int_equal(out.len, strlen(media));
        assert_memory_equal(out.len ? (const char *)out.bytes : "", media, out.len);
        if (status == INGEST_BODY_DONE)
            assert_int_equal(strlen(text) - used, rest);
        made_bytes_free(&out);
    }
}

static void takes_chunks(void **state) {
    (void)state;
    check(INGEST_BY_CHUNKS, 0, "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\nGET /",
          "abc0123456789", INGEST_BODY_DONE, 5);
    check(INGEST_BY_CHUNKS, 0, "0\r\nTrailer: x\r\nMore: y\r\n\r\n", "", INGEST_BODY_DONE, 0);
    check(INGEST_BY_CHUNKS, 0, "3\r\nab", "ab", INGEST_BODY_OK, 0);
    check(INGEST_BY_CHUNKS, 0, "0003 \r\nabc\r\n", "abc", INGEST_BODY_OK, 0);
}

static void refuses_what_is_no_chunk(void **state) {
    (void)state;
    check(INGEST_BY_CHUNKS, 0, "x\r\n", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "\r\n", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "-3\r\nabc", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "3\nabc", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "3\r\nabcd\r\n", "abc", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "3\r\nabc\n", "abc", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "ffffffffffffffffff\r\n", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "0\r\n\n", "", INGEST_BODY_BAD, 0);
    check(INGEST_BY_CHUNKS, 0, "0\r\nx: y\n\r\n", "", INGEST_BODY_BAD, 0);
}

static void bounds_lines(void **state) {
    (void)state;
    static char text[LIMIT_INGEST_TRAILER_BYTES + 64];
    struct made_bytes out = {0};
    struct ingest_body b;
    size_t used;
    memset(text, ' ', sizeof(text));
    text[0] = '3';
    ingest_body_init(&b, INGEST_BY_CHUNKS, 0);
    assert_int_equal(unframe(&b, text, sizeof(text), 100, &out, &used), INGEST_BODY_BAD);
    memcpy(text, "0\r\n", 3);
    ingest_body_init(&b, INGEST_BY_CHUNKS, 0);
    assert_int_equal(unframe(&b, text, sizeof(text), 100, &out, &used), INGEST_BODY_BAD);
    assert_int_equal(out.len, 0);
}

static void takes_lengths_and_the_end(void **state) {
    (void)state;
    check(INGEST_BY_LENGTH, 5, "hello", "hello", INGEST_BODY_DONE, 0);
    check(INGEST_BY_LENGTH, 5, "helloGET", "hello", INGEST_BODY_DONE, 3);
    check(INGEST_BY_LENGTH, 9, "hello", "hello", INGEST_BODY_OK, 0);
    check(INGEST_UNTIL_CLOSE, 0, "0\r\n\r\nall", "0\r\n\r\nall", INGEST_BODY_OK, 0);
}

struct asked {
    struct ingest_head head;
    uint16_t status;
    enum ingest_framing framing;
};

#define HEAD(method_, path_, version_, connection_, length_, coding_)                              \
    {                                                                                              \
        .method = method_, .path = path_, .version = version_, .connection = connection_,          \
        .content_length = length_, .transfer_encoding = coding_, .content_encoding = ""            \
    }

static void reads_heads(void **state) {
    static const char *const v1 = "HTTP/1.1";
    static const char *const path = "/ingest/" KEY;
    const struct asked asked[] = {
        {HEAD(INGEST_PUT, path, v1, "", "", "chunked"), 0, INGEST_BY_CHUNKS},
        {HEAD(INGEST_POST, path, v1, "", "", "Chunked"), 0, INGEST_BY_CHUNKS},
        {HEAD(INGEST_PUT, path, v1, "", "12", ""), 0, INGEST_BY_LENGTH},
        {HEAD(INGEST_PUT, path, v1, "close", "", ""), 0, INGEST_UNTIL_CLOSE},
        {HEAD(INGEST_PUT, path, "HTTP/1.0", "", "", ""), 0, INGEST_UNTIL_CLOSE},
        {HEAD(INGEST_PUT, path, v1, "", "", ""), 411, 0},
        {HEAD(INGEST_PUT, path, "HTTP/1.0", "keep-alive", "", ""), 411, 0},
        {HEAD(INGEST_PUT, path, v1, "", "12", "chunked"), 400, 0},
        {HEAD(INGEST_PUT, path, "HTTP/1.0", "", "", "chunked"), 400, 0},
        {HEAD(INGEST_PUT, path, v1, "", "", "gzip, chunked"), 501, 0},
        {HEAD(INGEST_PUT, path, v1, "", "-1", ""), 400, 0},
        {HEAD(INGEST_PUT, path, v1, "", "1, 1", ""), 400, 0},
        {HEAD(INGEST_PUT, path, v1, "", "0", ""), 400, 0},
        {HEAD(INGEST_PUT, path, v1, "", "1234567890123456", ""), 400, 0},
        {HEAD(INGEST_OTHER, path, v1, "", "", ""), 405, 0},
        {HEAD(INGEST_DELETE, path, v1, "", "", ""), 0, 0},
        {HEAD(INGEST_DELETE, path, v1, "", "0", ""), 0, 0},
        {HEAD(INGEST_DELETE, path, v1, "", "1", ""), 400, 0},
        {HEAD(INGEST_PUT, "/ingest/short", v1, "", "", "chunked"), 404, 0},
        {HEAD(INGEST_PUT, "/ingest/" KEY "x", v1, "", "", "chunked"), 404, 0},
        {HEAD(INGEST_PUT, "/ingest/" KEY "/", v1, "", "", "chunked"), 404, 0},
        {HEAD(INGEST_PUT, "/ingest/+bcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123-_X", v1, "", "", ""),
         404, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        struct ingest_plan plan;
        ingest_request_plan(&plan, &asked[i].head);
        if (plan.problem.status != asked[i].status)
            fail_msg("head %zu: %u, not %u", i, plan.problem.status, asked[i].status);
        if (plan.problem.status) {
            assert_true(plan.problem.title && plan.problem.detail[0]);
            continue;
        }
        assert_string_equal(plan.key, KEY);
        assert_int_equal(plan.framing, asked[i].framing);
        if (plan.framing == INGEST_BY_LENGTH && asked[i].head.method != INGEST_DELETE)
            assert_int_equal(plan.len, 12);
    }
    struct ingest_head coded = asked[0].head;
    struct ingest_plan plan;
    coded.content_encoding = "gzip";
    ingest_request_plan(&plan, &coded);
    assert_int_equal(plan.problem.status, 415);
    assert_true(ingest_request_is_ours(path));
    assert_false(ingest_request_is_ours("/ingest"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_chunks), cmocka_unit_test(refuses_what_is_no_chunk),
        cmocka_unit_test(bounds_lines), cmocka_unit_test(takes_lengths_and_the_end),
        cmocka_unit_test(reads_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
