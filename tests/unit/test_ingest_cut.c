// SPDX-License-Identifier: MIT
// Streams of others cut into frames: files by ffmpeg and mkvmerge whole and in pieces, every kind
// of lacing, groups, unknown sizes, tracks that are not ours; and the sentences for codecs that are
// refused.
#include "golden.h"
#include "made_media.h"
#include "relay/ingest_cut.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_frame(struct made_bytes *list, const struct ingest_frame *f) {
    char line[96];
    uint32_t sum = 0;
    for (size_t i = 0; i < f->len; i++)
        sum = sum * 31 + f->bytes[i];
    const int len = snprintf(line, sizeof(line), "%d %" PRIu64 " %zu %d %08x\n",
                             f->is_video ? 1 : 2, f->time_us, f->len, f->is_keyframe, sum);
    made_bytes_add(list, line, (size_t)len);
}

// Cuts all of it in pieces; the frames as lines, ended by a NUL.
static int cut_all(struct made_bytes *list, const uint8_t *bytes, size_t len, size_t piece,
                   char reason[INGEST_REASON_BYTES]) {
    struct ingest_cut *const c = malloc(sizeof(*c));
    struct ingest_frame frame;
    size_t at = 0;
    int status;
    assert_non_null(c);
    ingest_cut_init(c);
    for (;;) {
        status = ingest_cut_next(c, &frame);
        if (status == INGEST_CUT_FRAME) {
            add_frame(list, &frame);
        } else if (status == INGEST_CUT_MORE && at < len) {
            const size_t taken = ingest_cut_put(c, bytes + at, piece < len - at ? piece : len - at);
            assert_true(taken > 0);
            at += taken;
        } else {
            break;
        }
    }
    made_bytes_add(list, "", 1);
    snprintf(reason, INGEST_REASON_BYTES, "%s", c->reason);
    assert_int_equal(ingest_cut_next(c, &frame), status); // ends stay
    ingest_cut_dispose(c);
    free(c);
    return status;
}

static void cuts_files_alike_in_any_pieces(void **state) {
    static const char *const files[] = {
        "tests/golden/ffmpeg-vp8-opus.webm",     "tests/golden/webm/ffmpeg-cues-front.webm",
        "tests/golden/webm/ffmpeg-live.webm",    "tests/golden/webm/mkvmerge-groups.webm",
        "tests/golden/webm/mkvmerge-laced.webm", "tests/golden/webm/mkvmerge-groups-laced.webm",
    };
    (void)state;
    for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
        char reason[INGEST_REASON_BYTES];
        size_t len;
        uint8_t *const bytes = golden_file(files[f], &len);
        struct made_bytes whole = {0};
        assert_true(cut_all(&whole, bytes, len, len, reason) != INGEST_CUT_BAD);
        assert_true(whole.len > 500);
        for (size_t piece = 1; piece < 2000; piece = piece * 3 + 1) {
            struct made_bytes cut = {0};
            cut_all(&cut, bytes, len, piece, reason);
            assert_string_equal((char *)cut.bytes, (char *)whole.bytes);
            made_bytes_free(&cut);
        }
        made_bytes_free(&whole);
        free(bytes);
    }
}

// Blocks or groups, laced or not: the same frames.
static void finds_the_same_in_any_dress(void **state) {
    static const char *const files[] = {"tests/golden/webm/mkvmerge-laced.webm",
                                        "tests/golden/webm/mkvmerge-groups-laced.webm"};
    struct made_bytes lists[2] = {{0}, {0}};
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        char reason[INGEST_REASON_BYTES];
        size_t len;
        uint8_t *const bytes = golden_file(files[f], &len);
        assert_true(cut_all(&lists[f], bytes, len, 100, reason) != INGEST_CUT_BAD);
        free(bytes);
    }
    assert_true(lists[0].len > 1000);
    assert_string_equal((char *)lists[0].bytes, (char *)lists[1].bytes);
    made_bytes_free(&lists[0]);
    made_bytes_free(&lists[1]);
}

// The packets as ffprobe lists them: track, milliseconds, bytes, key.
static void finds_the_packets_that_ffprobe_finds(void **state) {
    char reason[INGEST_REASON_BYTES];
    size_t len, packets_len;
    uint8_t *const bytes = golden_file("tests/golden/ffmpeg-vp8-opus.webm", &len);
    char *const packets = (char *)golden_file("tests/golden/ffmpeg-vp8-opus.packets", &packets_len);
    struct made_bytes list = {0};
    size_t count = 0;
    (void)state;
    assert_true(cut_all(&list, bytes, len, 777, reason) != INGEST_CUT_BAD);
    const char *line = (char *)list.bytes, *wanted = packets;
    while (*line) {
        unsigned track, wanted_track, ms, frame_len, wanted_len;
        int key, wanted_key;
        uint64_t us;
        assert_int_equal(sscanf(line, "%u %" SCNu64 " %u %d", &track, &us, &frame_len, &key), 4);
        assert_int_equal(
            sscanf(wanted, "%u %u %u %d", &wanted_track, &ms, &wanted_len, &wanted_key), 4);
        assert_int_equal(track, wanted_track);
        assert_int_equal(us, (uint64_t)ms * 1000);
        assert_int_equal(frame_len, wanted_len);
        assert_int_equal(key, wanted_key);
        line = strchr(line, '\n') + 1;
        wanted = strchr(wanted, '\n') + 1;
        count++;
    }
    assert_int_equal(wanted - packets, packets_len);
    assert_true(count > 60);
    made_bytes_free(&list);
    free(packets);
    free(bytes);
}

// --- Streams made here

struct made_track {
    uint64_t number, type;
    const char *codec;
    unsigned channels; // sound
    bool is_encoded;
};

static const struct made_track video = {.number = 3, .type = 1, .codec = "V_VP8"};
static const struct made_track audio = {.number = 5, .type = 2, .codec = "A_OPUS", .channels = 2};
static const struct made_track words = {.number = 1, .type = 17, .codec = "S_TEXT/UTF8"};

static void put_track(struct ebml_writer *w, const struct made_track *t) {
    const size_t entry = ebml_begin_master(w, EBML_ID_TRACK_ENTRY);
    ebml_put_uint(w, EBML_ID_TRACK_NUMBER, t->number);
    ebml_put_uint(w, EBML_ID_TRACK_TYPE, t->type);
    ebml_put_string(w, EBML_ID_CODEC_ID, t->codec);
    if (t->is_encoded)
        ebml_put_binary(w, EBML_ID_CONTENT_ENCODINGS, "x", 1);
    if (t->type == 1) {
        const size_t picture = ebml_begin_master(w, EBML_ID_VIDEO);
        ebml_put_uint(w, EBML_ID_PIXEL_WIDTH, 320);
        ebml_put_uint(w, EBML_ID_PIXEL_HEIGHT, 180);
        ebml_end_master(w, picture);
    } else if (t->type == 2) {
        const size_t sound = ebml_begin_master(w, EBML_ID_AUDIO);
        ebml_put_uint(w, EBML_ID_CHANNELS, t->channels);
        ebml_end_master(w, sound);
    }
    ebml_end_master(w, entry);
}

static void put_head(struct ebml_writer *w, const char *doc_type,
                     const struct made_track *const *tracks, size_t count) {
    const size_t header = ebml_begin_master(w, EBML_ID_HEADER);
    ebml_put_string(w, EBML_ID_DOC_TYPE, doc_type);
    ebml_end_master(w, header);
    ebml_write_id(w, EBML_ID_SEGMENT);
    ebml_write_size(w, EBML_SIZE_UNKNOWN, 8);
    const size_t list = ebml_begin_master(w, EBML_ID_TRACKS);
    for (size_t i = 0; i < count; i++)
        put_track(w, tracks[i]);
    ebml_end_master(w, list);
}

static void begin_cluster(struct ebml_writer *w, uint64_t ms) {
    ebml_write_id(w, EBML_ID_CLUSTER);
    ebml_write_size(w, EBML_SIZE_UNKNOWN, 1);
    ebml_put_uint(w, EBML_ID_TIMESTAMP, ms);
}

static void put_block(struct ebml_writer *w, uint32_t id, unsigned track, int relative_ms,
                      unsigned flags, const void *bytes, size_t len) {
    const uint8_t head[4] = {(uint8_t)(0x80 | track), (uint8_t)(relative_ms >> 8),
                             (uint8_t)relative_ms, (uint8_t)flags};
    ebml_write_id(w, id);
    ebml_write_size(w, sizeof(head) + len, 0);
    ebml_write_bytes(w, head, sizeof(head));
    ebml_write_bytes(w, bytes, len);
}

static void put_group(struct ebml_writer *w, unsigned track, int relative_ms, const void *bytes,
                      size_t len) {
    const size_t group = ebml_begin_master(w, EBML_ID_BLOCK_GROUP);
    put_block(w, EBML_ID_BLOCK, track, relative_ms, 0, bytes, len);
    ebml_put_uint(w, EBML_ID_REFERENCE_BLOCK, 1);
    ebml_end_master(w, group);
}

static void check_stream(const struct ebml_writer *w, const char *wanted) {
    char reason[INGEST_REASON_BYTES];
    assert_int_equal(w->error, 0);
    for (size_t piece = 1; piece < 300; piece = piece * 2 + 1) {
        struct made_bytes list = {0};
        const int status = cut_all(&list, w->out, w->len, piece, reason);
        assert_string_equal(reason, "");
        assert_int_equal(status, INGEST_CUT_MORE);
        char short_list[2000] = "";
        for (char *line = (char *)list.bytes; *line; line = strchr(line, '\n') + 1) {
            unsigned track, len;
            uint64_t us;
            int key;
            sscanf(line, "%u %" SCNu64 " %u %d", &track, &us, &len, &key);
            const size_t at = strlen(short_list);
            snprintf(short_list + at, sizeof(short_list) - at, "%u@%" PRIu64 "+%u%s ", track, us,
                     len, key ? "k" : "");
        }
        assert_string_equal(short_list, wanted);
        made_bytes_free(&list);
    }
}

static void takes_groups_unknown_sizes_and_other_tracks(void **state) {
    static uint8_t bytes[4096];
    const struct made_track *const tracks[] = {&words, &video, &audio};
    struct ebml_writer w = ebml_writer_of(bytes, sizeof(bytes));
    (void)state;
    put_head(&w, "matroska", tracks, 3);
    begin_cluster(&w, 1000);
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 5, -20, 0x80, "\xfc\1", 2); // sound comes first
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 1, 0, 0x80, "words", 5);
    put_group(&w, 3, 0, "\x10key", 4); // a key frame by its own first byte, whatever the group says
    put_group(&w, 3, 33, "\x11p", 2);
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 3, 66, 0x80, "\x11q",
              2); // no key frame, whatever the flag says
    begin_cluster(&w, 2000);
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 3, 0, 0, "", 0); // nothing in it
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 5, 0, 0x80, "\xfc", 1);
    check_stream(&w, "2@980000+2k 1@1000000+4k 1@1033000+2 1@1066000+2 2@2000000+1k ");
}

static void unlaces(void **state) {
    static uint8_t bytes[4096];
    const struct made_track *const tracks[] = {&audio};
    struct ebml_writer w = ebml_writer_of(bytes, sizeof(bytes));
    uint8_t xiph[2 + 3 + 300 + 10 + 5] = {2, 255, 45, 10};       // 3 frames: 300, 10 and the rest
    uint8_t ebml[1 + 1 + 2 + 8 + 6 + 4] = {2, 0x88, 0x5f, 0xfd}; // 8, 8-2=6, the rest
    uint8_t fixed[1 + 6] = {2};
    (void)state;
    memset(xiph + 4, 0xfc, sizeof(xiph) - 4); // 20 ms each
    memset(ebml + 4, 0xe0, sizeof(ebml) - 4); // 2.5 ms each
    memset(fixed + 1, 0x98, 6);               // 20 ms each
    put_head(&w, "webm", tracks, 1);
    begin_cluster(&w, 0);
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 5, 0, 0x80 | 2, xiph, sizeof(xiph));
    put_group(&w, 5, 60, "\xfc", 1);
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 5, 100, 0x80 | 6, ebml, sizeof(ebml));
    put_block(&w, EBML_ID_SIMPLE_BLOCK, 5, 200, 0x80 | 4, fixed, sizeof(fixed));
    check_stream(&w, "2@0+300k 2@20000+10k 2@40000+6k 2@60000+1k 2@100000+8k 2@102500+6k "
                     "2@105000+4k 2@200000+2k 2@220000+2k 2@240000+2k ");
}

static void refuses_lengths_that_do_not_fit(void **state) {
    static const struct {
        unsigned lacing, count;
        const char *bytes;
        size_t len;
    } bad[] = {{1, 3, "\xff", 1},
               {1, 2,
                "\x05"
                "abc",
                4},
               {2, 3, "abcd", 4},
               {3, 3, "\x82\x80", 2},
               {3, 3,
                "\x81\x80"
                "a",
                3},
               {0, 2, "ab", 2},
               {1, 0, "", 0},
               {3, 2, "\xff", 1}};
    uint32_t lens[INGEST_LACES_COUNT];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (ingest_lacing_read(lens, bad[i].lacing, bad[i].count, (const uint8_t *)bad[i].bytes,
                               bad[i].len) != -1)
            fail_msg("lacing %zu was taken", i);
    assert_int_equal(ingest_opus_duration_us((const uint8_t *)"\x1b\x03", 2), 0); // 180 ms
    assert_int_equal(ingest_opus_duration_us((const uint8_t *)"\x19", 1), 120000);
    assert_int_equal(ingest_opus_duration_us((const uint8_t *)"", 0), 0);
}

static void check_refusal(const struct made_track *const *tracks, size_t count, const char *a,
                          const char *b) {
    static uint8_t bytes[4096];
    char reason[INGEST_REASON_BYTES];
    struct made_bytes list = {0};
    struct ebml_writer w = ebml_writer_of(bytes, sizeof(bytes));
    put_head(&w, "matroska", tracks, count);
    assert_int_equal(cut_all(&list, bytes, w.len, 50, reason), INGEST_CUT_BAD);
    if (!strstr(reason, a) || !strstr(reason, b))
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", reason, a, b);
    assert_true(strlen(reason) < INGEST_REASON_BYTES - 1); // whole
    made_bytes_free(&list);
}

static void says_what_to_change(void **state) {
    const struct made_track h264 = {1, 1, "V_MPEG4/ISO/AVC", 0, false};
    const struct made_track hevc = {1, 1, "V_MPEGH/ISO/HEVC", 0, false};
    const struct made_track aac = {2, 2, "A_AAC", 2, false};
    const struct made_track odd = {1, 1, "V_\"\\", 0, false};
    const struct made_track many = {2, 2, "A_OPUS", 6, false};
    const struct made_track packed = {1, 1, "V_VP8", 0, true};
    const struct made_track beyond = {200, 1, "V_VP8", 0, false};
    (void)state;
    check_refusal((const struct made_track *[]){&h264, &aac}, 2, "H.264",
                  "-c:v libvpx -deadline realtime");
    check_refusal((const struct made_track *[]){&h264, &aac}, 2, "AAC", "-c:a libopus");
    check_refusal((const struct made_track *[]){&hevc, &audio}, 2, "HEVC", "-c:v libvpx");
    check_refusal((const struct made_track *[]){&video, &aac}, 2, "AAC", "-c:a libopus");
    check_refusal((const struct made_track *[]){&video, &many}, 2, "6 channels", "-ac 2");
    check_refusal((const struct made_track *[]){&odd}, 1, "V_;", "VP8");
    check_refusal((const struct made_track *[]){&packed}, 1, "compressed", "-f webm");
    check_refusal((const struct made_track *[]){&beyond}, 1, "Track 200", "-f webm");
    check_refusal((const struct made_track *[]){&words}, 1, "neither", "-c:v libvpx");
}

static void refuses_what_is_no_stream(void **state) {
    char reason[INGEST_REASON_BYTES];
    static uint8_t bytes[256];
    struct made_bytes list = {0};
    (void)state;
    assert_int_equal(cut_all(&list, (const uint8_t *)"FLV\1\5\0\0\0\11\0\0\0\0", 13, 5, reason),
                     INGEST_CUT_BAD);
    assert_non_null(strstr(reason, "-f webm"));
    struct ebml_writer w = ebml_writer_of(bytes, sizeof(bytes));
    put_head(&w, "webm", NULL, 0);
    assert_int_equal(cut_all(&list, bytes, w.len, 5, reason), INGEST_CUT_BAD);
    w = ebml_writer_of(bytes, sizeof(bytes));
    const struct made_track *const tracks[] = {&video};
    put_head(&w, "webm", tracks, 1);
    begin_cluster(&w, 0);
    ebml_write_id(&w, EBML_ID_SIMPLE_BLOCK);
    ebml_write_size(&w, LIMIT_MEDIA_MESSAGE_BYTES, 8);
    ebml_write_bytes(&w, "\x83\0\0\x80", 4);
    assert_int_equal(cut_all(&list, bytes, w.len, 5, reason), INGEST_CUT_BAD);
    assert_non_null(strstr(reason, "1 MiB"));
    made_bytes_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_files_alike_in_any_pieces),
        cmocka_unit_test(finds_the_same_in_any_dress),
        cmocka_unit_test(finds_the_packets_that_ffprobe_finds),
        cmocka_unit_test(takes_groups_unknown_sizes_and_other_tracks),
        cmocka_unit_test(unlaces),
        cmocka_unit_test(refuses_lengths_that_do_not_fit),
        cmocka_unit_test(says_what_to_change),
        cmocka_unit_test(refuses_what_is_no_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
