// SPDX-License-Identifier: MIT
// What may be said of a show, who may do what with it, and both as other programs read them.
#include "relay/feed_text.h"
#include "relay/show_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void tags_are_kept_once_and_in_lower_case(void **state) {
    (void)state;
    char tags[LIMIT_TAGS_BYTES + 1] = "", tag[LIMIT_TAG_BYTES + 1], longest[LIMIT_TAG_BYTES + 2];
    assert_true(show_tags_add(tags, "Ink"));
    assert_true(show_tags_add(tags, "ink"));
    assert_true(show_tags_add(tags, "two words"));
    assert_string_equal(tags, " ink two-words ");
    static const char *const bad[] = {"", " ", "a\"b", "<b>", "a,b", "#a", "a\tb", "a/b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(show_tags_add(tags, bad[i]));
    memset(longest, 'x', sizeof(longest));
    longest[LIMIT_TAG_BYTES + 1] = '\0';
    assert_false(show_tags_add(tags, longest));
    longest[LIMIT_TAG_BYTES] = '\0';
    for (char c = 'a'; c < 'a' + LIMIT_TAGS_COUNT - 2; c++) {
        longest[0] = c;
        assert_true(show_tags_add(tags, longest));
    }
    assert_false(show_tags_add(tags, "ninth"));
    const char *at = tags;
    unsigned count = 0;
    while (show_tags_next(&at, tag))
        count++;
    assert_int_equal(count, LIMIT_TAGS_COUNT);
    at = "";
    assert_null(show_tags_next(&at, tag));
}

static void a_tag_is_found_whole(void **state) {
    (void)state;
    const struct show_about about = {.tags = " ink birds "};
    assert_true(show_has_tag(&about, "ink"));
    assert_true(show_has_tag(&about, "birds"));
    assert_false(show_has_tag(&about, "bird"));
}

static void nobody_owns_what_is_a_guests(void **state) {
    (void)state;
    const struct person nobody = {.id = "n"}, admin = {.id = "a", .role = ROLE_ADMIN};
    assert_int_equal(show_actor_of(&(struct person){0}, ""), SHOW_ACTOR_GUEST);
    assert_int_equal(show_actor_of(&nobody, ""), SHOW_ACTOR_MEMBER);
    assert_int_equal(show_actor_of(&admin, "a"), SHOW_ACTOR_OWNER);
    assert_int_equal(show_actor_of(&admin, "b"), SHOW_ACTOR_ADMIN);
    assert_false(show_may(SHOW_ACTOR_ADMIN, SHOW_NEW_KEY));
}

static void feeds_escape_and_fit(void **state) {
    (void)state;
    static char out[FEED_FRAME_BYTES + FEED_SHOW_BYTES];
    struct feed_text f;
    struct show show = {.id = "aaaaaaaaaaaa", .about = {.starts_us = 1800000000000000LL}};
    // The worst there is: every byte becomes the longest of its forms.
    memset(show.about.title, '"', LIMIT_TITLE_BYTES);
    memset(show.about.description, ';', LIMIT_DESCRIPTION_BYTES);
    feed_text_init(&f, out, sizeof(out), "https://a.example");
    feed_calendar_begin(&f, show.about.title);
    feed_calendar_show(&f, &show, false);
    feed_calendar_end(&f);
    assert_false(f.is_overflown);
    out[f.len] = '\0';
    assert_non_null(strstr(out, "UID:aaaaaaaaaaaa@a.example\r\n"));
    assert_non_null(strstr(out, "DTSTART:20270115T080000Z\r\nDTEND:20270115T090000Z\r\n"));
    show.about.length_min = 95;
    f.len = 0;
    feed_calendar_show(&f, &show, true);
    out[f.len] = '\0';
    assert_non_null(strstr(out, "DTEND:20270115T093500Z\r\n"));
    assert_null(strstr(out, "DESCRIPTION"));
    for (const char *line = out, *end; (end = strstr(line, "\r\n")); line = end + 2)
        assert_true(end - line <= 75);
    memset(show.about.description, '"', LIMIT_DESCRIPTION_BYTES);
    feed_text_init(&f, out, sizeof(out), "https://a.example");
    feed_rss_begin(&f, "ann", "<Ann>");
    feed_rss_show(&f, &show, false);
    feed_rss_end(&f);
    assert_false(f.is_overflown);
    out[f.len] = '\0';
    assert_non_null(strstr(out, "<title>&lt;Ann&gt;</title>"));
    assert_non_null(strstr(out, "<link>https://a.example/show/aaaaaaaaaaaa</link>"));
    feed_text_init(&f, out, 40, "https://a.example");
    feed_rss_begin(&f, "ann", "Ann");
    assert_true(f.is_overflown);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_kept_once_and_in_lower_case),
        cmocka_unit_test(a_tag_is_found_whole),
        cmocka_unit_test(nobody_owns_what_is_a_guests),
        cmocka_unit_test(feeds_escape_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
