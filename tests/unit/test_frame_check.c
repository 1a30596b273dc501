// SPDX-License-Identifier: MIT
// Heads of a WebSocket client's frames in every cut (RFC 6455 5).
#include "relay/frame_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MASK 1, 2, 3, 4
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct outcome {
    size_t taken;
    unsigned control_count;
    enum frame_fault fault;
};

static struct outcome walk(const uint8_t *bytes, size_t len, size_t piece) {
    struct frame_check f;
    struct outcome o = {0};
    frame_check_init(&f);
    while (o.taken < len && o.fault == FRAME_FINE) {
        const size_t here = piece < len - o.taken ? piece : len - o.taken;
        unsigned control_count;
        const size_t n = frame_check_take(&f, bytes + o.taken, here, &control_count, &o.fault);
        assert_true(n <= here && (n == here || o.fault != FRAME_FINE));
        o.taken += n;
        o.control_count += control_count;
    }
    return o;
}

static struct outcome look(const uint8_t *bytes, size_t len) {
    const struct outcome whole = walk(bytes, len, len);
    for (size_t piece = 1; piece < len && piece < 20; piece++) {
        const struct outcome cut = walk(bytes, len, piece);
        assert_int_equal(cut.fault, whole.fault);
        assert_int_equal(cut.taken, whole.taken);
        assert_int_equal(cut.control_count, whole.control_count);
    }
    return whole;
}

static void takes_messages_of_every_length(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536, 70000};
    static uint8_t bytes[300000];
    size_t len = 0;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const size_t n = lengths[i];
        bytes[len++] = 0x82;
        if (n < 126) {
            bytes[len++] = (uint8_t)(0x80 | n);
        } else if (n < 65536) {
            bytes[len++] = 0x80 | 126;
            bytes[len++] = (uint8_t)(n >> 8);
            bytes[len++] = (uint8_t)n;
        } else {
            bytes[len++] = 0x80 | 127;
            for (int shift = 56; shift >= 0; shift -= 8)
                bytes[len++] = (uint8_t)((uint64_t)n >> shift);
        }
        memset(bytes + len, 0x5a, 4 + n);
        len += 4 + n;
    }
    const struct outcome o = look(bytes, len);
    assert_int_equal(o.fault, FRAME_FINE);
    assert_int_equal(o.taken, len);
    assert_int_equal(o.control_count, 0);
}

static void takes_pieces_with_control_between(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0x01, 0x81, MASK, 'a',  0x89, 0x80, MASK, 0x00,
                                    0x80, MASK, 0x8a, 0x81, MASK, 'p',  0x80, 0x81,
                                    MASK, 'b',  0x88, 0x82, MASK, 3,    232};
    const struct outcome o = look(bytes, sizeof(bytes));
    assert_int_equal(o.fault, FRAME_FINE);
    assert_int_equal(o.taken, sizeof(bytes));
    assert_int_equal(o.control_count, 3);
}

static void refuses(void **state) {
    (void)state;
    static const struct {
        uint8_t bytes[16];
        size_t len, taken;
        enum frame_fault fault;
    } bad[] = {
        {{0x81, 0x02, 'a', 'b'}, 4, 1, FRAME_UNMASKED},
        {{0x89, 0x00}, 2, 1, FRAME_UNMASKED},
        {{0x81, 0xfe, 0, 125}, 4, 3, FRAME_LENGTH},
        {{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 10, 9, FRAME_LENGTH},
        {{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 1}, 10, 9, FRAME_LENGTH},
        {{0x81, 0xff, 0x80}, 3, 2, FRAME_LENGTH},
        {{0x89, 0xfe}, 2, 1, FRAME_LENGTH},
        {{0x88, 0xff}, 2, 1, FRAME_LENGTH},
        {{0x09, 0x80}, 2, 0, FRAME_BITS},
        {{0xc1, 0x80}, 2, 0, FRAME_BITS},
        {{0xa1, 0x80}, 2, 0, FRAME_BITS},
        {{0x91, 0x80}, 2, 0, FRAME_BITS},
        {{0x83, 0x80}, 2, 0, FRAME_BITS},
        {{0x8b, 0x80}, 2, 0, FRAME_BITS},
        {{0x80, 0x80}, 2, 0, FRAME_ORDER},
        {{0x01, 0x80, MASK, 0x02, 0x80}, 8, 6, FRAME_ORDER},
        {{0x01, 0x80, MASK, 0x80, 0x80, MASK, 0x80, 0x80}, 14, 12, FRAME_ORDER},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct outcome o = look(bad[i].bytes, bad[i].len);
        assert_int_equal(o.fault, bad[i].fault);
        assert_int_equal(o.taken, bad[i].taken);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_messages_of_every_length),
        cmocka_unit_test(takes_pieces_with_control_between),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
