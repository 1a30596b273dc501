// SPDX-License-Identifier: MIT
#include "tests/unit/store_contract.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T0 1800000000000000LL
#define HOUR 3600000000LL

static const struct store_maker *maker;

// What a callback was told.
struct told {
    unsigned count;
    enum store_status status;
    pthread_t thread;
    bool is_known_address;
    struct store_account account;
    struct store_session session;
    struct store_session sessions[64];
    struct store_show shows[64];
    size_t row_count;
    struct store_profile profile;
    struct store_notification notifications[8];
    struct store_invitation invitation;
    struct store_errand errand;
    struct store_counts counts;
    struct store_email email;
    struct store_settings settings;
};

static void note(struct told *t, enum store_status status) {
    t->count++;
    t->status = status;
    t->thread = pthread_self();
}
static void on_done(void *ctx, enum store_status status) { note(ctx, status); }
static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, account != NULL);
    t->is_known_address = is_known;
    if (account)
        t->account = *account;
}
static void on_email(void *ctx, enum store_status status, const struct store_email *email) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, email != NULL);
    if (email)
        t->email = *email;
}
static void on_session(void *ctx, enum store_status status, const struct store_session *session,
                       const struct store_account *account) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, session && account);
    if (session) {
        t->session = *session;
        t->account = *account;
    }
}
static void on_sessions(void *ctx, enum store_status status, const struct store_session *rows,
                        size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++)
        t->sessions[i] = rows[i];
}
static void on_shows(void *ctx, enum store_status status, const struct store_show *rows,
                     size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    for (size_t i = 0; i < count && i < 64; i++)
        t->shows[i] = rows[i];
}

static void on_accounts(void *ctx, enum store_status status, const struct store_account *rows,
                        size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->account = rows[0];
}
static void on_profile(void *ctx, enum store_status status, const struct store_profile *profile) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, profile != NULL);
    if (profile)
        t->profile = *profile;
}
static void on_notifications(void *ctx, enum store_status status,
                             const struct store_notification *rows, size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    for (size_t i = 0; i < count && i < 8; i++)
        t->notifications[i] = rows[i];
}

static void on_errands(void *ctx, enum store_status status, const struct store_errand *rows,
                       size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->errand = rows[0];
}
static void on_counts(void *ctx, enum store_status status, const struct store_counts *counts) {
    struct told *const t = ctx;
    note(t, status);
    if (counts)
        t->counts = *counts;
}

static void on_settings(void *ctx, enum store_status status,
                        const struct store_settings *settings) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, settings != NULL);
    if (settings)
        t->settings = *settings;
}

static struct store *open_with(size_t waiting_count) {
    const struct store_config config = {.waiting_count = waiting_count};
    struct store *const s = maker->open(&config, maker->where);
    assert_non_null(s);
    return s;
}
static struct store *open_empty(void) {
    maker->erase(maker->where);
    return open_with(0);
}

// The answer to a call that was accepted.
static struct told *answered(struct store *s, enum store_status accepted, struct told *t) {
    assert_int_equal(accepted, STORE_OK);
    assert_int_equal(t->count, 0); // never from inside the call
    while (!t->count && store_wait(s))
        store_poll(s);
    assert_int_equal(t->count, 1);
    assert_true(pthread_equal(t->thread, pthread_self()));
    return t;
}
// One call and its answer: ASK(s, told, store_x, arguments…, callback).
#define ASK(s, t, call, ...)                                                                       \
    ((t) = (struct told){0}, answered(s, call(s, __VA_ARGS__, &(t)), &(t))->status)

static struct store_account person(const char *name) {
    struct store_account a = {.role = ROLE_MEMBER, .created_us = T0};
    random_id(a.id);
    snprintf(a.name, sizeof(a.name), "%s", name);
    snprintf(a.canonical, sizeof(a.canonical), "%s", name);
    snprintf(a.display_name, sizeof(a.display_name), "%s \xc3\xa9'; DROP TABLE accounts; --", name);
    snprintf(a.password_hash, sizeof(a.password_hash), "hash of %s", name);
    return a;
}

static struct store_session login(const struct store_account *a, int64_t now_us) {
    struct store_session n = {.created_us = now_us, .expires_us = now_us + HOUR};
    char token[LIMIT_KEY_CHARS + 1];
    random_id(n.id);
    random_key(token);
    secret_hash(n.token_hash, token);
    memcpy(n.account_id, a->id, sizeof(n.account_id));
    snprintf(n.address, sizeof(n.address), "192.0.2.7");
    snprintf(n.agent, sizeof(n.agent), "browser");
    return n;
}

static void accounts_are_made_once_and_the_first_is_admin(void **state) {
    (void)state;
    struct told t;
    struct store *s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_ADMIN);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_MEMBER);
    struct store_account other = person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &other, NULL, on_account), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_set_role, "bob", ROLE_MODERATOR, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_role, "eve", ROLE_ADMIN, on_done),
                     STORE_NOT_FOUND);
    store_close(s);
    s = open_with(0); // what was answered is there
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", on_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_string_equal(t.account.name, ada.name);
    assert_string_equal(t.account.display_name, ada.display_name);
    assert_string_equal(t.account.password_hash, ada.password_hash);
    assert_int_equal(t.account.created_us, T0);
    assert_int_equal(ASK(s, t, store_account_find, "bob", "", on_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_MODERATOR);
    store_close(s);
}

static void an_invitation_is_used_once_and_in_time(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    struct store_invitation i = {.id = "inviteaaaaaa", .created_us = T0, .expires_us = T0 + HOUR};
    secret_hash(i.code_hash, "code");
    assert_int_equal(ASK(s, t, store_invitation_create, &i, on_done), STORE_OK);
    struct store_account late = person("late"), first = person("first"), second = person("second");
    late.created_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_account_create, &late, i.code_hash, on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &first, i.code_hash, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &second, i.code_hash, on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "second", "", on_account), STORE_NOT_FOUND);
    // A name that is taken does not use it up.
    secret_hash(i.code_hash, "other");
    memcpy(i.id, "invitebbbbbb", sizeof(i.id));
    assert_int_equal(ASK(s, t, store_invitation_create, &i, on_done), STORE_OK);
    struct store_account again = person("first");
    assert_int_equal(ASK(s, t, store_account_create, &again, i.code_hash, on_account), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_create, &second, i.code_hash, on_account), STORE_OK);
    store_close(s);
}

static void on_invitations(void *ctx, enum store_status status, const struct store_invitation *rows,
                           size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->invitation = rows[0];
}

static void invitations_are_listed_and_revoked(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    struct store_invitation i = {.created_us = T0, .expires_us = T0 + HOUR, .creator_name = "ada"};
    for (unsigned n = 0; n < LIMIT_INVITATIONS_COUNT; n++) {
        random_id(i.id);
        secret_hash(i.code_hash, i.id);
        i.created_us = T0 + n;
        assert_int_equal(ASK(s, t, store_invitation_create, &i, on_done), STORE_OK);
    }
    assert_int_equal(ASK(s, t, store_invitation_list, T0, on_invitations), STORE_OK);
    assert_int_equal(t.row_count, LIMIT_INVITATIONS_COUNT);
    assert_string_equal(t.invitation.id, i.id); // newest first
    assert_string_equal(t.invitation.creator_name, "ada");
    struct store_invitation more = i;
    random_id(more.id);
    secret_hash(more.code_hash, more.id);
    assert_int_equal(ASK(s, t, store_invitation_create, &more, on_done), STORE_BUSY);
    assert_int_equal(ASK(s, t, store_invitation_delete, i.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_invitation_delete, i.id, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_invitation_create, &more, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_invitation_list, T0 + HOUR, on_invitations), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static void the_banned_have_no_session(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    const struct store_session a = login(&bob, T0), b = login(&bob, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0 + 1, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, on_session), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_create, &b, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "bob", "", on_account), STORE_OK);
    assert_int_equal(t.account.banned_us, T0 + 1);
    assert_int_equal(ASK(s, t, store_count, on_counts), STORE_OK);
    assert_true(t.counts.accounts == 2 && t.counts.banned == 1 && t.counts.sessions == 0);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, 0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, "aaaaaaaaaaaa", T0, on_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void an_identity_opens_one_account(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_identity i = {.issuer = "https://id.example", .subject = "1'; --"};
    const struct store_identity other = {.issuer = "https://id.example", .subject = "2"};
    const struct store_identity elsewhere = {.issuer = "https://b.example", .subject = "1'; --"};
    const struct store_invitation invitation = {.code_hash = {3}, .expires_us = T0 + 1};
    struct store_account ada = person("ada"), bob = person("bob"), eve = person("eve");
    ada.password_hash[0] = eve.password_hash[0] = '\0';
    assert_int_equal(ASK(s, t, store_identity_find, &i, on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_join, &ada, NULL, &i, on_account), STORE_OK);
    assert_int_equal(t.account.role, ROLE_ADMIN);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_identity_find, &i, on_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_identity_find, &elsewhere, on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_of, ada.id, i.issuer, on_account), STORE_OK);
    assert_string_equal(t.account.name, "ada");
    assert_int_equal(ASK(s, t, store_identity_of, ada.id, "https://b.example", on_account),
                     STORE_NOT_FOUND);
    // What is refused leaves nothing: no account, no invitation used.
    assert_int_equal(ASK(s, t, store_invitation_create, &invitation, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_join, &eve, invitation.code_hash, &i, on_account),
                     STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_account_find, "eve", "", on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_join, &eve, invitation.code_hash, &other, on_account),
                     STORE_OK);
    struct store_account late = person("late");
    assert_int_equal(
        ASK(s, t, store_identity_join, &late, invitation.code_hash, &elsewhere, on_account),
        STORE_NOT_FOUND);
    // Linked to an account that has a password, unlinked; the last way in stays.
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &i, T0, on_done), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_identity_add, ada.id, &elsewhere, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_set_password, ada.id, "hash", "", on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_remove, ada.id, i.issuer, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &i, T0, on_done), STORE_OK);
    const struct store_identity second = {.issuer = "https://id.example", .subject = "3"};
    assert_int_equal(ASK(s, t, store_identity_add, bob.id, &second, T0, on_done), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_identity_add, "aaaaaaaaaaaa", &second, T0, on_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_identity_find, &i, on_account), STORE_OK);
    assert_int_equal(t.account.banned_us, T0);
    store_close(s);
}

static void a_reset_is_used_once_and_in_time(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada");
    struct store_reset r = {.created_us = T0, .expires_us = T0 + HOUR};
    uint8_t older[SECRET_HASH_LEN];
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    const struct store_session a = login(&ada, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, on_done), STORE_OK);
    secret_hash(r.code_hash, "first");
    assert_int_equal(ASK(s, t, store_reset_create, &r, on_done), STORE_NOT_FOUND); // nobody's
    memcpy(r.account_id, ada.id, sizeof(r.account_id));
    assert_int_equal(ASK(s, t, store_reset_create, &r, on_done), STORE_OK);
    memcpy(older, r.code_hash, sizeof(older));
    secret_hash(r.code_hash, "second");
    assert_int_equal(ASK(s, t, store_reset_create, &r, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, older, T0, on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0 + HOUR, on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, on_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_int_equal(ASK(s, t, store_reset_use, r.code_hash, T0, "new hash", on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_use, r.code_hash, T0, "other", on_done),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, on_session), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", on_account), STORE_OK);
    assert_string_equal(t.account.password_hash, "new hash");
    // A ban takes it away; what has expired is forgotten.
    assert_int_equal(ASK(s, t, store_reset_create, &r, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, ada.id, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, ada.id, 0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, on_account), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_create, &r, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, r.code_hash, T0, on_account), STORE_NOT_FOUND);
    store_close(s);
}

static void a_mailed_reset_takes_no_other_away(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada");
    struct store_reset given = {.created_us = T0, .expires_us = T0 + HOUR};
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    memcpy(given.account_id, ada.id, sizeof(given.account_id));
    struct store_reset mailed = given, newer;
    mailed.is_mailed = true;
    newer = mailed;
    secret_hash(given.code_hash, "given");
    secret_hash(mailed.code_hash, "mailed");
    secret_hash(newer.code_hash, "newer");
    assert_int_equal(ASK(s, t, store_reset_create, &given, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_create, &mailed, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_create, &newer, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, mailed.code_hash, T0, on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_reset_find, given.code_hash, T0, on_account), STORE_OK);
    // Once one was used, the other opens nothing either.
    assert_int_equal(ASK(s, t, store_reset_use, newer.code_hash, T0, "hash", on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_reset_find, given.code_hash, T0, on_account), STORE_NOT_FOUND);
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
    struct store *s = open_empty();
    const struct store_account ada = person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    const struct store_account nobody = person("nobody");
    const struct store_email_link lost = link_for(&nobody, "x@example.org", "x"),
                                  first = link_for(&ada, "Ada@Example.org", "first"),
                                  second = link_for(&ada, "ada@example.net", "second");
    assert_int_equal(ASK(s, t, store_email_wait, &lost, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_wait, &second, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &first, on_done), STORE_OK); // in its place
    assert_int_equal(ASK(s, t, store_email_confirm, second.code_hash, T0, on_email),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.waiting, "Ada@Example.org");
    assert_true(t.email.waiting_until_us == T0 + HOUR);
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0 + HOUR, on_email),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0, on_email), STORE_OK);
    assert_string_equal(t.email.account_name, "ada");
    assert_string_equal(t.email.address, "Ada@Example.org");
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_confirm, first.code_hash, T0, on_email),
                     STORE_NOT_FOUND);
    store_close(s);
    s = open_with(0);
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", on_account), STORE_OK);
    assert_string_equal(t.account.id, ada.id);
    assert_string_equal(t.account.email, "Ada@Example.org");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "", on_account), STORE_OK);
    assert_string_equal(t.account.email, "Ada@Example.org");
    // Another takes its place once it is confirmed; what has expired is forgotten.
    assert_int_equal(ASK(s, t, store_email_wait, &second, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.address, "Ada@Example.org");
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.waiting, "");
    assert_int_equal(ASK(s, t, store_email_wait, &second, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, second.code_hash, T0, on_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_find_email, "ada@example.org", on_account),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_email_end, ada.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_end, ada.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_find, ada.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    store_close(s);
}

static void one_address_has_one_account(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    const struct store_email_link of_ada = link_for(&ada, "both@example.org", "ada"),
                                  of_bob = link_for(&bob, "BOTH@example.org", "bob"),
                                  banned = link_for(&bob, "bob@example.org", "banned");
    // It may wait for both, so that nobody learns of the other.
    assert_int_equal(ASK(s, t, store_email_wait, &of_ada, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &of_bob, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_ada.code_hash, T0, on_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_bob.code_hash, T0, on_email), STORE_TAKEN);
    assert_int_equal(ASK(s, t, store_email_find, bob.id, T0, on_email), STORE_OK);
    assert_string_equal(t.email.address, "");
    assert_string_equal(t.email.waiting, "BOTH@example.org"); // nothing was changed
    assert_int_equal(ASK(s, t, store_email_end, ada.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, of_bob.code_hash, T0, on_email), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_wait, &banned, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_banned, bob.id, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_email_confirm, banned.code_hash, T0, on_email),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void accounts_are_listed_by_name(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    static const char *const names[] = {"eve", "ada", "bob", "lloyd"};
    struct store_account_query q = {.limit = 2};
    for (size_t n = 0; n < 4; n++) {
        const struct store_account a = person(names[n]);
        assert_int_equal(ASK(s, t, store_account_create, &a, NULL, on_account), STORE_OK);
    }
    assert_int_equal(ASK(s, t, store_account_list, &q, on_accounts), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.account.name, "ada");
    assert_string_equal(t.account.password_hash, ""); // not needed, so not told
    snprintf(q.after, sizeof(q.after), "bob");
    assert_int_equal(ASK(s, t, store_account_list, &q, on_accounts), STORE_OK);
    assert_string_equal(t.account.name, "eve");
    q = (struct store_account_query){.words = "1l0-yd", .limit = 9}; // as it may be misread
    assert_int_equal(ASK(s, t, store_account_list, &q, on_accounts), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_string_equal(t.account.name, "lloyd");
    q = (struct store_account_query){.words = "DROP TABLE", .limit = 9}; // of their display names
    assert_int_equal(ASK(s, t, store_account_list, &q, on_accounts), STORE_OK);
    assert_int_equal(t.row_count, 4);
    store_close(s);
}

static void settings_are_kept_and_go_with_a_session(void **state) {
    (void)state;
    struct store *const s = open_empty();
    struct told t;
    const struct store_account ada = person("ada");
    struct store_session session = {.created_us = T0, .expires_us = T0 + 10};
    const struct store_settings chosen = {.is_invisible = true};
    ASK(s, t, store_account_create, &ada, NULL, on_account);
    assert_int_equal(ASK(s, t, store_settings_find, ada.id, on_settings), STORE_OK);
    assert_false(t.settings.is_invisible || t.settings.mutes_invitations);
    random_id(session.id);
    memcpy(session.account_id, ada.id, sizeof(ada.id));
    memset(session.token_hash, 7, sizeof(session.token_hash));
    ASK(s, t, store_session_create, &session, on_done);
    assert_int_equal(ASK(s, t, store_session_find, session.token_hash, T0, on_session), STORE_OK);
    assert_false(t.session.is_invisible);
    assert_int_equal(ASK(s, t, store_settings_set, ada.id, &chosen, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_settings_find, ada.id, on_settings), STORE_OK);
    assert_true(t.settings.is_invisible && !t.settings.mutes_invitations);
    assert_int_equal(ASK(s, t, store_session_find, session.token_hash, T0, on_session), STORE_OK);
    assert_true(t.session.is_invisible);
    assert_int_equal(ASK(s, t, store_settings_set, "aaaaaaaaaaaa", &chosen, on_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void errands_are_done_in_their_order(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    struct store_errand e = {.kind = ERRAND_END_SHOW, .subject = "showaaaaaaaa"};
    assert_int_equal(ASK(s, t, store_errand_list, on_errands), STORE_OK);
    assert_int_equal(t.row_count, 0);
    assert_int_equal(ASK(s, t, store_errand_add, &e, on_done), STORE_OK);
    e.kind = ERRAND_FORGET_REPLAY;
    assert_int_equal(ASK(s, t, store_errand_add, &e, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_errand_list, on_errands), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.errand.kind, ERRAND_END_SHOW);
    assert_string_equal(t.errand.subject, "showaaaaaaaa");
    const int64_t number = t.errand.number;
    assert_int_equal(ASK(s, t, store_errand_clear, number, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_errand_list, on_errands), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.errand.kind, ERRAND_FORGET_REPLAY);
    store_close(s);
}

static void sessions_open_until_they_end(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    const struct store_session a = login(&ada, T0), b = login(&ada, T0 + 1), c = login(&bob, T0);
    struct store_session nobody = login(&ada, T0);
    snprintf(nobody.account_id, sizeof(nobody.account_id), "aaaaaaaaaaaa");
    assert_int_equal(ASK(s, t, store_session_create, &a, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &c, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &nobody, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0 + HOUR - 1, on_session),
                     STORE_OK);
    assert_string_equal(t.session.id, a.id);
    assert_string_equal(t.account.canonical, "ada");
    assert_memory_equal(t.session.token_hash, a.token_hash, SECRET_HASH_LEN);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0 + HOUR, on_session),
                     STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0 + 2, on_sessions), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_string_equal(t.sessions[0].id, b.id); // newest first
    assert_string_equal(t.sessions[1].agent, "browser");
    assert_int_equal(ASK(s, t, store_account_find, "ada", "192.0.2.7", on_account), STORE_OK);
    assert_true(t.is_known_address);
    assert_int_equal(ASK(s, t, store_account_find, "ada", "192.0.2.8", on_account), STORE_OK);
    assert_false(t.is_known_address);
    // Nobody ends another's.
    assert_int_equal(ASK(s, t, store_session_delete, bob.id, a.id, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_delete, ada.id, a.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, on_session), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_delete_all, ada.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0, on_sessions), STORE_OK);
    assert_int_equal(t.row_count, 0);
    assert_int_equal(ASK(s, t, store_session_find, c.token_hash, T0, on_session), STORE_OK);
    assert_int_equal(ASK(s, t, store_expire, T0 + HOUR, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, c.token_hash, T0, on_session), STORE_NOT_FOUND);
    store_close(s);
}

static void a_new_password_ends_the_other_sessions(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    const struct store_session a = login(&ada, T0), b = login(&ada, T0);
    assert_int_equal(ASK(s, t, store_session_create, &a, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_create, &b, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_set_password, ada.id, "new", a.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_session_find, b.token_hash, T0, on_session), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_session_find, a.token_hash, T0, on_session), STORE_OK);
    assert_string_equal(t.account.password_hash, "new");
    assert_int_equal(ASK(s, t, store_account_set_password, "aaaaaaaaaaaa", "new", "", on_done),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void the_oldest_of_too_many_sessions_end(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada");
    struct store_session first = {0};
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    for (int i = 0; i < LIMIT_SESSIONS_COUNT + 3; i++) {
        const struct store_session n = login(&ada, T0 + i);
        assert_int_equal(ASK(s, t, store_session_create, &n, on_done), STORE_OK);
        if (i == 2)
            first = n;
    }
    assert_int_equal(ASK(s, t, store_session_list, ada.id, T0, on_sessions), STORE_OK);
    assert_int_equal(t.row_count, LIMIT_SESSIONS_COUNT);
    assert_int_equal(ASK(s, t, store_session_find, first.token_hash, T0, on_session),
                     STORE_NOT_FOUND);
    store_close(s);
}

static void shows_are_kept_until_they_end(void **state) {
    (void)state;
    struct told t;
    struct store *s = open_empty();
    struct store_show a = {.id = "aaaaaaaaaaaa", .about = {.title = "A"}, .created_us = T0};
    struct store_show b = {.id = "bbbbbbbbbbbb", .created_us = T0};
    memset(b.about.title, 't', LIMIT_TITLE_BYTES);
    memset(b.about.description, 'd', LIMIT_DESCRIPTION_BYTES);
    secret_hash(a.key_hash, "key");
    assert_int_equal(ASK(s, t, store_show_create, &a, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &b, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &b, NULL, on_shows), STORE_TAKEN);
    b.state = STORE_SHOW_LIVE;
    b.started_us = T0 + 5;
    assert_int_equal(ASK(s, t, store_show_update, &b, on_done), STORE_OK);
    store_close(s);
    s = open_with(0);
    assert_int_equal(ASK(s, t, store_show_list_open, 10, on_shows), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_memory_equal(t.shows[0].key_hash, a.key_hash, SECRET_HASH_LEN);
    assert_string_equal(t.shows[0].account_id, "");
    assert_string_equal(t.shows[1].about.title, b.about.title);
    assert_string_equal(t.shows[1].about.description, b.about.description);
    assert_int_equal(t.shows[1].state, STORE_SHOW_LIVE);
    assert_int_equal(t.shows[1].started_us, T0 + 5);
    assert_int_equal(ASK(s, t, store_show_list_open, 1, on_shows), STORE_OK);
    assert_int_equal(t.row_count, 1);
    b.state = STORE_SHOW_ENDED;
    b.ended_us = T0 + 9;
    assert_int_equal(ASK(s, t, store_show_update, &b, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_delete, a.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_delete, a.id, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_update, &a, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_list_open, 10, on_shows), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static struct store_show show_of(const struct store_account *a, const char *title, int64_t at) {
    struct store_show n = {.created_us = at};
    random_id(n.id);
    if (a)
        memcpy(n.account_id, a->id, sizeof(n.account_id));
    snprintf(n.about.title, sizeof(n.about.title), "%s", title);
    return n;
}

static void a_request_is_done_once(void **state) {
    (void)state;
    struct told t;
    uint8_t request[SECRET_HASH_LEN];
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    const struct store_show first = show_of(&ada, "First", T0), again = show_of(&ada, "Again", T0);
    const struct store_show other = show_of(&bob, "Other", T0), lost = show_of(&ada, "Lost", T0);
    secret_hash(request, "request");
    assert_int_equal(ASK(s, t, store_show_create, &first, request, on_shows), STORE_OK);
    assert_string_equal(t.shows[0].id, first.id);
    assert_string_equal(t.shows[0].creator_name, "ada");
    assert_int_equal(ASK(s, t, store_show_create, &again, request, on_shows), STORE_TAKEN);
    assert_string_equal(t.shows[0].id, first.id);
    assert_int_equal(ASK(s, t, store_show_find, again.id, on_shows), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_show_create, &other, request, on_shows), STORE_OK);
    struct store_show nobodys = lost;
    snprintf(nobodys.account_id, sizeof(nobodys.account_id), "aaaaaaaaaaaa");
    assert_int_equal(ASK(s, t, store_show_create, &nobodys, NULL, on_shows), STORE_NOT_FOUND);
    store_close(s);
}

// Titles of what a query finds, one a line.
static const char *found(struct store *s, const struct store_show_query *q) {
    static char lines[1024];
    static struct told t;
    lines[0] = '\0';
    assert_int_equal(ASK(s, t, store_show_search, q, on_shows), STORE_OK);
    for (size_t i = 0; i < t.row_count; i++)
        snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), "%s\n",
                 t.shows[i].about.title);
    return lines;
}

static void shows_are_found_by_words_and_maker(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada");
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    struct store_show birds = show_of(&ada, "Drawing birds", T0);
    struct store_show cafe = show_of(&ada, "Caf\xc3\xa9 birds", T0 + 1);
    struct store_show hidden = show_of(&ada, "Hidden birds", T0 + 2);
    snprintf(birds.about.tags, sizeof(birds.about.tags), " ink ");
    snprintf(birds.about.category, sizeof(birds.about.category), "art");
    hidden.about.visibility = SHOW_UNLISTED;
    cafe.state = STORE_SHOW_LIVE;
    assert_int_equal(ASK(s, t, store_show_create, &birds, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &cafe, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &hidden, NULL, on_shows), STORE_OK);
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
    assert_int_equal(ASK(s, t, store_show_edit, &birds, T0, on_done), STORE_OK);
    q = (struct store_show_query){.words = "drawing", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "");
    assert_int_equal(ASK(s, t, store_show_delete, cafe.id, on_done), STORE_OK);
    q = (struct store_show_query){.words = "cafe", .state = -1, .limit = 10};
    assert_string_equal(found(s, &q), "");
    store_close(s);
}

static void who_follows_is_told(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob");
    assert_int_equal(ASK(s, t, store_account_any, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_account_create, &ada, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_create, &bob, NULL, on_account), STORE_OK);
    assert_int_equal(ASK(s, t, store_account_any, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "ada", T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "ada", T0 + 9, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_follow, bob.id, "bob", T0, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_follow_list, bob.id, on_accounts), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_string_equal(t.account.password_hash, "");
    assert_int_equal(ASK(s, t, store_account_profile, "ada", bob.id, on_profile), STORE_OK);
    assert_true(t.profile.is_followed && t.profile.followers_count == 1);
    struct store_show n = show_of(&ada, "Soon", T0 + 1), old = show_of(&ada, "Old", T0 - 1);
    n.about.starts_us = old.about.starts_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_show_create, &n, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_show_create, &old, NULL, on_shows), STORE_OK);
    n.state = STORE_SHOW_LIVE;
    n.started_us = T0 + HOUR;
    assert_int_equal(ASK(s, t, store_show_update, &n, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notifications_read, bob.id, T0 + 5, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_LIVE);
    assert_true(t.notifications[0].is_unread && !t.notifications[1].is_unread);
    assert_int_equal(t.notifications[1].kind, NOTIFY_SCHEDULED);
    // A reminder of what one is told anyway is not told twice; without following it is.
    assert_int_equal(ASK(s, t, store_remind, bob.id, n.id, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_remind, bob.id, "aaaaaaaaaaaa", T0, on_done), STORE_NOT_FOUND);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(ASK(s, t, store_unfollow, bob.id, "ada", on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.notifications[0].kind, NOTIFY_REMINDED);
    assert_int_equal(ASK(s, t, store_unremind, bob.id, n.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    store_close(s);
}

static void who_is_invited_is_told(void **state) {
    (void)state;
    struct told t;
    struct store *const s = open_empty();
    const struct store_account ada = person("ada"), bob = person("bob"), cab = person("cab");
    const struct store_settings muted = {.mutes_invitations = true};
    ASK(s, t, store_account_create, &ada, NULL, on_account);
    ASK(s, t, store_account_create, &bob, NULL, on_account);
    ASK(s, t, store_account_create, &cab, NULL, on_account);
    struct store_show n = show_of(&ada, "Closed", T0);
    n.about.visibility = SHOW_PRIVATE;
    snprintf(n.about.invited, sizeof(n.about.invited), " Bob ada ");
    assert_int_equal(ASK(s, t, store_show_create, &n, NULL, on_shows), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, ada.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0); // one's own
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 1);
    assert_int_equal(t.notifications[0].kind, NOTIFY_INVITED);
    assert_int_equal(t.notifications[0].at_us, T0);
    // Another one later; the first is not told again.
    snprintf(n.about.invited, sizeof(n.about.invited), " bob cab ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 5, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.notifications[0].at_us, T0);
    assert_int_equal(ASK(s, t, store_notification_list, cab.id, on_notifications), STORE_OK);
    assert_int_equal(t.notifications[0].at_us, T0 + 5);
    n.state = STORE_SHOW_LIVE;
    n.started_us = T0 + 9;
    assert_int_equal(ASK(s, t, store_show_update, &n, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_LIVE);
    // Once, also with a reminder.
    assert_int_equal(ASK(s, t, store_remind, bob.id, n.id, T0, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 2);
    assert_int_equal(t.notifications[0].kind, NOTIFY_REMINDED);
    assert_int_equal(ASK(s, t, store_settings_set, cab.id, &muted, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, cab.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    // Who is invited no more is told nothing, nor is anybody of a show that is open to all.
    snprintf(n.about.invited, sizeof(n.about.invited), " cab ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 10, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_unremind, bob.id, n.id, on_done), STORE_OK);
    assert_int_equal(ASK(s, t, store_notification_list, bob.id, on_notifications), STORE_OK);
    assert_int_equal(t.row_count, 0);
    snprintf(n.about.invited, sizeof(n.about.invited), " nobody ");
    assert_int_equal(ASK(s, t, store_show_edit, &n, T0 + 11, on_done), STORE_NOT_FOUND);
    store_close(s);
}

// Writes answered in the order they were made, each once; what is beyond the queue is refused at
// once, and closing answers what waits.
static unsigned order_count;
static void on_nth(void *ctx, enum store_status status, const struct store_show *rows,
                   size_t count) {
    unsigned *const place = ctx;
    assert_int_equal(count, 1);
    assert_non_null(rows);
    assert_int_equal(status, STORE_OK);
    assert_int_equal(*place, 0);
    *place = ++order_count;
}

static void the_queue_is_bounded_and_closing_drains_it(void **state) {
    (void)state;
    enum { PLACES = 100 };
    unsigned places[PLACES] = {0};
    maker->erase(maker->where);
    struct store *const s = open_with(PLACES);
    struct store_show show = {.about = {.title = "T"}, .created_us = T0};
    order_count = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        random_id(show.id);
        assert_int_equal(store_show_create(s, &show, NULL, on_nth, &places[i]), STORE_OK);
    }
    random_id(show.id);
    assert_int_equal(store_show_create(s, &show, NULL, on_nth, NULL), STORE_BUSY);
    assert_int_equal(order_count, 0); // nothing before store_poll
    store_close(s);
    for (unsigned i = 0; i < PLACES; i++)
        assert_int_equal(places[i], i + 1);
}

// A callback may call again, also while the store closes.
struct chain {
    struct store *store;
    unsigned calls, refused;
};
static void on_shown_link(void *ctx, enum store_status status, const struct store_show *rows,
                          size_t count);
static void on_link(void *ctx, enum store_status status) {
    struct chain *const c = ctx;
    struct store_show show = {.about = {.title = "T"}};
    assert_int_equal(status, STORE_OK);
    random_id(show.id);
    if (++c->calls < 5 && store_show_create(c->store, &show, NULL, on_shown_link, c) != STORE_OK)
        c->refused++;
}

static void on_shown_link(void *ctx, enum store_status status, const struct store_show *rows,
                          size_t count) {
    (void)rows;
    assert_int_equal(count, 1);
    on_link(ctx, status);
}

static void callbacks_may_call(void **state) {
    (void)state;
    maker->erase(maker->where);
    struct store *const s = open_with(1); // the place of what is being answered is free
    struct chain c = {.store = s};
    assert_int_equal(store_expire(s, T0, on_link, &c), STORE_OK);
    while (store_wait(s))
        store_poll(s);
    assert_int_equal(c.calls, 5);
    c = (struct chain){.store = s};
    assert_int_equal(store_expire(s, T0, on_link, &c), STORE_OK);
    store_close(s);
    assert_int_equal(c.calls, 1);
    assert_int_equal(c.refused, 1);
}

int store_contract_run(const struct store_maker *given) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_are_made_once_and_the_first_is_admin),
        cmocka_unit_test(an_invitation_is_used_once_and_in_time),
        cmocka_unit_test(invitations_are_listed_and_revoked),
        cmocka_unit_test(the_banned_have_no_session),
        cmocka_unit_test(an_identity_opens_one_account),
        cmocka_unit_test(a_reset_is_used_once_and_in_time),
        cmocka_unit_test(a_mailed_reset_takes_no_other_away),
        cmocka_unit_test(an_address_is_confirmed_by_its_link_alone),
        cmocka_unit_test(one_address_has_one_account),
        cmocka_unit_test(accounts_are_listed_by_name),
        cmocka_unit_test(settings_are_kept_and_go_with_a_session),
        cmocka_unit_test(errands_are_done_in_their_order),
        cmocka_unit_test(sessions_open_until_they_end),
        cmocka_unit_test(a_new_password_ends_the_other_sessions),
        cmocka_unit_test(the_oldest_of_too_many_sessions_end),
        cmocka_unit_test(shows_are_kept_until_they_end),
        cmocka_unit_test(a_request_is_done_once),
        cmocka_unit_test(shows_are_found_by_words_and_maker),
        cmocka_unit_test(who_follows_is_told),
        cmocka_unit_test(who_is_invited_is_told),
        cmocka_unit_test(the_queue_is_bounded_and_closing_drains_it),
        cmocka_unit_test(callbacks_may_call),
    };
    maker = given;
    return cmocka_run_group_tests_name("store contract", tests, NULL, NULL);
}
