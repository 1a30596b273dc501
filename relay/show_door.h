// SPDX-License-Identifier: MIT
// The door of a show or replay: who is let in, and what those are told who are not. Public and
// unlisted ones have none. Pure: the time is an argument.
#ifndef TABCAST_RELAY_SHOW_DOOR_H
#define TABCAST_RELAY_SHOW_DOOR_H

#include "relay/show_rights.h"
#include "relay/shows.h"

struct show_door {
    char id[LIMIT_ID_CHARS + 1]; // the show's
    char account_id[LIMIT_ID_CHARS + 1];
    enum show_visibility visibility;
    char invited[LIMIT_INVITED_BYTES + 1];
    char password_hash[LIMIT_PASSWORD_HASH_BYTES + 1];
};

// Somebody at the door.
struct show_visitor {
    struct person person;
    const char *pass; // of a show's password (show_pass.h); "" = none
    int64_t unix_us;  // now
};

enum show_entry {
    SHOW_ENTRY_OPEN,
    SHOW_ENTRY_LOCKED, // may know of it, but not watch: the password is asked, or an invitation
    SHOW_ENTRY_HIDDEN, // to them there is no such show
};

void show_door_of(struct show_door *out, const struct show *show);
void show_door_of_kept(struct show_door *out, const struct store_show *kept);

enum show_actor show_door_actor(const struct show_door *door, const struct show_visitor *visitor);
enum show_entry show_door_entry(const struct show_door *door, const struct show_visitor *visitor);

// Whether what was inside by the one door need not be inside by the other.
bool show_door_differs(const struct show_about *before, const struct show_about *after);

#endif
