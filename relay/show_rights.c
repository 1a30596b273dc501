// SPDX-License-Identifier: MIT
#include "relay/show_rights.h"

#include <string.h>

// clang-format off
static const bool table[SHOW_ACTION_COUNT][SHOW_ACTOR_COUNT] = {
    //                   guest  member owner  moderator admin
    [SHOW_SEE]        = {true,  true,  true,  true,     true},
    [SHOW_SEE_HIDDEN] = {false, false, true,  true,     true},
    [SHOW_EDIT]       = {false, false, true,  false,    true},
    [SHOW_CANCEL]     = {false, false, true,  true,     true},
    [SHOW_RESTORE]    = {false, false, true,  true,     true},
    [SHOW_DELETE_REPLAY] = {false, false, true, false,  true},
    [SHOW_NEW_KEY]    = {false, false, true,  false,    false}, // who has it goes live under the owner's name
};
// clang-format on

bool show_may(enum show_actor actor, enum show_action action) { return table[action][actor]; }

enum show_actor show_actor_of(const struct store_account *account, const char *owner_id) {
    if (!account)
        return SHOW_ACTOR_GUEST;
    if (owner_id[0] && strcmp(account->id, owner_id) == 0)
        return SHOW_ACTOR_OWNER;
    return account->role == ROLE_ADMIN       ? SHOW_ACTOR_ADMIN
           : account->role == ROLE_MODERATOR ? SHOW_ACTOR_MODERATOR
                                             : SHOW_ACTOR_MEMBER;
}
