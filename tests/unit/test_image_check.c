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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_sizes_are_found),
        cmocka_unit_test(what_was_cut_off_is_no_picture),
        cmocka_unit_test(other_bytes_are_no_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
