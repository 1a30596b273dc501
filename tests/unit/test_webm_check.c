// SPDX-License-Identifier: MIT
// The wire's strict checks against golden vectors, and every single damaged byte of a good one.
#include "golden.h"
#include "shared/limits.h"
#include "shared/webm_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_init(const struct golden_vector *v) {
    struct webm_tracks tracks;
    memset(&tracks, 0xAA, sizeof(tracks));
    const struct webm_tracks untouched = tracks;
    const char *reason = "";
    const int status = webm_init_check(&tracks, v->bytes, v->len, &reason);
    if (strcmp(golden_text(v, "status"), "ok") != 0) {
        assert_string_equal(reason, golden_text(v, "reason"));
        assert_int_equal(status, WEBM_BAD);
        assert_memory_equal(&tracks, &untouched, sizeof(tracks));
        return;
    }
    assert_int_equal(status, WEBM_OK);
    assert_int_equal(tracks.width, golden_number(v, "width"));
    assert_int_equal(tracks.height, golden_number(v, "height"));
    assert_int_equal(tracks.channels, golden_number(v, "channels"));
    assert_int_equal(tracks.pre_skip, golden_number(v, "preSkip"));
    // Any prefix is cut, hence bad.
    for (size_t len = 0; len < v->len; len++) {
        uint8_t *const cut = malloc(len ? len : 1);
        memcpy(cut, v->bytes, len);
        assert_int_equal(webm_init_check(&tracks, cut, len, NULL), WEBM_BAD);
        free(cut);
    }
}

static void check_cluster(const struct golden_vector *v) {
    struct webm_block block;
    memset(&block, 0xAA, sizeof(block));
    const struct webm_block untouched = block;
    const char *reason = "";
    const int status = webm_cluster_check(&block, v->bytes, v->len, &reason);
    if (strcmp(golden_text(v, "status"), "ok") != 0) {
        assert_string_equal(reason, golden_text(v, "reason"));
        assert_int_equal(status, WEBM_BAD);
        assert_memory_equal(&block, &untouched, sizeof(block));
        return;
    }
    assert_int_equal(status, WEBM_OK);
    assert_int_equal(block.track, golden_number(v, "track"));
    assert_int_equal(block.timestamp_ms, golden_number(v, "timestampMs"));
    assert_int_equal(block.is_keyframe, golden_true(v, "key"));
    assert_int_equal(block.offset, golden_number(v, "frameOffset"));
    assert_int_equal(block.len, golden_number(v, "frameBytes"));
    assert_int_equal(block.frame_count, 1);
    for (size_t len = 0; len < v->len; len++) {
        uint8_t *const cut = malloc(len ? len : 1);
        memcpy(cut, v->bytes, len);
        assert_int_equal(webm_cluster_check(&block, cut, len, NULL), WEBM_BAD);
        free(cut);
    }
}

static void init_vectors(void **state) {
    (void)state;
    assert_true(golden_each("init.txt", check_init) >= 40);
}

static void cluster_vectors(void **state) {
    (void)state;
    assert_true(golden_each("cluster.txt", check_cluster) >= 30);
}

static void an_init_segment_has_a_longest_length(void **state) {
    (void)state;
    const struct webm_tracks tracks = {.width = 640, .height = 360};
    uint8_t init[LIMIT_INIT_BYTES + 64];
    const size_t len = webm_write_init(init, sizeof(init), &tracks);
    // A Void in front of Info: behind the EBML header (4 + 4 + 31 bytes) and the Segment's head
    // (12).
    uint8_t padded[LIMIT_INIT_BYTES + 64];
    const size_t front = 4 + 4 + (init[4] == 0x10 ? (size_t)init[7] : 0) + 12;
    for (size_t total = LIMIT_INIT_BYTES - 1; total <= LIMIT_INIT_BYTES + 1; total++) {
        struct ebml_writer w = ebml_writer_of(padded, sizeof(padded));
        ebml_write_bytes(&w, init, front);
        ebml_put_void(&w, total - len);
        ebml_write_bytes(&w, init + front, len - front);
        assert_int_equal(w.len, total);
        struct webm_tracks found;
        const char *reason = "";
        const int status = webm_init_check(&found, padded, total, &reason);
        assert_int_equal(status, total <= LIMIT_INIT_BYTES ? WEBM_OK : WEBM_BAD);
        if (status == WEBM_BAD)
            assert_string_equal(reason, "init segment too long");
    }
}

// Whatever one changed byte does: never a track or frame out of range, never a frame outside the
// bytes.
static void every_changed_byte_leaves_values_in_range(void **state) {
    (void)state;
    const struct webm_tracks tracks = {.width = 640, .height = 360, .channels = 2, .pre_skip = 312};
    uint8_t bytes[LIMIT_INIT_BYTES];
    const size_t len = webm_write_init(bytes, sizeof(bytes), &tracks);
    for (size_t i = 0; i < len; i++) {
        const uint8_t before = bytes[i];
        for (unsigned value = 0; value < 256; value++) {
            struct webm_tracks found;
            bytes[i] = (uint8_t)value;
            if (webm_init_check(&found, bytes, len, NULL) == WEBM_OK)
                assert_true(webm_tracks_are_valid(&found));
        }
        bytes[i] = before;
    }
    uint8_t cluster[64];
    size_t cluster_len = webm_write_cluster_head(cluster, sizeof(cluster), 1, 123456, 1, 9);
    memset(cluster + cluster_len, 7, 9);
    cluster_len += 9;
    for (size_t i = 0; i < cluster_len; i++) {
        const uint8_t before = cluster[i];
        for (unsigned value = 0; value < 256; value++) {
            struct webm_block block;
            cluster[i] = (uint8_t)value;
            if (webm_cluster_check(&block, cluster, cluster_len, NULL) != WEBM_OK)
                continue;
            assert_int_equal(block.offset + block.len, cluster_len);
            assert_in_range(block.track, 1, 2);
            assert_true(block.timestamp_ms <= LIMIT_TIMESTAMP_US / 1000);
        }
        cluster[i] = before;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_vectors),
        cmocka_unit_test(cluster_vectors),
        cmocka_unit_test(an_init_segment_has_a_longest_length),
        cmocka_unit_test(every_changed_byte_leaves_values_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
