// SPDX-License-Identifier: MIT
// The incremental walk over real files by ffmpeg and mkvmerge, compared with what mkvinfo lists:
// whole, cut at every byte, in short reads and through the smallest window. And over streams of our
// own that must be refused.
#include "golden.h"
#include "shared/limits.h"
#include "shared/webm_scanner.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// What a walk has handed out, as the .txt files say it.
struct listing {
    char *text;
    size_t len, cap;
    uint64_t segment_start;
    uint64_t init_end;
};

static void add_line(struct listing *l, const char *format, ...) {
    if (l->cap - l->len < 256) {
        l->cap = l->cap * 2 + 4096;
        l->text = realloc(l->text, l->cap);
        assert_non_null(l->text);
    }
    va_list args;
    va_start(args, format);
    l->len += (size_t)vsnprintf(l->text + l->len, l->cap - l->len, format, args);
    va_end(args);
}

static void list_item(struct listing *l, const struct webm_scanner *s,
                      const struct webm_item *item) {
    const struct webm_block *const b = &item->block;
    switch (item->kind) {
    case WEBM_ITEM_NONE:
        break;
    case WEBM_ITEM_INIT_END:
        l->init_end = item->offset;
        break;
    case WEBM_ITEM_CLUSTER:
        add_line(l, "cluster %" PRIu64 "\n", item->timestamp_ms);
        break;
    case WEBM_ITEM_BLOCK:
        add_line(
            l, "block track %u timestampMs %" PRIu64 " key %u frames %u bytes %u at %" PRIu64 "\n",
            b->track, b->timestamp_ms, b->is_keyframe, b->frame_count, b->len,
            b->frame_count == 1 ? b->offset : 0);
        break;
    case WEBM_ITEM_CUE:
        add_line(l, "cue %" PRIu64 " %" PRIu64 "\n", item->timestamp_ms,
                 item->offset - s->segment_start);
        break;
    case WEBM_ITEM_DURATION:
        add_line(l, "duration %" PRIu64 "\n", item->timestamp_ms);
        break;
    case WEBM_ITEM_TRACKS:
        fail_msg("said of foreign streams alone");
        break;
    }
}

// How a walk is fed: `first` bytes at once, then `step` more whenever it asks; it sees at most
// `window` of them.
struct feeding {
    size_t first, step, window;
};

// Walks to the end of the bytes; returns the last status.
static int walk(struct listing *l, const uint8_t *bytes, size_t len, struct feeding how) {
    *l = (struct listing){0};
    add_line(l, "%s", "");
    struct webm_scanner s;
    webm_scanner_init(&s);
    size_t fed = how.first < len ? how.first : len;
    for (;;) {
        struct webm_item item;
        size_t used;
        const size_t left = fed - s.offset;
        const uint64_t before = s.offset;
        const int status = webm_scanner_next(&s, &item, bytes + s.offset,
                                             left < how.window ? left : how.window, &used);
        assert_int_equal(s.offset - before, used);
        assert_true(used <= left);
        if (status == WEBM_OK) {
            list_item(l, &s, &item);
            continue;
        }
        assert_int_equal(used, 0);
        if (status != WEBM_MORE || fed == len) {
            l->segment_start = s.segment_start;
            if (status == WEBM_BAD)
                assert_non_null(s.reason);
            // The answer stays.
            assert_int_equal(webm_scanner_next(&s, &item, bytes + s.offset, len - s.offset, &used),
                             status);
            return status;
        }
        assert_true(left < WEBM_SCANNER_WINDOW_LEN); // it never needs more at once
        fed += how.step < len - fed ? how.step : len - fed;
    }
}

static void assert_listing(const uint8_t *bytes, size_t len, struct feeding how,
                           const struct listing *expected, int expected_status) {
    struct listing l;
    assert_int_equal(walk(&l, bytes, len, how), expected_status);
    assert_string_equal(l.text, expected->text);
    assert_int_equal(l.init_end, expected->init_end);
    free(l.text);
}

// mkvinfo lists cues where they stand; a laced block's length there is without the lengths in front
// of its frames.
static void assert_as_mkvinfo(const char *ours, const char *theirs) {
    while (*ours || *theirs) {
        unsigned track, key, frames, bytes, their_track, their_key, their_frames, their_bytes;
        uint64_t ms, at, their_ms, their_at;
        static const char form[] =
            "block track %u timestampMs %" SCNu64 " key %u frames %u bytes %u at %" SCNu64;
        const int is_block = sscanf(ours, form, &track, &ms, &key, &frames, &bytes, &at) == 6;
        const int is_their_block = sscanf(theirs, form, &their_track, &their_ms, &their_key,
                                          &their_frames, &their_bytes, &their_at) == 6;
        assert_int_equal(is_block, is_their_block);
        const size_t line = strcspn(ours, "\n"), their_line = strcspn(theirs, "\n");
        if (is_block) {
            assert_int_equal(track, their_track);
            assert_int_equal(ms, their_ms);
            assert_int_equal(key, their_key);
            assert_int_equal(frames, their_frames);
            assert_int_equal(at, their_at);
            if (frames == 1)
                assert_int_equal(bytes, their_bytes);
            else
                assert_in_range(bytes, their_bytes + frames - 1, their_bytes + 3 * (frames - 1));
        } else {
            assert_int_equal(line, their_line);
            assert_memory_equal(ours, theirs, line);
        }
        ours += line + (ours[line] == '\n');
        theirs += their_line + (theirs[their_line] == '\n');
    }
}

static const char *const files[] = {
    "ffmpeg",         "ffmpeg-cues-front", "ffmpeg-live",
    "mkvmerge-laced", "mkvmerge-groups",   "mkvmerge-groups-laced",
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

static uint8_t *open_file(const char *name, const char *suffix, size_t *len) {
    char path[128];
    snprintf(path, sizeof(path), "tests/golden/webm/%s%s", name, suffix);
    return golden_file(path, len);
}

static int end_of(const char *name) {
    return strcmp(name, "ffmpeg-live") == 0 ? WEBM_MORE : WEBM_DONE; // a live Segment has no end
}

static void real_files_hold_what_mkvinfo_lists(void **state) {
    (void)state;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        size_t len, text_len;
        uint8_t *const bytes = open_file(files[i], ".webm", &len);
        char *const expected = (char *)open_file(files[i], ".txt", &text_len);
        struct listing l;
        assert_int_equal(walk(&l, bytes, len, (struct feeding){len, 1, len}), end_of(files[i]));
        assert_as_mkvinfo(l.text, expected);
        assert_true(l.init_end > 100);
        free(l.text);
        free(bytes);
        free(expected);
    }
}

static void short_reads_and_cuts_hand_out_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        size_t len;
        uint8_t *const bytes = open_file(files[i], ".webm", &len);
        const int end = end_of(files[i]);
        struct listing whole;
        walk(&whole, bytes, len, (struct feeding){len, 1, len});
        for (size_t step = 1; step <= 7; step++)
            assert_listing(bytes, len, (struct feeding){step, step, len}, &whole, end);
        assert_listing(bytes, len, (struct feeding){len, 1, WEBM_SCANNER_WINDOW_LEN}, &whole, end);
        for (size_t cut = 0; cut <= len; cut++)
            assert_listing(bytes, len, (struct feeding){cut, len, len}, &whole, end);
        free(whole.text);
        free(bytes);
    }
}

// A prefix hands out a prefix and asks for more; it is never bad.
static void every_prefix_is_a_prefix(void **state) {
    (void)state;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        size_t len;
        uint8_t *const bytes = open_file(files[i], ".webm", &len);
        struct listing whole;
        walk(&whole, bytes, len, (struct feeding){len, 1, len});
        for (size_t cut = 0; cut < len; cut += 3) {
            struct listing part;
            uint8_t *const copy = malloc(cut ? cut : 1); // its own bytes: ASan sees a look beyond
            memcpy(copy, bytes, cut);
            assert_int_equal(walk(&part, copy, cut, (struct feeding){cut, 1, cut}), WEBM_MORE);
            assert_memory_equal(part.text, whole.text, part.len);
            free(part.text);
            free(copy);
        }
        free(whole.text);
        free(bytes);
    }
}

// --- Streams of our own --------------------------------------------------------------------------

struct stream {
    struct ebml_writer w;
    uint8_t bytes[1024];
};

static void begin_stream(struct stream *s) {
    s->w = ebml_writer_of(s->bytes, sizeof(s->bytes));
    webm_put_header(&s->w, EBML_SIZE_UNKNOWN);
}

static int walk_stream(struct stream *s, struct listing *l) {
    assert_false(s->w.error);
    const int status = walk(l, s->bytes, s->w.len, (struct feeding){s->w.len, 1, s->w.len});
    struct listing again;
    assert_int_equal(walk(&again, s->bytes, s->w.len, (struct feeding){1, 1, s->w.len}), status);
    assert_string_equal(again.text, l->text);
    free(again.text);
    return status;
}

static void put_block(struct stream *s, int relative, const char *frame) {
    uint8_t head[64] = {0x81, (uint8_t)((unsigned)relative >> 8), (uint8_t)relative, 0x80};
    memcpy(head + 4, frame, strlen(frame));
    ebml_put_binary(&s->w, EBML_ID_SIMPLE_BLOCK, head, 4 + strlen(frame));
}

static void unknown_sizes_and_foreign_elements_are_walked(void **state) {
    (void)state;
    struct stream s;
    begin_stream(&s);
    ebml_put_void(&s.w, 5);
    webm_put_info(&s.w, 0);
    ebml_write_id(&s.w, EBML_ID_CLUSTER);
    ebml_write_size(&s.w, EBML_SIZE_UNKNOWN, 1);
    ebml_put_uint(&s.w, EBML_ID_TIMESTAMP, 10);
    ebml_put_binary(&s.w, 0xAF, "encrypted", 9); // unknown to us: passed over
    put_block(&s, -20, "abc");                   // before zero: shown at zero
    put_block(&s, 32767, "de");
    ebml_put_binary(&s.w, EBML_ID_TAGS, "xyz", 3); // ends the Cluster
    ebml_write_id(&s.w, EBML_ID_CLUSTER);
    ebml_write_size(&s.w, EBML_SIZE_UNKNOWN, 8);
    ebml_put_uint(&s.w, EBML_ID_TIMESTAMP, 50000);
    put_block(&s, 0, "f");
    const size_t first_len = s.w.len;
    webm_put_header(&s.w, EBML_SIZE_UNKNOWN); // another stream: this one is done
    struct listing l;
    assert_int_equal(walk_stream(&s, &l), WEBM_DONE);
    assert_string_equal(l.text, "cluster 10\n"
                                "block track 1 timestampMs 0 key 1 frames 1 bytes 3 at 116\n"
                                "block track 1 timestampMs 32777 key 1 frames 1 bytes 2 at 125\n"
                                "cluster 50000\n"
                                "block track 1 timestampMs 50000 key 1 frames 1 bytes 1 at 157\n");
    assert_true(first_len < s.w.len);
    free(l.text);
}

static void other_timestamp_scales_become_milliseconds(void **state) {
    (void)state;
    struct stream s;
    begin_stream(&s);
    const size_t info = ebml_begin_master(&s.w, EBML_ID_INFO);
    ebml_put_float(&s.w, EBML_ID_DURATION, 90000); // before the scale it is counted in
    ebml_put_uint(&s.w, EBML_ID_TIMESTAMP_SCALE, 100000);
    ebml_end_master(&s.w, info);
    const size_t cluster = ebml_begin_master(&s.w, EBML_ID_CLUSTER);
    ebml_put_uint(&s.w, EBML_ID_TIMESTAMP, 25000);
    put_block(&s, 5, "x");
    ebml_end_master(&s.w, cluster);
    struct listing l;
    assert_int_equal(walk_stream(&s, &l), WEBM_MORE);
    assert_string_equal(l.text, "duration 9000\ncluster 2500\n"
                                "block track 1 timestampMs 2500 key 1 frames 1 bytes 1 at 95\n");
    free(l.text);
}

// Each writes something behind a good beginning; the phrase is what the scanner must say.
static void assert_refused(const char *hex, const char *phrase) {
    struct stream s;
    begin_stream(&s);
    for (; *hex; hex += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        s.bytes[s.w.len++] = (uint8_t)byte;
    }
    struct webm_scanner scanner;
    webm_scanner_init(&scanner);
    struct webm_item item;
    size_t used;
    int status;
    do {
        status = webm_scanner_next(&scanner, &item, s.bytes + scanner.offset,
                                   s.w.len - scanner.offset, &used);
    } while (status == WEBM_OK);
    assert_int_equal(status, WEBM_BAD);
    assert_string_equal(scanner.reason, phrase);
}

static void what_is_no_webm_is_refused_with_a_phrase(void **state) {
    (void)state;
    assert_refused("ff80", "malformed element");
    assert_refused("ec00", "malformed element");
    assert_refused("00", "malformed element");
    assert_refused("1549a966ff", "unknown size");
    assert_refused("e780", "misplaced element");
    assert_refused("a380", "misplaced element");
    assert_refused("1549a966842ad7b180", "TimestampScale out of range");
    assert_refused("1549a966852ad7b18100", "TimestampScale out of range");
    assert_refused("1549a966852ad7b18200", "element reaches beyond its parent");
    assert_refused("1549a966842ad7b189", "element reaches beyond its parent");
    assert_refused("1549a9668d2ad7b189000000000000000001", "number longer than 8 bytes");
    assert_refused("1549a966954489920000000000000000000000000000000000", "value too long");
    assert_refused("1549a966844489810000", "Duration is not a float");
    assert_refused("1f43b67581e7", "element reaches beyond its parent");
    assert_refused("1f43b67586e78101e78102", "two Timestamps in a Cluster");
    assert_refused("1f43b67587a38581000080aa", "block before its Cluster's Timestamp");
    assert_refused("1f43b6758ae78100a38580000080aa", "malformed block");
    assert_refused("1f43b67588e78100a383810000", "malformed block");
    assert_refused("1f43b6758ae78100a38500000080aa", "malformed block");
    assert_refused("1f43b675ffe78100a31000000081000080", "malformed block");
    assert_refused("1f43b675ffe78100a3084000001181000080", "block too long");
    assert_refused("1f43b675ffe788ffffffffffffffff", "Cluster timestamp out of range");
}

static void what_comes_before_the_segment_must_be_ebml(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *phrase;
    } bad[] = {
        {"\x18\x53\x80\x67\xff", 5, "Segment without EBML header"},
        {"\xec\x80", 2, "no EBML header"},
        {"\x1a\x45\xdf\xa3\x80", 5, "DocType missing"},
        {"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", 16, "DocType is not webm"},
        {"\x1a\x45\xdf\xa3\x84\x42\xf7\x81\x02", 9, "EBMLReadVersion is not 1"},
        {"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x1a\x45\xdf\xa3\x80", 17, "two EBML headers"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct listing l;
        const uint8_t *const bytes = (const uint8_t *)bad[i].bytes;
        struct webm_scanner s;
        webm_scanner_init(&s);
        struct webm_item item;
        size_t used;
        int status;
        do {
            status = webm_scanner_next(&s, &item, bytes + s.offset, bad[i].len - s.offset, &used);
        } while (status == WEBM_OK);
        assert_int_equal(status, WEBM_BAD);
        assert_string_equal(s.reason, bad[i].phrase);
        assert_int_equal(walk(&l, bytes, bad[i].len, (struct feeding){1, 1, 64}), WEBM_BAD);
        free(l.text);
    }
}

static void a_walk_can_begin_at_a_cluster_and_pass_frames_unread(void **state) {
    (void)state;
    size_t len;
    uint8_t *const bytes = open_file("ffmpeg", ".webm", &len);
    struct webm_scanner s;
    webm_scanner_init(&s);
    struct webm_item item = {0};
    size_t used;
    uint64_t cluster = 0;
    unsigned blocks = 0, again = 0;
    // To the second Cluster, counting what follows it.
    while (webm_scanner_next(&s, &item, bytes + s.offset, len - s.offset, &used) == WEBM_OK) {
        if (item.kind == WEBM_ITEM_CLUSTER && item.offset > 1000)
            cluster = item.offset;
        blocks += cluster && item.kind == WEBM_ITEM_BLOCK;
    }
    assert_true(cluster > 0 && blocks > 5);
    webm_scanner_init_at_cluster(&s, cluster);
    while (webm_scanner_next(&s, &item, bytes + s.offset, len - s.offset, &used) == WEBM_OK) {
        if (item.kind != WEBM_ITEM_BLOCK)
            continue;
        again++;
        const uint64_t end = item.block.offset + item.block.len;
        if (s.offset >= end)
            continue; // in a group, which is handed out behind its end
        assert_int_equal(webm_scanner_skip(&s, item.block.len + 5), item.block.len);
        assert_int_equal(s.offset, end);
    }
    assert_int_equal(again, blocks);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_files_hold_what_mkvinfo_lists),
        cmocka_unit_test(short_reads_and_cuts_hand_out_the_same),
        cmocka_unit_test(every_prefix_is_a_prefix),
        cmocka_unit_test(unknown_sizes_and_foreign_elements_are_walked),
        cmocka_unit_test(other_timestamp_scales_become_milliseconds),
        cmocka_unit_test(what_is_no_webm_is_refused_with_a_phrase),
        cmocka_unit_test(what_comes_before_the_segment_must_be_ebml),
        cmocka_unit_test(a_walk_can_begin_at_a_cluster_and_pass_frames_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
