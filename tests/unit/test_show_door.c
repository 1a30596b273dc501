// SPDX-License-Identifier: MIT
// Who gets through a show's door: every actor by every visibility, and passes.
#include "relay/show_door.h"
#include "relay/show_pass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_US 1800000000000000LL
#define HASH "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"

static struct show_door door(enum show_visibility visibility) {
    struct show_door d = {.id = "aaaaaaaaaaaa", .account_id = "owner", .visibility = visibility};
    snprintf(d.invited, sizeof(d.invited), " Fr.iend ");
    snprintf(d.password_hash, sizeof(d.password_hash), HASH);
    return d;
}

static void everybody_at_every_door(void **state) {
    (void)state;
    static const struct person guest = {.id = ""}, member = {.id = "m", .canonical = "member"},
                               invited = {.id = "f", .canonical = "frlend"},
                               owner = {.id = "owner", .canonical = "owner"},
                               moderator = {.id = "o", .role = ROLE_MODERATOR},
                               admin = {.id = "d", .role = ROLE_ADMIN};
    static const struct {
        const struct person *person;
        enum show_entry entry[SHOW_VISIBILITY_COUNT];
    } cells[] = {
        // public, unlisted, private, password
        {&guest, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_HIDDEN, SHOW_ENTRY_LOCKED}},
        {&member, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_HIDDEN, SHOW_ENTRY_LOCKED}},
        {&invited, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_LOCKED}},
        {&owner, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN}},
        {&moderator, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_LOCKED, SHOW_ENTRY_LOCKED}},
        {&admin, {SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN, SHOW_ENTRY_OPEN}},
    };
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
        for (unsigned v = 0; v < SHOW_VISIBILITY_COUNT; v++) {
            const struct show_door d = door((enum show_visibility)v);
            const struct show_visitor visitor = {
                .person = *cells[i].person, .pass = "", .unix_us = NOW_US};
            if (show_door_entry(&d, &visitor) != cells[i].entry[v])
                fail_msg("person %zu, visibility %u", i, v);
        }
}

static void a_guest_named_like_an_invited_one_is_a_guest(void **state) {
    (void)state;
    const struct show_door d = door(SHOW_PRIVATE);
    const struct show_visitor visitor = {
        .person = {.canonical = "frlend"}, .pass = "", .unix_us = NOW_US};
    assert_int_equal(show_door_entry(&d, &visitor), SHOW_ENTRY_HIDDEN);
}

static bool opens(const struct show_door *d, const char *pass, int64_t unix_us) {
    const struct show_visitor visitor = {.pass = pass, .unix_us = unix_us};
    return show_door_entry(d, &visitor) == SHOW_ENTRY_OPEN;
}

static void a_pass_is_of_one_show_and_one_password_and_ends(void **state) {
    (void)state;
    struct show_door d = door(SHOW_PASSWORD), other = d;
    char pass[SHOW_PASS_CHARS + 1], wrong[SHOW_PASS_CHARS + 1];
    show_pass_write(pass, d.id, d.password_hash, NOW_US / 1000000 + 60);
    assert_true(opens(&d, pass, NOW_US));
    assert_true(opens(&d, pass, NOW_US + 59999999));
    assert_false(opens(&d, pass, NOW_US + 60000000));
    other.id[0] = 'b';
    assert_false(opens(&other, pass, NOW_US));
    other = d;
    other.password_hash[strlen(other.password_hash) - 1] ^= 1;
    assert_false(opens(&other, pass, NOW_US));
    other = d;
    other.password_hash[0] = '\0';
    show_pass_write(wrong, other.id, "", NOW_US / 1000000 + 60);
    assert_false(opens(&other, wrong, NOW_US));
    for (size_t i = 0; i < SHOW_PASS_CHARS; i++) { // its end, too, is sealed
        memcpy(wrong, pass, sizeof(wrong));
        wrong[i] = wrong[i] == 'f' ? '0' : 'f';
        assert_false(opens(&d, wrong, NOW_US));
    }
    for (size_t len = 0; len < SHOW_PASS_CHARS; len++) {
        snprintf(wrong, sizeof(wrong), "%.*s", (int)len, pass);
        assert_false(opens(&d, wrong, NOW_US));
    }
    d.visibility = SHOW_PRIVATE;
    assert_false(opens(&d, pass, NOW_US));
}

static void a_pass_is_found_among_cookies(void **state) {
    (void)state;
    char pass[SHOW_PASS_CHARS + 1], found[SHOW_PASS_CHARS + 1], cookie[HTTP_SET_COOKIE_BYTES],
        cookies[512], id[LIMIT_ID_CHARS + 1];
    show_pass_write(pass, "aaaaaaaaaaaa", HASH, 1900000000);
    show_pass_cookie(cookie, "aaaaaaaaaaaa", pass, 60, true);
    assert_non_null(strstr(cookie, "; HttpOnly; SameSite=Lax; Secure"));
    *strchr(cookie, ';') = '\0';
    snprintf(cookies, sizeof(cookies), "a=b; tabcast_pass_bbbbbbbbbbbb=%064d; %s; x=y", 0, cookie);
    show_pass_find(found, cookies, "aaaaaaaaaaaa");
    assert_string_equal(found, pass);
    show_pass_find(found, cookies, "bbbbbbbbbbbb"); // too short to be one
    assert_string_equal(found, "");
    show_pass_find(found, "", "aaaaaaaaaaaa");
    assert_string_equal(found, "");
    static const char *const paths[][2] = {{"/live/abcdefghijk2.webm", "abcdefghijk2"},
                                           {"/replays/abcdefghijk2/chat.json", "abcdefghijk2"},
                                           {"/api/v1/shows/abcdefghijk2", "abcdefghijk2"},
                                           {"/api/v1/shows/abcdefghijk2/pass", "abcdefghijk2"},
                                           {"/abcdefghijk29/x", ""},
                                           {"/ABCDEFGHIJK2", ""},
                                           {"/", ""},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        http_path_id(id, paths[i][0]);
        assert_string_equal(id, paths[i][1]);
    }
}

static void another_door_is_told_from_the_same(void **state) {
    (void)state;
    struct show_about before = {.visibility = SHOW_PRIVATE, .invited = " ann "}, after = before;
    assert_false(show_door_differs(&before, &after));
    after.title[0] = 'x';
    assert_false(show_door_differs(&before, &after));
    snprintf(after.invited, sizeof(after.invited), " bob ");
    assert_true(show_door_differs(&before, &after));
    after.visibility = SHOW_PUBLIC;
    show_about_settle(&after);
    assert_false(show_door_differs(&before, &after)); // all who are inside may stay
    assert_true(show_door_differs(&after, &before));
    assert_string_equal(after.invited, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_at_every_door),
        cmocka_unit_test(a_guest_named_like_an_invited_one_is_a_guest),
        cmocka_unit_test(a_pass_is_of_one_show_and_one_password_and_ends),
        cmocka_unit_test(a_pass_is_found_among_cookies),
        cmocka_unit_test(another_door_is_told_from_the_same),
    };
    if (random_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
