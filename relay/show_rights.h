// SPDX-License-Identifier: MIT
// Who may do what with a show: one table, asked by every route and by the WebSocket. Pure.
#ifndef TABCAST_RELAY_SHOW_RIGHTS_H
#define TABCAST_RELAY_SHOW_RIGHTS_H

#include "relay/person.h"

enum show_actor {
    SHOW_ACTOR_GUEST,   // not signed in
    SHOW_ACTOR_MEMBER,  // somebody else's account
    SHOW_ACTOR_INVITED, // named by the show's maker, or has said its password
    SHOW_ACTOR_OWNER,
    SHOW_ACTOR_MODERATOR,
    SHOW_ACTOR_ADMIN,
    SHOW_ACTOR_COUNT
};

enum show_action {
    SHOW_SEE,          // its document; who has its address
    SHOW_SEE_PRIVATE,  // the same of a private one
    SHOW_WATCH,        // picture, sound, chat, replay; who has its address
    SHOW_WATCH_CLOSED, // the same of a private one, or one with a password
    SHOW_SEE_HIDDEN,   // find in a list what is not public, or cancelled
    SHOW_EDIT,
    SHOW_CANCEL, // or, once it is live, end
    SHOW_RESTORE,
    SHOW_NEW_KEY,
    SHOW_DELETE_REPLAY, // for good
    SHOW_ACTION_COUNT
};

bool show_may(enum show_actor actor, enum show_action action);

// What a person is to the shows of `owner_id` ("" = a guest's show, which nobody owns).
enum show_actor show_actor_of(const struct person *person, const char *owner_id);

#endif
