// SPDX-License-Identifier: MIT
// Of shows: kept, found, told to followers and to who is invited; and what is still to be done
// about them.
#include "tests/unit/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void shows_are_kept_until_they_end(void **state) {
    (void)state;
    struct told t;
    struct store *s = store_kit_open_empty(0);
    struct store_show a = {.id = "aaaaaaaaaaaa", .about = {.title = "A"}, .created_us = T0};
    struct store_show b = {.id = "bbbbbbbbbbbb", .created_us = T0};
    memset(b.about.title, 't', LIMIT_TITLE_BYTES);
    memset(b.about.description, 'd', LIMIT_DESCRIPTION_BYTES);
    secret_hash(a.key_hash, "key");
    assert_int_equal(ASK(s, t, store_show_create, &a, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &b, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &b, NULL, told_shows), STORE_TAKEN);
    b.state = STORE_SHOW_LIVE;
    b.started_us = T0 + 5;
    assert_int_equal(ASK(s, t, store_show_update, &b, told_done), STORE_OK);
    store_close(s);
    s = store_kit_open_again();
    assert_int_equal(ASK(s, t, store_show_list_open, 10, told_shows), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_memory_equal(t.shows[0].key_hash, a.key_hash, SECRET_HASH_LEN);
    assert_string_equal(t.shows[0].account_id, "");
    assert_string_equal(t.shows[1].about.title, b.about.title);
    assert_string_equal(t.shows[1].about.description, b.about.description);
    assert_int_equal(t.shows[1].state, STORE_SHOW_LIVE);
    assert_int_equal(t.shows[1].started_us, T0 + 5);
    assert_int_equal(ASK(s, t, store_show_list_open, 1, told_shows), STORE_OK);
    assert_int_equal(t.row_count, 1);
    b.state = STORE_SHOW_ENDED;
    b.ended_us = T0 + 9;
    assert_int_equal(ASK(s, t, store_show_update, &b, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_delete, a.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_delete, a.id, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_update, &a, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_list_open, 10, told_shows), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static void a_request_is_done_once(void **state) {
    (void)state;
    struct told t;
    uint8_t request[SECRET_HASH_LEN];
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    const struct store_show first = a_show(&ada, "First", T0), again = a_show(&ada, "Again", T0);
    const struct store_show other = a_show(&bob, "Other", T0), lost = a_show(&ada, "Lost", T0);
    secret_hash(request, "request");
    assert_int_equal(ASK(s, t, store_show_create, &first, request, told_shows), STORE_OK);
    assert_string_equal(t.shows[0].id, first.id);
    assert_string_equal(t.shows[0].creator_name, "ada");
    assert_int_equal(ASK(s, t, store_show_create, &again, request, told_shows), STORE_TAKEN);
    assert_string_equal(t.shows[0].id, first.id);
    assert_int_equal(ASK(s, t, store_show_find, again.id, told_shows), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_create, &other, request, told_shows), STORE_OK);
    struct store_show nobodys = lost;
    snprintf(nobodys.account_id, sizeof(nobodys.account_id), "aaaaaaaaaaaa");
    assert_int_equal(ASK(s, t, store_show_create, &nobodys, NULL, told_shows), STORE_NOT_FOUND);
    store_close(s);
}

// Titles of what a query finds, one a line.
static const char *found(struct store *s, const struct store_show_query *q) {
    static char lines[1024];
    static struct told t;
    lines[0] = '\0';
    assert_int_equal(ASK(s, t, store_show_search, q, told_shows), STORE_OK);
    for (size_t i = 0; i < t.row_count; i++)
        snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "%s\n",
                 t.shows[i].about.title);
    return lines;
}

static void shows_are_found_by_words_and_maker(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    struct store_show birds = a_show(&ada, "Drawing birds", T0);
    struct store_show cafe = a_show(&ada, "Caf\xc3\xa9 birds", T0 + 1);
    struct store_show hidden = a_show(&ada, "Hidden birds", T0 + 2);
    snprintf(birds.about.tags, sizeof(birds.about.tags), " ink ");
    snprintf(birds.about.category, sizeof(birds.about.category), "art");
    hidden.about.visibility = SHOW_UNLISTED;
    cafe.state = STORE_SHOW_LIVE;
    assert_int_equal(ASK(s, t, store_show_create, &birds, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &cafe, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &hidden, NULL, told_shows), STORE_OK);
    struct store_show_query q = {.words = "bird", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "Caf\xc3\xa9 birds\nDrawing birds\n"); // live first
    q.skip = 1;
    assert_string_equal(found(s, &q), "Drawing birds\n");
    q = (struct store_show_query){.words = "cafe \"*", .state = STORE_SHOW_LIVE, .limit = 10};
    assert_string_equal(found(s, &q), "Caf\xc3\xa9 birds\n");
    q = (struct store_show_query){.words = "dravving", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "Drawing birds\n");
    q = (struct store_show_query){.words = "bird", .state = -1, .tag = "ink", .limit = 10};
    assert_string_equal(found(s, &q), "Drawing birds\n");
    q = (struct store_show_query){.state = -1, .limit = 10};
    memcpy(q.account_id, ada.id, sizeof(q.account_id));
    assert_string_equal(found(s, &q), "Caf\xc3\xa9 birds\nDrawing birds\n"); // newest first
    q.sees_hidden = true;
    q.limit = 1;
    assert_string_equal(found(s, &q), "Hidden birds\n");
    snprintf(birds.about.title, sizeof(birds.about.title), "Feathers");
    assert_int_equal(ASK(s, t, store_show_edit, &birds, T0, told_done), STORE_OK);
    q = (struct store_show_query){.words = "drawing", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "");
    assert_int_equal(ASK(s, t, store_show_delete, cafe.id, told_done), STORE_OK);
    q = (struct store_show_query){.words = "cafe", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "");
    store_close(s);
}

static void who_follows_is_told(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_any, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_any, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "ada", T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "ada", T0 + 9, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "bob", T0, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_follow_list, bob.id, told_accounts), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_string_equal(t.account.password_hash, "");
    assert_int_equal(ASK(s, t, store_account_profile, "ada", bob.id, told_profile), STORE_OK);
    assert_true(t.profile.is_followed && t.profile.followers_count == 1);
    struct store_show n = a_show(&ada, "Soon", T0 + 1), old = a_show(&ada, "Old", T0 - 1);
    n.about.starts_us = old.about.starts_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_show_create, &n, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &old, NULL, told_shows), STORE_OK);
    n.state = STORE_SHOW_LIVE;
    n.started_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_show_update, &n, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notifications_read, bob.id, T0 + 5, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_LIVE);
    assert_true(t.notifications[0].is_unread && !t.notifications[1].is_unread);
    assert_int_equal(t.notifications[1].kind, NOTIFY_SCHEDULED);
    // A reminder of what one is told anyway is not told twice; without following it is.
    assert_int_equal(ASK(s, t, store_remind, bob.id, n.id, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_remind, bob.id, "aaaaaaaaaaaa", T0, told_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(ASK(s, t, store_unfollow, bob.id, "ada", told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.notifications[0].kind, NOTIFY_REMINDED);
    assert_int_equal(ASK(s, t, store_unremind, bob.id, n.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static void who_is_invited_is_told(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob"), cab = a_person("cab");
    const struct store_settings muted = {.mutes_invitations = true};
    ASK(s, t, store_account_create, &ada, NULL, told_account);
    ASK(s, t, store_account_create, &bob, NULL, told_account);
    ASK(s, t, store_account_create, &cab, NULL, told_account);
    struct store_show n = a_show(&ada, "Closed", T0);
    n.about.visibility = SHOW_PRIVATE;
    snprintf(n.about.invited, sizeof(n.about.invited), " Bob ada ");
    assert_int_equal(ASK(s, t, store_show_create, &n, NULL, told_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, ada.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0); // one's own
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.notifications[0].kind, NOTIFY_INVITED);
    assert_int_equal(t.notifications[0].at_us, T0);
    // Another one later; the first is not told again.
    snprintf(n.about.invited, sizeof(n.about.invited), " bob cab ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 5, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.notifications[0].at_us, T0);
    assert_int_equal(ASK(s, t, store_notification_list, cab.id, told_notifications), STORE_OK);
    assert_int_equal(t.notifications[0].at_us, T0 + 5);
    n.state = STORE_SHOW_LIVE;
    n.started_us = T0 + 9;
    assert_int_equal(ASK(s, t, store_show_update, &n, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_LIVE);
    // Once, also with a reminder.
    assert_int_equal(ASK(s, t, store_remind, bob.id, n.id, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_REMINDED);
    assert_int_equal(ASK(s, t, store_settings_set, cab.id, &muted, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, cab.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    // Who is invited no more is told nothing, nor is anybody of a show that is open to all.
    snprintf(n.about.invited, sizeof(n.about.invited), " cab ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 10, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_unremind, bob.id, n.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, told_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    snprintf(n.about.invited, sizeof(n.about.invited), " nobody ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 11, told_done), STORE_NOT_FOUND);
    store_close(s);
}

static void errands_are_done_in_their_order(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    struct store_errand e = {.kind = ERRAND_END_SHOW, .subject = "showaaaaaaaa"};
    assert_int_equal(ASK(s, t, store_errand_list, told_errands), STORE_OK);
    assert_int_equal(t.row_count, 0);
    assert_int_equal(ASK(s, t, store_errand_add, &e, told_done), STORE_OK);
    e.kind = ERRAND_FORGET_REPLAY;
    assert_int_equal(ASK(s, t, store_errand_add, &e, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_errand_list, told_errands), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.errand.kind, ERRAND_END_SHOW);
    assert_string_equal(t.errand.subject, "showaaaaaaaa");
    const int64_t number = t.errand.number;
    assert_int_equal(ASK(s, t, store_errand_clear, number, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_errand_list, told_errands), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.errand.kind, ERRAND_FORGET_REPLAY);
    store_close(s);
}

int store_contract_shows(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_are_kept_until_they_end),
        cmocka_unit_test(a_request_is_done_once),
        cmocka_unit_test(shows_are_found_by_words_and_maker),
        cmocka_unit_test(who_follows_is_told),
        cmocka_unit_test(who_is_invited_is_told),
        cmocka_unit_test(errands_are_done_in_their_order),
    };
    return cmocka_run_group_tests_name("store contract: shows", tests, NULL, NULL);
}
