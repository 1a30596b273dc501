// SPDX-License-Identifier: MIT
// UTF-8 against an independent rule: a code point's only valid form is the one an encoder writes.
#include "shared/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t encode(uint8_t out[4], uint32_t c) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    const unsigned follow = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t leads[4] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (uint8_t)(leads[follow] | c >> (6 * follow));
    for (unsigned i = 1; i <= follow; i++)
        out[i] = (uint8_t)(0x80 | (c >> (6 * (follow - i)) & 0x3F));
    return follow + 1;
}

// On the heap and exactly as long: a look beyond is found by ASan.
static bool is_valid(const void *bytes, size_t len) {
    uint8_t *const copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    const bool answer = utf8_is_valid(copy, len);
    free(copy);
    return answer;
}

static void every_code_point_in_its_own_form(void **state) {
    (void)state;
    for (uint32_t c = 0; c < 0x200000; c++) {
        uint8_t bytes[4];
        const size_t len = encode(bytes, c);
        const bool expected = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        if (utf8_is_valid(bytes, len) != expected)
            fail_msg("U+%04X", c);
    }
}

// All sequences of up to three bytes: valid only when they are what some code points encode to.
static void every_short_sequence(void **state) {
    (void)state;
    static uint8_t valid[1 << 24];
    memset(valid, 0, sizeof(valid));
    for (uint32_t c = 0x800; c < 0x10000; c++) {
        uint8_t b[4];
        encode(b, c);
        if (c < 0xD800 || c > 0xDFFF)
            valid[(uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2]] = 1;
    }
    for (uint32_t v = 0; v < 1 << 24; v++) {
        const uint8_t b[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
        const bool ascii0 = b[0] < 0x80, ascii1 = b[1] < 0x80, ascii2 = b[2] < 0x80;
        const bool two01 = b[0] >= 0xC2 && b[0] <= 0xDF && b[1] >= 0x80 && b[1] <= 0xBF;
        const bool two12 = b[1] >= 0xC2 && b[1] <= 0xDF && b[2] >= 0x80 && b[2] <= 0xBF;
        const bool expected =
            valid[v] || (ascii0 && ascii1 && ascii2) || (two01 && ascii2) || (ascii0 && two12);
        if (utf8_is_valid(b, 3) != expected)
            fail_msg("%02x %02x %02x", b[0], b[1], b[2]);
    }
}

static void cut_sequences_are_invalid(void **state) {
    (void)state;
    static const char text[] = "h\xC3\xA9llo \xE2\x82\xAC \xF0\x9F\x8E\xAD";
    const size_t len = sizeof(text) - 1;
    assert_true(is_valid(text, len));
    for (size_t cut = 0; cut < len; cut++) {
        const bool in_sequence = cut < len && ((uint8_t)text[cut] & 0xC0) == 0x80;
        assert_int_equal(is_valid(text, cut), !in_sequence);
    }
}

static void control_characters_are_no_text(void **state) {
    (void)state;
    for (uint32_t c = 0; c < 0x250; c++) {
        uint8_t bytes[6] = {'a'};
        const size_t len = encode(bytes + 1, c);
        bytes[1 + len] = 'b';
        const bool is_control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
        assert_int_equal(utf8_is_text(bytes, len + 2), !is_control || c == '\n');
        assert_int_equal(utf8_is_line(bytes, len + 2), !is_control);
    }
    assert_true(utf8_is_text((const uint8_t *)"", 0));
    assert_false(utf8_is_text((const uint8_t *)"\xFF", 1));
    assert_false(utf8_is_line((const uint8_t *)"a\xC0\x80", 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_in_its_own_form),
        cmocka_unit_test(every_short_sequence),
        cmocka_unit_test(cut_sequences_are_invalid),
        cmocka_unit_test(control_characters_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
