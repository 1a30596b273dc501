// SPDX-License-Identifier: MIT
// Names that show something, names that show nothing, and names that turn what is written behind
// them.
#include "relay/seen_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names_of_every_script_are_plain(void **state) {
    (void)state;
    static const char *const names[] = {
        "Ann",
        "x",
        " a ",
        "\xc3\x84nna \xc3\x85rtist",
        "\xd7\x90\xd7\x91\xe2\x80\x8f!",                // Hebrew with a mark
        "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae",         // Persian with a non-joiner
        "\xe5\xbc\xa0\xe4\xb8\x89",                     // Chinese
        "\xf0\x9f\x8e\xad",                             // an emoji
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", // two, joined
        "\xe2\x9d\xa4\xef\xb8\x8f",                     // with a variation selector
        "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xbf", // a flag with tags
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!seen_text_is_plain(names[i]))
            fail_msg("%s", names[i]);
}

static void what_shows_nothing_is_none(void **state) {
    (void)state;
    static const char *const names[] = {
        "",
        "   ",
        "\xc2\xa0",                  // no-break space
        "\xe2\x80\x8b",              // zero width space
        "\xe2\x80\x8d\xe2\x80\x8c",  // joiners of nothing
        "\xe3\x85\xa4",              // Hangul filler
        "\xef\xbe\xa0",              // its half-width twin
        "\xe2\xa0\x80",              // Braille without dots
        "\xef\xbb\xbf",              // byte order mark
        "\xc2\xad",                  // soft hyphen
        "\xe2\x81\xa0 \xe1\xa0\x8e", // word joiner, Mongolian vowel separator
        "\xf3\xa0\x81\x81",          // a tag
        "\xe3\x80\x80",              // ideographic space
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (seen_text_is_plain(names[i]))
            fail_msg("%zu", i);
}

static void what_turns_the_writing_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {
        "a\xe2\x80\xaenimda", // override
        "\xe2\x80\xaa"
        "a",             // embedding
        "a\xe2\x80\xac", // its end
        "\xe2\x81\xa6"
        "a",             // isolate
        "a\xe2\x81\xa9", // its end
        "a\xe2\x80\xa8"
        "b", // line separator
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (seen_text_is_plain(names[i]))
            fail_msg("%zu", i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_every_script_are_plain),
        cmocka_unit_test(what_shows_nothing_is_none),
        cmocka_unit_test(what_turns_the_writing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
