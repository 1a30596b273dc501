// SPDX-License-Identifier: MIT
// Cue records: known bytes, every damaged bit, every torn tail, and the search.
#include "relay/cue_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_record_has_these_bytes(void **state) {
    (void)state;
    // The checksum is zlib.crc32's of the 20 bytes before it.
    static const uint8_t expected[CUE_RECORD_LEN] = {'T', 'C', 'u',  'e',  0,    0,    0,    1,
                                                     2,   3,   4,    5,    0,    0,    0,    0,
                                                     0,   1,   0x86, 0xA0, 0x81, 0x7F, 0x6D, 0x77};
    uint8_t bytes[CUE_RECORD_LEN];
    cue_record_write(bytes, &(struct cue_record){.offset = 0x0102030405, .timestamp_ms = 100000});
    assert_memory_equal(bytes, expected, CUE_RECORD_LEN);
    struct cue_record read;
    assert_int_equal(cue_record_read(&read, bytes), 0);
    assert_int_equal(read.offset, 0x0102030405);
    assert_int_equal(read.timestamp_ms, 100000);
}

static void every_damaged_bit_is_found(void **state) {
    (void)state;
    uint8_t bytes[CUE_RECORD_LEN];
    cue_record_write(bytes, &(struct cue_record){.offset = 123456789, .timestamp_ms = 987654});
    for (unsigned bit = 0; bit < 8 * CUE_RECORD_LEN; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct cue_record read;
        assert_int_equal(cue_record_read(&read, bytes), -1);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

#define COUNT 50

static uint8_t *make_journal(void) {
    uint8_t *const bytes = malloc(COUNT * CUE_RECORD_LEN);
    for (unsigned i = 0; i < COUNT; i++)
        cue_record_write(bytes + i * CUE_RECORD_LEN,
                         &(struct cue_record){.offset = 300 + 1000 * i, .timestamp_ms = 2000 * i});
    return bytes;
}

static void a_torn_tail_is_left_out(void **state) {
    (void)state;
    uint8_t *const bytes = make_journal();
    for (size_t len = 0; len <= COUNT * CUE_RECORD_LEN; len++)
        assert_int_equal(cue_journal_count(bytes, len), len / CUE_RECORD_LEN);
    memset(bytes + 20 * CUE_RECORD_LEN, 0, CUE_RECORD_LEN); // a hole
    assert_int_equal(cue_journal_count(bytes, COUNT * CUE_RECORD_LEN), 20);
    free(bytes);
}

static void records_that_fall_back_end_the_journal(void **state) {
    (void)state;
    uint8_t *const bytes = make_journal();
    cue_record_write(bytes + 30 * CUE_RECORD_LEN,
                     &(struct cue_record){.offset = 29300, .timestamp_ms = 60000});
    assert_int_equal(cue_journal_count(bytes, COUNT * CUE_RECORD_LEN), 30);
    cue_record_write(bytes + 10 * CUE_RECORD_LEN,
                     &(struct cue_record){.offset = 10300, .timestamp_ms = 17999});
    assert_int_equal(cue_journal_count(bytes, COUNT * CUE_RECORD_LEN), 10);
    free(bytes);
}

static void the_next_cue_is_found(void **state) {
    (void)state;
    uint8_t *const bytes = make_journal();
    for (size_t count = 0; count <= COUNT; count++) {
        for (uint64_t offset = 0; offset < 1000 * COUNT + 500; offset += 50) {
            const uint64_t index = offset <= 300 ? 0 : (offset - 300 + 999) / 1000;
            struct cue_record found;
            const int status = cue_journal_find(&found, bytes, count, offset);
            assert_int_equal(status, index < count ? 0 : -1);
            if (status == 0)
                assert_int_equal(found.offset, 300 + 1000 * index);
        }
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_these_bytes),
        cmocka_unit_test(every_damaged_bit_is_found),
        cmocka_unit_test(a_torn_tail_is_left_out),
        cmocka_unit_test(records_that_fall_back_end_the_journal),
        cmocka_unit_test(the_next_cue_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
