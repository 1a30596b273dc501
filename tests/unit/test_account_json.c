// SPDX-License-Identifier: MIT
// Accounts as JSON: the buffers hold whatever texts hold, and rights of admins, cell by cell.
#include "relay/account_json.h"
#include "relay/admin_json.h"
#include "relay/admin_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Every byte of every text is one that is written as six.
static struct store_account worst(void) {
    struct store_account a = {.role = ROLE_MODERATOR, .created_us = 1, .banned_us = 1};
    memset(a.id, 'a', sizeof(a.id) - 1);
    memset(a.name, 1, sizeof(a.name) - 1);
    memset(a.canonical, 'c', sizeof(a.canonical) - 1);
    memset(a.display_name, 1, sizeof(a.display_name) - 1);
    memset(a.bio, 1, sizeof(a.bio) - 1);
    memset(a.links, 1, sizeof(a.links) - 1);
    memset(a.email, 1, sizeof(a.email) - 1);
    for (size_t i = LIMIT_LINK_BYTES; i < sizeof(a.links) - 1; i += LIMIT_LINK_BYTES + 1)
        a.links[i] = '\n';
    return a;
}

static void fits(char *json, size_t len) {
    assert_non_null(json);
    assert_int_equal(json[0], '{');
    assert_int_equal(json[len - 1], '}');
    assert_null(memchr(json, 1, len));
    free(json);
}

static void the_worst_texts_fit(void **state) {
    (void)state;
    const struct store_account accounts[2] = {worst(), worst()};
    struct store_profile profile = {.account = worst(), .followers_count = UINT64_MAX};
    struct store_session session = {.created_us = INT64_MAX / 2, .expires_us = INT64_MAX / 2};
    struct store_invitation invitation = {.created_us = 1, .expires_us = 1};
    struct store_email email = {.waiting_until_us = INT64_MAX / 2};
    struct accounts site = {0};
    struct relay relay = {0};
    struct account_call *const call = calloc(1, sizeof(*call));
    size_t len = 0;
    assert_non_null(call);
    memset(email.address, 1, sizeof(email.address) - 1);
    memset(email.waiting, 1, sizeof(email.waiting) - 1);
    memset(session.agent, 1, sizeof(session.agent) - 1);
    memset(session.address, ':', sizeof(session.address) - 1);
    memset(session.id, 'a', sizeof(session.id) - 1);
    memset(invitation.id, 'a', sizeof(invitation.id) - 1);
    memset(invitation.creator_name, 1, sizeof(invitation.creator_name) - 1);
    call->account = accounts[0];
    call->session = session;
    call->accounts = &site;
    call->relay = &relay;
    memset(call->token, 'k', sizeof(call->token) - 1);
#define FITS(make)                                                                                 \
    do {                                                                                           \
        char *const json = make;                                                                   \
        fits(json, len);                                                                           \
    } while (0)
    FITS(account_json(&accounts[0], &len));
    FITS(account_list_json(accounts, 2, &len));
    FITS(account_list_json(accounts, 0, &len));
    FITS(account_profile_json(&profile, "", &len));
    FITS(account_current_json(call, "invitation", &len));
    FITS(account_session_json(call, &len));
    FITS(account_sessions_json(&session, 1, "", &len));
    FITS(account_invitation_json(&invitation, call->token, &len));
    FITS(account_invitations_json(&invitation, 1, &len));
    FITS(account_email_json(&email, true, &len));
    FITS(admin_json_account(&accounts[0], true, &len));
    FITS(admin_json_accounts(accounts, 2, true, true, &len));
    FITS(admin_json_reset(accounts[0].name, call->token, 1, &len));
#undef FITS
    free(call);
}

static void rights_are_the_table(void **state) {
    (void)state;
    static const struct {
        enum admin_action action;
        int reach[ROLE_COUNT]; // how many roles, from the lowest on, each role may do it to
    } cells[] = {
        {ADMIN_SEE, {0, 3, 3}},   {ADMIN_BAN, {0, 1, 3}},    {ADMIN_SET_ROLE, {0, 0, 3}},
        {ADMIN_RESET, {0, 0, 3}}, {ADMIN_INVITE, {0, 0, 3}}, {ADMIN_SEE_EMAIL, {0, 0, 3}},
    };
    assert_int_equal(sizeof(cells) / sizeof(cells[0]), ADMIN_ACTION_COUNT);
    for (size_t i = 0; i < ADMIN_ACTION_COUNT; i++)
        for (int actor = 0; actor < ROLE_COUNT; actor++) {
            const enum admin_action action = cells[i].action;
            const struct store_account by = {.id = "byaaaaaaaaaa",
                                             .role = (enum account_role)actor};
            assert_int_equal(admin_may(by.role, action), cells[i].reach[actor] > 0);
            for (int role = 0; role < ROLE_COUNT; role++) {
                const struct store_account to = {.id = "toaaaaaaaaaa",
                                                 .role = (enum account_role)role};
                assert_int_equal(admin_may_to(&by, action, &to), role < cells[i].reach[actor]);
            }
            const bool is_mine = admin_may_to(&by, action, &by);
            assert_true(action == ADMIN_BAN || action == ADMIN_SET_ROLE
                            ? !is_mine
                            : is_mine == (actor < cells[i].reach[actor]));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_texts_fit),
        cmocka_unit_test(rights_are_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
