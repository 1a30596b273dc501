// SPDX-License-Identifier: MIT
// What is written for the wire: the canonical golden vectors byte for byte, every buffer size,
// every refusal.
#include "golden.h"
#include "shared/limits.h"
#include "shared/webm_check.h"
#include "shared/webm_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned canonical_count;

static struct webm_tracks tracks_of(const struct golden_vector *v) {
    return (struct webm_tracks){
        .width = (uint16_t)golden_number(v, "width"),
        .height = (uint16_t)golden_number(v, "height"),
        .channels = (uint8_t)golden_number(v, "channels"),
        .pre_skip = (uint16_t)golden_number(v, "preSkip"),
    };
}

static void check_init(const struct golden_vector *v) {
    if (!golden_true(v, "canonical"))
        return;
    const struct webm_tracks tracks = tracks_of(v);
    uint8_t out[LIMIT_INIT_BYTES];
    assert_int_equal(webm_write_init(out, sizeof(out), &tracks), v->len);
    assert_memory_equal(out, v->bytes, v->len);
    // Every buffer that is too small gives 0 and is not overrun.
    for (size_t cap = 0; cap < v->len; cap++) {
        uint8_t *const small = malloc(cap ? cap : 1);
        assert_int_equal(webm_write_init(small, cap, &tracks), 0);
        free(small);
    }
    canonical_count++;
}

static void check_cluster(const struct golden_vector *v) {
    if (!golden_true(v, "canonical"))
        return;
    const size_t head_len = golden_number(v, "frameOffset");
    const uint8_t track = (uint8_t)golden_number(v, "track");
    const uint64_t timestamp_ms = golden_number(v, "timestampMs");
    const size_t frame_len = golden_number(v, "frameBytes");
    const int is_key = golden_true(v, "key");
    for (size_t cap = 0; cap <= WEBM_CLUSTER_HEAD_MAX_LEN; cap++) {
        uint8_t *const out = malloc(cap ? cap : 1);
        const size_t len =
            webm_write_cluster_head(out, cap, track, timestamp_ms, is_key, frame_len);
        assert_int_equal(len, cap < head_len ? 0 : head_len);
        assert_memory_equal(out, v->bytes, len);
        free(out);
    }
    canonical_count++;
}

static void canonical_vectors_are_written_so(void **state) {
    (void)state;
    golden_each("init.txt", check_init);
    assert_int_equal(canonical_count, 5);
    golden_each("cluster.txt", check_cluster);
    assert_int_equal(canonical_count, 5 + 9);
}

static void what_is_out_of_range_is_not_written(void **state) {
    (void)state;
    static const struct webm_tracks bad[] = {
        {0},
        {.width = 640},
        {.height = 360},
        {.width = 4097, .height = 10},
        {.width = 10, .height = 4097},
        {.channels = 3},
        {.channels = 2, .pre_skip = 48001},
        {.width = 640, .channels = 2},
    };
    uint8_t out[LIMIT_INIT_BYTES];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(webm_write_init(out, sizeof(out), &bad[i]), 0);
    assert_int_equal(webm_write_cluster_head(out, 32, 0, 0, 1, 1), 0);
    assert_int_equal(webm_write_cluster_head(out, 32, 3, 0, 1, 1), 0);
    assert_int_equal(webm_write_cluster_head(out, 32, 1, 0, 1, 0), 0);
    assert_int_equal(webm_write_cluster_head(out, 32, 1, 0, 1, LIMIT_MEDIA_MESSAGE_BYTES + 1), 0);
    assert_int_equal(webm_write_cluster_head(out, 32, 1, LIMIT_TIMESTAMP_US / 1000 + 1, 1, 1), 0);
}

// All lengths around each border of the size's own length, and the longest head of all.
static void what_is_written_is_what_the_check_reads(void **state) {
    (void)state;
    static const size_t lens[] = {1,
                                  2,
                                  110,
                                  111,
                                  112,
                                  113,
                                  122,
                                  123,
                                  124,
                                  16370,
                                  16376,
                                  16378,
                                  16379,
                                  16380,
                                  16390,
                                  65536,
                                  LIMIT_MEDIA_MESSAGE_BYTES - 64};
    static const uint64_t times[] = {0, 1, 255, 256, 65535, 65536, 16777215, 16777216, 2592000000};
    uint8_t *const out = malloc(LIMIT_MEDIA_MESSAGE_BYTES);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        for (size_t t = 0; t < sizeof(times) / sizeof(times[0]); t++) {
            const size_t head_len = webm_write_cluster_head(out, WEBM_CLUSTER_HEAD_MAX_LEN, 1,
                                                            times[t], t & 1, lens[i]);
            assert_in_range(head_len, 14, 24);
            memset(out + head_len, 0x5A, lens[i]);
            struct webm_block block;
            assert_int_equal(webm_cluster_check(&block, out, head_len + lens[i], NULL), WEBM_OK);
            assert_int_equal(block.offset, head_len);
            assert_int_equal(block.len, lens[i]);
            assert_int_equal(block.timestamp_ms, times[t]);
            assert_int_equal(block.is_keyframe, t & 1);
        }
    }
    free(out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_vectors_are_written_so),
        cmocka_unit_test(what_is_out_of_range_is_not_written),
        cmocka_unit_test(what_is_written_is_what_the_check_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
