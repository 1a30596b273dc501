// SPDX-License-Identifier: MIT
// Accounts and sessions of one relay: who may sign up, how fast one may guess, and the threads that
// keep and hash. One of them hangs at relay->accounts; used under the relay's lock.
#ifndef TABCAST_RELAY_ACCOUNTS_H
#define TABCAST_RELAY_ACCOUNTS_H

#include "relay/guess_limits.h"
#include "relay/mail_limits.h"
#include "relay/passwords.h"
#include "relay/store.h"

enum accounts_registration { REGISTRATION_OPEN, REGISTRATION_INVITATION, REGISTRATION_CLOSED };

struct openid;

struct accounts_config {
    enum accounts_registration registration;
    uint32_t sign_ins_per_minute; // wrong ones of one address
    uint32_t accounts_per_minute; // made by one address
    bool is_https;                // cookies travel over TLS only, though a proxy may speak it
    void (*wake)(void *ctx);      // as passwords_config
    void *wake_ctx;
};

struct accounts {
    struct accounts_config config;
    struct store *store;         // not owned
    struct passwords *passwords; // NULL once closing
    struct guess_limits guesses;
    struct mail_limits mails;
    struct address_limit creations;
    struct address_limit changes;  // made by one account
    struct address_limit searches; // made by one address
    struct address_limit codes;    // of second factors, wrong ones at one account
    struct address_limit openids;  // ways to the OpenID provider begun by one address
    struct openid *openid;         // NULL: none is configured; not owned
    bool has_account;              // one is there, for sure
    uint64_t expired_us;
};

// 0, or -1: out of memory or threads.
int accounts_init(struct accounts *a, const struct accounts_config *config, struct store *store);
// Completes what hashes, answers it; before the store is closed. Also a zeroed one.
void accounts_close(struct accounts *a);
void accounts_dispose(struct accounts *a); // after the store is closed

// Runs what is done; once an hour forgets what has expired.
void accounts_poll(struct accounts *a, uint64_t now_us, int64_t unix_us);

const char *accounts_registration_name(enum accounts_registration registration);
bool accounts_registration_read(enum accounts_registration *out, const char *name);

#endif
