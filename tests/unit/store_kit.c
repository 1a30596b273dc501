// SPDX-License-Identifier: MIT
#include "tests/unit/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct store_maker *maker;

static void note(struct told *t, enum store_status status) {
    t->count++;
    t->status = status;
    t->thread = pthread_self();
}

void told_done(void *ctx, enum store_status status) { note(ctx, status); }
void told_account(void *ctx, enum store_status status, const struct store_account *account,
                  bool is_known) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, account != NULL);
    t->is_known_address = is_known;
    if (account)
        t->account = *account;
}

void told_email(void *ctx, enum store_status status, const struct store_email *email) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, email != NULL);
    if (email)
        t->email = *email;
}

void told_session(void *ctx, enum store_status status, const struct store_session *session,
                  const struct store_account *account) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, session && account);
    if (session) {
        t->session = *session;
        t->account = *account;
    }
}

void told_sessions(void *ctx, enum store_status status, const struct store_session *rows,
                   size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++)
        t->sessions[i] = rows[i];
}

void told_shows(void *ctx, enum store_status status, const struct store_show *rows, size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    for (size_t i = 0; i < count && i < 64; i++)
        t->shows[i] = rows[i];
}

void told_accounts(void *ctx, enum store_status status, const struct store_account *rows,
                   size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->account = rows[0];
}

void told_profile(void *ctx, enum store_status status, const struct store_profile *profile) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, profile != NULL);
    if (profile)
        t->profile = *profile;
}

void told_notifications(void *ctx, enum store_status status, const struct store_notification *rows,
                        size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    for (size_t i = 0; i < count && i < 8; i++)
        t->notifications[i] = rows[i];
}

void told_errands(void *ctx, enum store_status status, const struct store_errand *rows,
                  size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->errand = rows[0];
}

void told_counts(void *ctx, enum store_status status, const struct store_counts *counts) {
    struct told *const t = ctx;
    note(t, status);
    if (counts)
        t->counts = *counts;
}

void told_settings(void *ctx, enum store_status status, const struct store_settings *settings) {
    struct told *const t = ctx;
    note(t, status);
    assert_int_equal(status == STORE_OK, settings != NULL);
    if (settings)
        t->settings = *settings;
}

void told_invitations(void *ctx, enum store_status status, const struct store_invitation *rows,
                      size_t count) {
    struct told *const t = ctx;
    note(t, status);
    t->row_count = count;
    if (count)
        t->invitation = rows[0];
}

void store_kit_use(const struct store_maker *given) { maker = given; }

static struct store *open_with(size_t waiting_count) {
    const struct store_config config = {.waiting_count = waiting_count};
    struct store *const s = maker->open(&config, maker->where);
    assert_non_null(s);
    return s;
}

struct store *store_kit_open_empty(size_t waiting_count) {
    maker->erase(maker->where);
    return open_with(waiting_count);
}

struct store *store_kit_open_again(void) {
    return open_with(0);
}

struct told *store_kit_answered(struct store *s, enum store_status accepted, struct told *t) {
    assert_int_equal(accepted, STORE_OK);
    assert_int_equal(t->count, 0); // never from inside the call
    while (!t->count && store_wait(s))
        store_poll(s);
    assert_int_equal(t->count, 1);
    assert_true(pthread_equal(t->thread, pthread_self()));
    return t;
}

struct store_account a_person(const char *name) {
    struct store_account a = {.role = ROLE_MEMBER, .created_us = T0};
    random_id(a.id);
    snprintf(a.name, sizeof(a.name), "%s", name);
    snprintf(a.canonical, sizeof(a.canonical), "%s", name);
    snprintf(a.display_name, sizeof(a.display_name), "%s \xc3\xa9'; DROP TABLE accounts; --", name);
    snprintf(a.password_hash, sizeof(a.password_hash), "hash of %s", name);
    return a;
}

struct store_session a_login(const struct store_account *a, int64_t now_us) {
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

struct store_show a_show(const struct store_account *a, const char *title, int64_t at) {
    struct store_show n = {.created_us = at};
    random_id(n.id);
    if (a)
        memcpy(n.account_id, a->id, sizeof(n.account_id));
    snprintf(n.about.title, sizeof(n.about.title), "%s", title);
    return n;
}
