// SPDX-License-Identifier: MIT
// Who asks for something: an account that is signed in, or a guest. The little of it that rights
// are decided by; copied, never pointed to.
#ifndef TABCAST_RELAY_PERSON_H
#define TABCAST_RELAY_PERSON_H

#include "relay/store.h"
#include <string.h>

struct person {
    char id[LIMIT_ID_CHARS + 1]; // "" = a guest
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    enum account_role role;
};

// An account without an id is a guest, too.
static inline struct person person_of(const struct store_account *account) {
    struct person p = {.role = account->role};
    memcpy(p.id, account->id, sizeof(p.id));
    memcpy(p.canonical, account->canonical, sizeof(p.canonical));
    return p;
}

#endif
