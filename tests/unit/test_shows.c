// SPDX-License-Identifier: MIT
// Both catalogues: shows and replays.
#include "relay/relay_limits.h"
#include "relay/replays.h"
#include "relay/shows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int start(void **state) {
    (void)state;
    return random_start();
}

static void ids_and_keys(void **state) {
    (void)state;
    struct shows s;
    char key[LIMIT_KEY_CHARS + 1], other[LIMIT_KEY_CHARS + 1];
    uint8_t hash[SECRET_HASH_LEN];
    assert_int_equal(shows_init(&s, 1000), 0);
    struct show *const first = shows_add(&s, "T", "D", key, 1, 2);
    assert_true(show_id_is_valid(first->id, strlen(first->id)));
    assert_int_equal(strlen(key), LIMIT_KEY_CHARS);
    assert_int_equal(
        strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        LIMIT_KEY_CHARS);
    secret_hash(hash, key);
    assert_true(secret_hash_equals(hash, first->key_hash));
    key[5] = key[5] == 'A' ? 'B' : 'A';
    secret_hash(hash, key);
    assert_false(secret_hash_equals(hash, first->key_hash));
    for (int i = 0; i < 999; i++)
        assert_non_null(shows_add(&s, "T", "", other, 1, 2));
    for (size_t i = 1; i < s.count; i++)
        assert_true(strcmp(s.by_id[i - 1]->id, s.by_id[i]->id) < 0);
    assert_ptr_equal(shows_find(&s, first->id), first);
    assert_null(shows_find(&s, ""));
    assert_null(shows_find(&s, "aaaaaaaaaaaaaaaa"));
    assert_null(shows_add(&s, "T", "", other, 1, 2)); // full, and nothing is old
    shows_dispose(&s);
}

static void forgets_only_what_is_idle(void **state) {
    (void)state;
    struct shows s;
    char key[LIMIT_KEY_CHARS + 1];
    assert_int_equal(shows_init(&s, 8), 0);
    struct show *const ended = shows_add(&s, "ended", "", key, 0, 0);
    struct show *const live = shows_add(&s, "live", "", key, 0, 0);
    struct show *const busy = shows_add(&s, "busy", "", key, 0, 0);
    shows_add(&s, "scheduled", "", key, 0, 0);
    ended->state = SHOW_ENDED;
    live->state = SHOW_LIVE;
    busy->room = (struct room *)&s; // somebody is in it
    shows_forget_old(&s, LIMIT_SHOW_ENDED_US);
    assert_int_equal(s.count, 4);
    shows_forget_old(&s, LIMIT_SHOW_ENDED_US + 1);
    assert_int_equal(s.count, 3);
    shows_forget_old(&s, LIMIT_SHOW_IDLE_US + 1);
    assert_int_equal(s.count, 2);
    assert_non_null(shows_find(&s, live->id));
    assert_non_null(shows_find(&s, busy->id));
    shows_dispose(&s);
}

static void id_syntax(void **state) {
    (void)state;
    assert_true(show_id_is_valid("abcdefghz234", 12));
    static const char *const wrong[] = {
        "abcdefghz23",  "abcdefghz2345", "abcdefghz231", "abcdefghz238",
        "ABCDEFGHZ234", "../../etc/pa",  "abcdefgh.234", ""};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(show_id_is_valid(wrong[i], strlen(wrong[i])));
}

static void replays_are_newest_first_and_replaced_by_id(void **state) {
    (void)state;
    struct replays r;
    assert_int_equal(replays_init(&r, 4), 0);
    struct replay a = {.id = "aaaaaaaaaaaa", .started_at_ms = 100},
                  b = {.id = "bbbbbbbbbbbb", .started_at_ms = 300},
                  c = {.id = "cccccccccccc", .started_at_ms = 200},
                  d = {.id = "dddddddddddd", .started_at_ms = 200};
    assert_int_equal(replays_put(&r, &a), 0);
    assert_int_equal(replays_put(&r, &d), 0);
    assert_int_equal(replays_put(&r, &b), 0);
    assert_int_equal(replays_put(&r, &c), 0);
    const char order[] = {'b', 'c', 'd', 'a'};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(r.by_time[i]->id[0], order[i]);
    assert_int_equal(replays_after(&r, 200, "cccccccccccc"), 2);
    assert_int_equal(replays_after(&r, 200, "cccccccccccd"),
                     2); // gone meanwhile: the page goes on all the same
    assert_int_equal(replays_after(&r, 1, "aaaaaaaaaaaa"), 4);
    a.started_at_ms = 400;
    a.duration_ms = 5;
    assert_int_equal(replays_put(&r, &a), 0);
    assert_int_equal(r.count, 4);
    assert_int_equal(r.by_time[0]->id[0], 'a');
    assert_int_equal(replays_find(&r, "aaaaaaaaaaaa")->duration_ms, 5);
    struct replay e = {.id = "eeeeeeeeeeee"};
    assert_int_equal(replays_put(&r, &e), -1);
    assert_null(replays_find(&r, "eeeeeeeeeeee"));
    replays_dispose(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_keys),
        cmocka_unit_test(forgets_only_what_is_idle),
        cmocka_unit_test(id_syntax),
        cmocka_unit_test(replays_are_newest_first_and_replaced_by_id),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
