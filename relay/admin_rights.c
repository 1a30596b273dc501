// SPDX-License-Identifier: MIT
#include "relay/admin_rights.h"

#include <string.h>

// To accounts of how many roles, from the lowest on: 0 is to nobody, 1 to members, ROLE_COUNT to
// everybody.
// clang-format off
static const unsigned char table[ADMIN_ACTION_COUNT][ROLE_COUNT] = {
    //                   member moderator   admin
    [ADMIN_SEE]       = {0,     ROLE_COUNT, ROLE_COUNT},
    [ADMIN_BAN]       = {0,     1,          ROLE_COUNT},
    [ADMIN_SET_ROLE]  = {0,     0,          ROLE_COUNT},
    [ADMIN_RESET]     = {0,     0,          ROLE_COUNT},
    [ADMIN_INVITE]    = {0,     0,          ROLE_COUNT},
    [ADMIN_SEE_EMAIL] = {0,     0,          ROLE_COUNT},
};
// clang-format on

bool admin_may(enum account_role actor, enum admin_action action) {
    return table[action][actor] > 0;
}

bool admin_may_to(const struct store_account *actor, enum admin_action action,
                  const struct store_account *target) {
    const bool is_own = strcmp(actor->id, target->id) == 0;
    if (is_own && (action == ADMIN_BAN || action == ADMIN_SET_ROLE))
        return false;
    return (unsigned)target->role < table[action][actor->role];
}
