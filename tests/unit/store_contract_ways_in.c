// SPDX-License-Identifier: MIT
// Of the ways into an account: sessions, links for a new password, identities elsewhere.
#include "tests/unit/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void sessions_open_until_they_end(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    const struct store_session a = a_login(&ada, T0), b = a_login(&ada, T0 + 1),
                               c = a_login(&bob, T0);
    struct store_session nobody = a_login(&ada, T0);
    snprintf(nobody.account_id, sizeof(nobody.account_id), "aaaaaaaaaaaa");
    assert_int_equal(ASK(s, t, store_session_create, &a, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &c, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &nobody, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0 + HOUR - 1, told_session),
                     STORE_OK);
    assert_string_equal(t.session.id, a.id);
    assert_string_equal(t.account.canonical, "ada");
    assert_memory_equal(t.session.token_hash, a.token_hash, SECRET_HASH_LEN);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0 + HOUR, told_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0 + 2, told_sessions), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.sessions[0].id, b.id); // newest first
    assert_string_equal(t.sessions[1].agent, "browser");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "192.0.2.7", told_account), STORE_OK);
    assert_true(t.is_known_address);
    assert_int_equal(ASK(s, t, store_account_find, "ada", "192.0.2.8", told_account), STORE_OK);
    assert_false(t.is_known_address);
    // Nobody ends another's.
    assert_int_equal(ASK(s, t, store_session_delete, bob.id, a.id, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_delete, ada.id, a.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_delete_all, ada.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0, told_sessions), STORE_OK);
    assert_int_equal(t.row_count, 0);
    assert_int_equal(ASK(s, t, store_session_find, c.token_hash, T0, told_session), STORE_OK);
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, c.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void a_new_password_ends_the_other_sessions(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    const struct store_session a = a_login(&ada, T0), b = a_login(&ada, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_password, ada.id, "new", a.id, told_done),
                     STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, b.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, told_session), STORE_OK);
    assert_string_equal(t.account.password_hash, "new");
    assert_int_equal(ASK(s, t, store_account_set_password, "aaaaaaaaaaaa", "new", "", told_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void the_oldest_of_too_many_sessions_end(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    struct store_session first = {0};
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    for (int i = 0; i < LIMIT_SESSIONS_COUNT + 3; i++) {
        const struct store_session n = a_login(&ada, T0 + i);
        assert_int_equal(ASK(s, t, store_session_create, &n, told_done), STORE_OK);
        if (i == 2)
            first = n;
    }
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0, told_sessions), STORE_OK);
    assert_int_equal(t.row_count, LIMIT_SESSIONS_COUNT);
    assert_int_equal(ASK(s, t, store_session_find, first.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void a_reset_is_used_once_and_in_time(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    struct store_reset r = {.created_us = T0, .expires_us = T0 + HOUR};
    uint8_t older[SECRET_HASH_LEN];
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    const struct store_session a = a_login(&ada, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, told_done), STORE_OK);
    secret_hash(r.code_hash, "first");
    assert_int_equal(ASK(s, t, store_reset_create, &r, told_done), STORE_NOT_FOUND); // nobody's
    memcpy(r.account_id, ada.id, sizeof(r.account_id));
    assert_int_equal(ASK(s, t, store_reset_create, &r, told_done), STORE_OK);
    memcpy(older, r.code_hash, sizeof(older));
    secret_hash(r.code_hash, "second");
    assert_int_equal(ASK(s, t, store_reset_create, &r, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, older, T0, told_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0 + HOUR, told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, told_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_reset_use, r.code_hash, T0, "new hash", told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_use, r.code_hash, T0, "other", told_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", told_account), STORE_OK);
    assert_string_equal(t.account.password_hash, "new hash");
    // A ban takes it away; what has expired is forgotten.
    assert_int_equal(ASK(s, t, store_reset_create, &r, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, ada.id, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, ada.id, 0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, told_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_create, &r, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, told_account), STORE_NOT_FOUND);
    store_close(s);
}

static void a_mailed_reset_takes_no_other_away(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    struct store_reset given = {.created_us = T0, .expires_us = T0 + HOUR};
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    memcpy(given.account_id, ada.id, sizeof(given.account_id));
    struct store_reset mailed = given, newer;
    mailed.is_mailed = true;
    newer = mailed;
    secret_hash(given.code_hash, "given");
    secret_hash(mailed.code_hash, "mailed");
    secret_hash(newer.code_hash, "newer");
    assert_int_equal(ASK(s, t, store_reset_create, &given, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_create, &mailed, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_create, &newer, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, mailed.code_hash, T0, told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, given.code_hash, T0, told_account), STORE_OK);
    // Once one was used, the other opens nothing either.
    assert_int_equal(ASK(s, t, store_reset_use, newer.code_hash, T0, "hash", told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, given.code_hash, T0, told_account),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void an_identity_opens_one_account(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_identity i = {.issuer = "https://id.example", .subject = "1'; --"};
    const struct store_identity other = {.issuer = "https://id.example", .subject = "2"};
    const struct store_identity elsewhere = {.issuer = "https://b.example", .subject = "1'; --"};
    const struct store_invitation invitation = {.code_hash = {3}, .expires_us = T0 + 1};
    struct store_account ada = a_person("ada"), bob = a_person("bob"), eve = a_person("eve");
    ada.password_hash[0] = eve.password_hash[0] = '\0';
    assert_int_equal(ASK(s, t, store_identity_find, &i, told_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_join, &ada, NULL, &i, told_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_ADMIN);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_identity_find, &i, told_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_identity_find, &elsewhere, told_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_of, ada.id, i.issuer, told_account), STORE_OK);
    assert_string_equal(t.account.name, "ada");
    assert_int_equal(ASK(s, t, store_identity_of, ada.id, "https://b.example", told_account),
                     STORE_NOT_FOUND);
    // What is refused leaves nothing: no account, no invitation used.
    assert_int_equal(ASK(s, t, store_invitation_create, &invitation, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_join, &eve, invitation.code_hash, &i, told_account),
                     STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_find, "eve", "", told_account), STORE_NOT_FOUND);
    assert_int_equal(
        ASK(s, t, store_identity_join, &eve, invitation.code_hash, &other, told_account), STORE_OK);
    struct store_account late = a_person("late");
    assert_int_equal(
        ASK(s, t, store_identity_join, &late, invitation.code_hash, &elsewhere, told_account),
        STORE_NOT_FOUND);
    // Linked to an account that has a password, unlinked; the last way in stays.
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &i, T0, told_done), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_identity_add, ada.id, &elsewhere, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, told_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_set_password, ada.id, "hash", "", told_done),
                     STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, told_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &i, T0, told_done), STORE_OK);
    const struct store_identity second = {.issuer = "https://id.example", .subject = "3"};
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &second, T0, told_done), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_identity_add, "aaaaaaaaaaaa", &second, T0, told_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_find, &i, told_account), STORE_OK);
    assert_int_equal(t.account.banned_us, T0);
    store_close(s);
}

int store_contract_ways_in(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_open_until_they_end),
        cmocka_unit_test(a_new_password_ends_the_other_sessions),
        cmocka_unit_test(the_oldest_of_too_many_sessions_end),
        cmocka_unit_test(a_reset_is_used_once_and_in_time),
        cmocka_unit_test(a_mailed_reset_takes_no_other_away),
        cmocka_unit_test(an_identity_opens_one_account),
    };
    return cmocka_run_group_tests_name("store contract: ways in", tests, NULL, NULL);
}
