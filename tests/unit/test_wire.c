// SPDX-License-Identifier: MIT
// The header of binary messages against its golden vectors, in both directions.
#include "golden.h"
#include "shared/limits.h"
#include "shared/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_vector(const struct golden_vector *v) {
    struct wire_header h;
    memset(&h, 0xAA, sizeof(h));
    const struct wire_header untouched = h;
    const int status = wire_header_read(&h, v->bytes, v->len);
    assert_string_equal(wire_status_name(status), golden_text(v, "status"));
    if (status != WIRE_OK) {
        assert_memory_equal(&h, &untouched, sizeof(h));
        return;
    }
    assert_int_equal(h.kind, golden_number(v, "kind"));
    assert_int_equal(h.flags, golden_number(v, "flags"));
    assert_int_equal(h.rendition, golden_number(v, "rendition"));
    assert_int_equal(h.temporal_id, golden_number(v, "temporalId"));
    assert_int_equal(h.sequence, golden_number(v, "sequence"));
    assert_int_equal(h.timestamp_us, golden_number(v, "timestampUs"));
    assert_int_equal(v->len - WIRE_HEADER_LEN, golden_number(v, "payloadBytes"));
    uint8_t written[WIRE_HEADER_LEN];
    wire_header_write(written, &h);
    assert_memory_equal(written, v->bytes, WIRE_HEADER_LEN);
}

static void golden_vectors_both_ways(void **state) {
    (void)state;
    assert_true(golden_each("wire.txt", check_vector) >= 30);
}

static void a_header_cut_at_every_byte_is_too_short(void **state) {
    (void)state;
    const struct wire_header h = {.kind = WIRE_VIDEO, .flags = WIRE_KEY};
    uint8_t whole[WIRE_HEADER_LEN];
    wire_header_write(whole, &h);
    for (size_t len = 0; len < WIRE_HEADER_LEN; len++) {
        uint8_t *const cut = malloc(len ? len : 1);
        memcpy(cut, whole, len);
        struct wire_header out;
        assert_int_equal(wire_header_read(&out, cut, len), WIRE_ERR_SHORT);
        free(cut);
    }
}

// All values of the four one-byte fields: read and write agree on what is allowed.
static void every_accepted_header_is_written_back(void **state) {
    (void)state;
    unsigned accepted = 0;
    for (unsigned kind = 0; kind < 8; kind++) {
        for (unsigned rest = 0; rest < 16 * 4 * 4; rest++) {
            const uint8_t message[WIRE_HEADER_LEN + 1] = {(uint8_t)kind, (uint8_t)(rest & 15),
                                                          (uint8_t)(rest >> 4 & 3),
                                                          (uint8_t)(rest >> 6)};
            struct wire_header h;
            if (wire_header_read(&h, message, sizeof(message)) != WIRE_OK)
                continue;
            uint8_t written[WIRE_HEADER_LEN];
            wire_header_write(written, &h);
            assert_memory_equal(written, message, WIRE_HEADER_LEN);
            accepted++;
        }
    }
    // INIT 3 renditions; VIDEO 3 renditions: 4 flag sets without KEY in 3 layers, 4 with KEY in
    // one; AUDIO 2; POSTER 1.
    assert_int_equal(accepted, 3 + 3 * (4 * 3 + 4) + 2 + 1);
}

static void every_status_has_a_name_of_its_own(void **state) {
    (void)state;
    for (int a = WIRE_OK; a >= WIRE_ERR_EMPTY; a--) {
        assert_string_not_equal(wire_status_name(a), "unknown");
        for (int b = a - 1; b >= WIRE_ERR_EMPTY; b--)
            assert_string_not_equal(wire_status_name(a), wire_status_name(b));
    }
    assert_string_equal(wire_status_name(1), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_vectors_both_ways),
        cmocka_unit_test(a_header_cut_at_every_byte_is_too_short),
        cmocka_unit_test(every_accepted_header_is_written_back),
        cmocka_unit_test(every_status_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
