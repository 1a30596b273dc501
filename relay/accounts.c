// SPDX-License-Identifier: MIT
#include "relay/accounts.h"

#include <string.h>

#define WORKERS_COUNT 2 // 38 MiB at once; the event loops keep the machine
#define EXPIRE_US 3600000000ULL

int accounts_init(struct accounts *a, const struct accounts_config *config, struct store *store) {
    const struct passwords_config passwords = {.workers_count = WORKERS_COUNT,
                                               .waiting_count = LIMIT_PASSWORDS_WAITING_COUNT,
                                               .wake = config->wake,
                                               .wake_ctx = config->wake_ctx};
    *a = (struct accounts){.config = *config, .store = store};
    if (guess_limits_init(&a->guesses, config->sign_ins_per_minute) == 0 &&
        mail_limits_init(&a->mails) == 0 &&
        address_limit_init(&a->creations, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&a->changes, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&a->searches, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&a->codes, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&a->openids, LIMIT_ADDRESSES_COUNT) == 0 &&
        (a->passwords = passwords_create(&passwords)))
        return 0;
    accounts_dispose(a);
    return -1;
}

void accounts_close(struct accounts *a) {
    struct passwords *const passwords = a->passwords;
    a->passwords = NULL;
    passwords_destroy(passwords);
}

void accounts_dispose(struct accounts *a) {
    accounts_close(a);
    guess_limits_dispose(&a->guesses);
    mail_limits_dispose(&a->mails);
    address_limit_dispose(&a->creations);
    address_limit_dispose(&a->changes);
    address_limit_dispose(&a->searches);
    address_limit_dispose(&a->codes);
    address_limit_dispose(&a->openids);
}

static void on_expired(void *ctx, enum store_status status) {
    (void)ctx;
    (void)status; // the next hour comes
}

void accounts_poll(struct accounts *a, uint64_t now_us, int64_t unix_us) {
    if (a->passwords)
        passwords_poll(a->passwords);
    if (a->expired_us && now_us - a->expired_us < EXPIRE_US)
        return;
    a->expired_us = now_us;
    (void)store_expire(a->store, unix_us, on_expired, NULL);
}

static const char *const names[] = {"open", "invitation", "closed"};

const char *accounts_registration_name(enum accounts_registration registration) {
    return names[registration];
}

bool accounts_registration_read(enum accounts_registration *out, const char *name) {
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum accounts_registration)i;
            return true;
        }
    return false;
}
