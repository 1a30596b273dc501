// SPDX-License-Identifier: MIT
// What the parts of the stores' contract share: a store that is opened empty or again, calls whose
// answer is waited for, and accounts, sessions and shows to put into it. A part is one file of
// tests of one subject, store_contract_SUBJECT.c, with one function that runs them.
#ifndef TABCAST_TESTS_STORE_KIT_H
#define TABCAST_TESTS_STORE_KIT_H

#include "tests/unit/store_contract.h"
#include <pthread.h>

#define T0 1800000000000000LL
#define HOUR 3600000000LL

// What a callback was told: how often, by which thread, and of rows the first ones.
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

// The callbacks of store.h; ctx: struct told.
store_on_done told_done;
store_on_account told_account;
store_on_accounts told_accounts;
store_on_counts told_counts;
store_on_email told_email;
store_on_errands told_errands;
store_on_invitations told_invitations;
store_on_notifications told_notifications;
store_on_profile told_profile;
store_on_session told_session;
store_on_sessions told_sessions;
store_on_settings told_settings;
store_on_shows told_shows;

void store_kit_use(const struct store_maker *maker); // from now on; it outlives the tests
// `waiting_count`: as in store_config, 0 = as many as usual.
struct store *store_kit_open_empty(size_t waiting_count);
struct store *store_kit_open_again(void); // with what was left in it

// Waits for the answer to a call that was accepted.
struct told *store_kit_answered(struct store *s, enum store_status accepted, struct told *t);
// One call and its answer: ASK(s, told, store_x, arguments…, callback).
#define ASK(s, t, call, ...)                                                                       \
    ((t) = (struct told){0}, store_kit_answered(s, call(s, __VA_ARGS__, &(t)), &(t))->status)

struct store_account a_person(const char *name);
struct store_session a_login(const struct store_account *a, int64_t now_us);
// Of nobody when `a` is NULL.
struct store_show a_show(const struct store_account *a, const char *title, int64_t at_us);

// The parts. Each returns how many of its tests failed.
int store_contract_accounts(void);
int store_contract_ways_in(void);
int store_contract_shows(void);

#endif
