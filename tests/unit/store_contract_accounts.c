// SPDX-License-Identifier: MIT
// Of accounts: how they come to be, by invitation too, how they are listed, banned and set up, and
// the e-mail addresses they have confirmed.
#include "tests/unit/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void accounts_are_made_once_and_the_first_is_admin(void **state) {
    (void)state;
    struct told t;
    struct store *s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", told_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_ADMIN);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_MEMBER);
    struct store_account other = a_person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &other, NULL, told_account), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_set_role, "bob", ROLE_MODERATOR, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_role, "eve", ROLE_ADMIN, told_done),
                     STORE_NOT_FOUND);
    store_close(s);
    s = store_kit_open_again(); // what was answered is there
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", told_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_string_equal(t.account.name, ada.name);
    assert_string_equal(t.account.display_name, ada.display_name);
    assert_string_equal(t.account.password_hash, ada.password_hash);
    assert_int_equal(t.account.created_us, T0);
    assert_int_equal(ASK(s, t, store_account_find, "bob", "", told_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_MODERATOR);
    store_close(s);
}

static void an_invitation_is_used_once_and_in_time(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    struct store_invitation i = {.id = "inviteaaaaaa", .created_us = T0, .expires_us = T0 + HOUR};
    secret_hash(i.code_hash, "code");
    assert_int_equal(ASK(s, t, store_invitation_create, &i, told_done), STORE_OK);
    struct store_account late = a_person("late"), first = a_person("first"),
                         second = a_person("second");
    late.created_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_account_create, &late, i.code_hash, told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &first, i.code_hash, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &second, i.code_hash, told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "second", "", told_account), STORE_NOT_FOUND);
    // A name that is taken does not use it up.
    secret_hash(i.code_hash, "other");
    memcpy(i.id, "invitebbbbbb", sizeof(i.id));
    assert_int_equal(ASK(s, t, store_invitation_create, &i, told_done), STORE_OK);
    struct store_account again = a_person("first");
    assert_int_equal(ASK(s, t, store_account_create, &again, i.code_hash, told_account),
                     STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_create, &second, i.code_hash, told_account), STORE_OK);
    store_close(s);
}

static void invitations_are_listed_and_revoked(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    struct store_invitation i = {.created_us = T0, .expires_us = T0 + HOUR, .creator_name = "ada"};
    for (unsigned n = 0; n < LIMIT_INVITATIONS_COUNT; n++) {
        random_id(i.id);
        secret_hash(i.code_hash, i.id);
        i.created_us = T0 + n;
        assert_int_equal(ASK(s, t, store_invitation_create, &i, told_done), STORE_OK);
    }
    assert_int_equal(ASK(s, t, store_invitation_list, T0, told_invitations), STORE_OK);
    assert_int_equal(t.row_count, LIMIT_INVITATIONS_COUNT);
    assert_string_equal(t.invitation.id, i.id); // newest first
    assert_string_equal(t.invitation.creator_name, "ada");
    struct store_invitation more = i;
    random_id(more.id);
    secret_hash(more.code_hash, more.id);
    assert_int_equal(ASK(s, t, store_invitation_create, &more, told_done), STORE_BUSY);
    assert_int_equal(ASK(s, t, store_invitation_delete, i.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_invitation_delete, i.id, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_invitation_create, &more, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_invitation_list, T0 + HOUR, told_invitations), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static void the_banned_have_no_session(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    const struct store_session a = a_login(&bob, T0), b = a_login(&bob, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0 + 1, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, told_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_create, &b, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "bob", "", told_account), STORE_OK);
    assert_int_equal(t.account.banned_us, T0 + 1);
    assert_int_equal(ASK(s, t, store_count, told_counts), STORE_OK);
    assert_true(t.counts.accounts == 2 && t.counts.banned == 1 && t.counts.sessions == 0);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, 0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, "aaaaaaaaaaaa", T0, told_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void accounts_are_listed_by_name(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    static const char *const names[] = {"eve", "ada", "bob", "lloyd"};
    struct store_account_query q = {.limit = 2};
    for (size_t n = 0; n < 4; n++) {
        const struct store_account a = a_person(names[n]);
        assert_int_equal(ASK(s, t, store_account_create, &a, NULL, told_account), STORE_OK);
    }
    assert_int_equal(ASK(s, t, store_account_list, &q, told_accounts), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.account.name, "ada");
    assert_string_equal(t.account.password_hash, ""); // not needed, so not told
    snprintf(q.after, sizeof(q.after), "bob");
    assert_int_equal(ASK(s, t, store_account_list, &q, told_accounts), STORE_OK);
    assert_string_equal(t.account.name, "eve");
    q = (struct store_account_query){.words = "1l0-yd", .limit = 9}; // as it may be misread
    assert_int_equal(ASK(s, t, store_account_list, &q, told_accounts), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_string_equal(t.account.name, "lloyd");
    q = (struct store_account_query){.words = "DROP TABLE", .limit = 9}; // of their display names
    assert_int_equal(ASK(s, t, store_account_list, &q, told_accounts), STORE_OK);
    assert_int_equal(t.row_count, 4);
    store_close(s);
}

static void settings_are_kept_and_go_with_a_session(void **state) {
    (void)state;
    struct store *const s = store_kit_open_empty(0);
    struct told t;
    const struct store_account ada = a_person("ada");
    struct store_session session = {.created_us = T0, .expires_us = T0 + 10};
    const struct store_settings chosen = {.is_invisible = true};
    ASK(s, t, store_account_create, &ada, NULL, told_account);
    assert_int_equal(ASK(s, t, store_settings_find, ada.id, told_settings), STORE_OK);
    assert_false(t.settings.is_invisible || t.settings.mutes_invitations);
    random_id(session.id);
    memcpy(session.account_id, ada.id, sizeof(ada.id));
    memset(session.token_hash, 7, sizeof(session.token_hash));
    ASK(s, t, store_session_create, &session, told_done);
    assert_int_equal(ASK(s, t, store_session_find, session.token_hash, T0, told_session), STORE_OK);
    assert_false(t.session.is_invisible);
    assert_int_equal(ASK(s, t, store_settings_set, ada.id, &chosen, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_settings_find, ada.id, told_settings), STORE_OK);
    assert_true(t.settings.is_invisible && !t.settings.mutes_invitations);
    assert_int_equal(ASK(s, t, store_session_find, session.token_hash, T0, told_session), STORE_OK);
    assert_true(t.session.is_invisible);
    assert_int_equal(ASK(s, t, store_settings_set, "aaaaaaaaaaaa", &chosen, told_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static struct store_email_link link_for(const struct store_account *a, const char *address,
                                        const char *code) {
    struct store_email_link l = {.created_us = T0, .expires_us = T0 + HOUR};
    memcpy(l.account_id, a->id, sizeof(l.account_id));
    snprintf(l.address, sizeof(l.address), "%s", address);
    secret_hash(l.code_hash, code);
    return l;
}

static void an_address_is_confirmed_by_its_link_alone(void **state) {
    (void)state;
    struct told t;
    struct store *s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    const struct store_account nobody = a_person("nobody");
    const struct store_email_link lost = link_for(&nobody, "x@example.org", "x"),
                                  first = link_for(&ada, "Ada@Example.org", "first"),
                                  second = link_for(&ada, "ada@example.net", "second");
    assert_int_equal(ASK(s, t, store_email_wait, &lost, told_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_wait, &second, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &first, told_done), STORE_OK); // in its place
    assert_int_equal(ASK(s, t, store_email_confirm, second.code_hash, T0, told_email),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.waiting, "Ada@Example.org");
    assert_true(t.email.waiting_until_us == T0 + HOUR);
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0 + HOUR, told_email),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0, told_email), STORE_OK);
    assert_string_equal(t.email.account_name, "ada");
    assert_string_equal(t.email.address, "Ada@Example.org");
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0, told_email),
                     STORE_NOT_FOUND);
    store_close(s);
    s = store_kit_open_again();
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", told_account),
                     STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_string_equal(t.account.email, "Ada@Example.org");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", told_account), STORE_OK);
    assert_string_equal(t.account.email, "Ada@Example.org");
    // Another takes its place once it is confirmed; what has expired is forgotten.
    assert_int_equal(ASK(s, t, store_email_wait, &second, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.address, "Ada@Example.org");
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_wait, &second, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, second.code_hash, T0, told_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", told_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_end, ada.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_end, ada.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    store_close(s);
}

static void one_address_has_one_account(void **state) {
    (void)state;
    struct told t;
    struct store *const s = store_kit_open_empty(0);
    const struct store_account ada = a_person("ada"), bob = a_person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, told_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, told_account), STORE_OK);
    const struct store_email_link of_ada = link_for(&ada, "both@example.org", "ada"),
                                  of_bob = link_for(&bob, "BOTH@example.org", "bob"),
                                  banned = link_for(&bob, "bob@example.org", "banned");
    // It may wait for both, so that nobody learns of the other.
    assert_int_equal(ASK(s, t, store_email_wait, &of_ada, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &of_bob, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_ada.code_hash, T0, told_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_bob.code_hash, T0, told_email), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_email_find, bob.id, T0, told_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    assert_string_equal(t.email.waiting, "BOTH@example.org"); // nothing was changed
    assert_int_equal(ASK(s, t, store_email_end, ada.id, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_bob.code_hash, T0, told_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &banned, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0, told_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, banned.code_hash, T0, told_email),
                     STORE_NOT_FOUND);
    store_close(s);
}

int store_contract_accounts(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_are_made_once_and_the_first_is_admin),
        cmocka_unit_test(an_invitation_is_used_once_and_in_time),
        cmocka_unit_test(invitations_are_listed_and_revoked),
        cmocka_unit_test(the_banned_have_no_session),
        cmocka_unit_test(accounts_are_listed_by_name),
        cmocka_unit_test(settings_are_kept_and_go_with_a_session),
        cmocka_unit_test(an_address_is_confirmed_by_its_link_alone),
        cmocka_unit_test(one_address_has_one_account),
    };
    return cmocka_run_group_tests_name("store contract: accounts", tests, NULL, NULL);
}
