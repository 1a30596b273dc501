// SPDX-License-Identifier: MIT
#include "relay/show_rights.h"

#include <string.h>

// A moderator ends what must not be, and need not watch what was meant for a few.
// clang-format off
static const bool table[SHOW_ACTION_COUNT][SHOW_ACTOR_COUNT] = {
    //                     guest  member invited owner moderator admin
    [SHOW_SEE]          = {true,  true,  true,   true,  true,     true},
    [SHOW_SEE_PRIVATE]  = {false, false, true,   true,  true,     true},
    [SHOW_WATCH]        = {true,  true,  true,   true,  true,     true},
    [SHOW_WATCH_CLOSED] = {false, false, true,   true,  false,    true},
    [SHOW_SEE_HIDDEN]   = {false, false, false,  true,  true,     true},
    [SHOW_EDIT]         = {false, false, false,  true,  false,    true},
    [SHOW_CANCEL]       = {false, false, false,  true,  true,     true},
    [SHOW_RESTORE]      = {false, false, false,  true,  true,     true},
    [SHOW_DELETE_REPLAY]= {false, false, false,  true,  false,    true},
    [SHOW_NEW_KEY]      = {false, false, false,  true,  false,    false}, // who has it goes live under the owner's name
};
// clang-format on

bool show_may(enum show_actor actor, enum show_action action) { return table[action][actor]; }

enum show_actor show_actor_of(const struct person *person, const char *owner_id) {
    if (!person->id[0])
        return SHOW_ACTOR_GUEST;
    if (strcmp(person->id, owner_id) == 0)
        return SHOW_ACTOR_OWNER;
    return person->role == ROLE_ADMIN       ? SHOW_ACTOR_ADMIN
           : person->role == ROLE_MODERATOR ? SHOW_ACTOR_MODERATOR
                                            : SHOW_ACTOR_MEMBER;
}
