// SPDX-License-Identifier: MIT
// Pictures by ImageMagick and libwebp, whole, cut at every byte, and made to lie.
#include "relay/image_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *file;
    enum image_kind kind;
} pictures[] = {
    {"baseline.jpg", IMAGE_JPEG},  {"progressive.jpg", IMAGE_JPEG}, {"grey.png", IMAGE_PNG},
    {"interlaced.png", IMAGE_PNG}, {"lossy.webp", IMAGE_WEBP},      {"lossless.webp", IMAGE_WEBP},
    {"alpha.webp", IMAGE_WEBP},
};
#define PICTURE_COUNT (sizeof(pictures) / sizeof(pictures[0]))

static size_t read_picture(uint8_t *out, size_t cap, const char *name) {
    char path[512];
    snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/image_check/%s", TABCAST_SOURCE_DIR, name);
    FILE *const f = fopen(path, "rb");
    assert_non_null(f);
    const size_t len = fread(out, 1, cap, f);
    fclose(f);
    assert_true(len > 0 && len < cap);
    return len;
}

static void kinds_and_sizes_are_found(void **state) {
    static uint8_t bytes[65536];
    (void)state;
    for (size_t i = 0; i < PICTURE_COUNT; i++) {
        const size_t len = read_picture(bytes, sizeof(bytes), pictures[i].file);
        const struct image_info info = image_check(bytes, len);
        if (info.kind != pictures[i].kind || info.width != 37 || info.height != 23)
            fail_msg("%s: %d, %u x %u", pictures[i].file, info.kind, info.width, info.height);
        assert_non_null(image_type(info.kind));
    }
}

static void what_was_cut_off_is_no_picture(void **state) {
    static uint8_t bytes[65536];
    (void)state;
    for (size_t i = 0; i < PICTURE_COUNT; i++) {
        const size_t len = read_picture(bytes, sizeof(bytes), pictures[i].file);
        for (size_t cut = 0; cut < len; cut++)
            if (image_check(bytes, cut).kind != IMAGE_NONE)
                fail_msg("%s cut at %zu", pictures[i].file, cut);
    }
}

static void other_bytes_are_no_picture(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                                        "GIF89a",
                                        "BM",
                                        "\xff\xd8\xff\xd9",
                                        "RIFF",
                                        "RIFF\x04WEBP"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(image_check((const uint8_t *)texts[i], strlen(texts[i])).kind, IMAGE_NONE);
}

// APP0, a fill byte, SOF2 of 300 by 256 in three colours, SOS, a byte of data, EOI.
static const uint8_t made[] = {0xff, 0xd8, 0xff, 0xe0, 0x00, 0x04, 'J',  'F',  0xff,
                               0xff, 0xc2, 0x00, 0x11, 0x08, 0x01, 0x00, 0x01, 0x2c,
                               0x03, 0x01, 0x11, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11,
                               0x01, 0xff, 0xda, 0x00, 0x02, 0x55, 0xff, 0xd9};
#define SOF_AT 10
#define SOS_AT 29

static void the_frame_says_size_and_colours(void **state) {
    (void)state;
    const struct image_info info = image_check(made, sizeof(made));
    assert_int_equal(info.kind, IMAGE_JPEG);
    assert_int_equal(info.width, 300);
    assert_int_equal(info.height, 256);
    assert_int_equal(info.components, 3);
}

static void a_jpeg_cut_anywhere_is_none(void **state) {
    (void)state;
    uint8_t copy[sizeof(made)];
    for (size_t len = 0; len < sizeof(made); len++) {
        assert_int_equal(image_check(made, len).kind, IMAGE_NONE);
        // Also when what is left ends as a picture does.
        if (len >= 4 && len <= SOS_AT + 4) {
            memcpy(copy, made, len);
            copy[len - 2] = 0xff;
            copy[len - 1] = 0xd9;
            assert_int_equal(image_check(copy, len).kind, IMAGE_NONE);
        }
    }
}

static void jpegs_of_other_kinds_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {0, 0x89},          // PNG begins so
        {SOF_AT, 0xc3},     // lossless
        {SOF_AT, 0xc5},     // differential
        {SOF_AT, 0xc9},     // arithmetic
        {SOF_AT, 0xda},     // a scan before the frame
        {SOF_AT, 0xd9},     // an end before the frame
        {SOF_AT, 0xe1},     // no frame at all
        {SOF_AT + 3, 0x0c}, // 12 bits
        {SOF_AT + 2, 0x12}, // a length that does not fit
        {SOF_AT + 8, 0x04}, // as many colours do not fit
        {SOF_AT + 8, 0x02}, // nor do so few
        {SOF_AT + 5, 0x00}, // no height …
        {SOF_AT + 6, 0x00}, // no width: with the byte behind it
        {SOS_AT, 0xc0},     // a second frame
        {sizeof(made) - 1, 0xd8},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t copy[sizeof(made)];
        memcpy(copy, made, sizeof(copy));
        copy[changes[i].at] = changes[i].byte;
        if (changes[i].at == SOF_AT + 5)
            copy[SOF_AT + 4] = 0;
        if (changes[i].at == SOF_AT + 6)
            copy[SOF_AT + 7] = 0;
        if (image_check(copy, sizeof(copy)).kind != IMAGE_NONE)
            fail_msg("change %zu", i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_sizes_are_found),
        cmocka_unit_test(what_was_cut_off_is_no_picture),
        cmocka_unit_test(other_bytes_are_no_picture),
        cmocka_unit_test(the_frame_says_size_and_colours),
        cmocka_unit_test(a_jpeg_cut_anywhere_is_none),
        cmocka_unit_test(jpegs_of_other_kinds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
