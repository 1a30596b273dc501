// SPDX-License-Identifier: MIT
// Who may do what with a show: one table, asked by every route. Pure.
#ifndef TABCAST_RELAY_SHOW_RIGHTS_H
#define TABCAST_RELAY_SHOW_RIGHTS_H

#include "relay/store.h"

enum show_actor {
    SHOW_ACTOR_GUEST,  // not signed in
    SHOW_ACTOR_MEMBER, // somebody else's account
    SHOW_ACTOR_OWNER,
    SHOW_ACTOR_MODERATOR,
    SHOW_ACTOR_ADMIN,
    SHOW_ACTOR_COUNT
};

enum show_action {
    SHOW_SEE,        // who has its address
    SHOW_SEE_HIDDEN, // find unlisted and cancelled ones in a list
    SHOW_EDIT,
    SHOW_CANCEL, // or, once it is live, end
    SHOW_RESTORE,
    SHOW_NEW_KEY,
    SHOW_DELETE_REPLAY, // for good
    SHOW_ACTION_COUNT
};

bool show_may(enum show_actor actor, enum show_action action);

// What `account` (NULL = a guest) is to the shows of `owner_id` ("" = a guest's show, which nobody
// owns).
enum show_actor show_actor_of(const struct store_account *account, const char *owner_id);

#endif
