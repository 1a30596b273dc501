// SPDX-License-Identifier: MIT
// Heads of JPEGs: what is read, what is refused, cut at every byte.
#include "relay/jpeg_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// APP0, a fill byte, SOF2 of 300 by 256 in three colours, SOS, EOI.
static const uint8_t picture[] = {0xff, 0xd8, 0xff, 0xe0, 0x00, 0x04, 'J',  'F',  0xff,
                                  0xff, 0xc2, 0x00, 0x11, 0x08, 0x01, 0x00, 0x01, 0x2c,
                                  0x03, 0x01, 0x11, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11,
                                  0x01, 0xff, 0xda, 0x00, 0x02, 0x55, 0xff, 0xd9};
#define SOF_AT 10

static void the_size_is_read(void **state) {
    (void)state;
    struct jpeg_head head;
    assert_true(jpeg_head_read(&head, picture, sizeof(picture)));
    assert_int_equal(head.width, 300);
    assert_int_equal(head.height, 256);
    assert_int_equal(head.components, 3);
}

static void cut_anywhere_it_is_none(void **state) {
    (void)state;
    struct jpeg_head head;
    uint8_t copy[sizeof(picture)];
    for (size_t len = 0; len < sizeof(picture); len++) {
        assert_false(jpeg_head_read(&head, picture, len));
        // Also when what is left ends as a picture does.
        if (len >= 4 && len <= SOF_AT + 17) {
            memcpy(copy, picture, len);
            copy[len - 2] = 0xff;
            copy[len - 1] = 0xd9;
            assert_false(jpeg_head_read(&head, copy, len));
        }
    }
}

static void other_kinds_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {0, 0x89},          // PNG begins so
        {SOF_AT, 0xc3},     // lossless
        {SOF_AT, 0xc9},     // arithmetic
        {SOF_AT, 0xda},     // a scan before the frame
        {SOF_AT, 0xd9},     // an end before the frame
        {SOF_AT + 3, 0x0c}, // 12 bits
        {SOF_AT + 2, 0x12}, // a length that does not fit
        {SOF_AT + 8, 0x04}, // print colours
        {SOF_AT + 5, 0x00}, // no height …
        {sizeof(picture) - 1, 0xd8},
    };
    struct jpeg_head head;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t copy[sizeof(picture)];
        memcpy(copy, picture, sizeof(copy));
        copy[changes[i].at] = changes[i].byte;
        if (changes[i].at == SOF_AT + 5)
            copy[SOF_AT + 4] = 0;
        assert_false(jpeg_head_read(&head, copy, sizeof(copy)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_is_read),
        cmocka_unit_test(cut_anywhere_it_is_none),
        cmocka_unit_test(other_kinds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
