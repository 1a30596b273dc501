// SPDX-License-Identifier: MIT
// Those who are inside rooms, when something about their account or about the show's door changes:
// a ban, signing out, another role, another door. Each is asked again at once, on whatever loop it
// is, whether it may still be there and as whom (docs/decisions/0035-at-once.md). Who is still at
// the door is looked up anew by itself (session_door.h). Under the relay's lock, from any loop.
#ifndef TABCAST_RELAY_INSIDERS_H
#define TABCAST_RELAY_INSIDERS_H

#include "relay/person.h"
#include "relay/relay.h"
#include "relay/show_pass.h"
#include "relay/viewer.h"

// A plain HTTP client inside. A show that was open to all when it came knows nothing of it.
struct plain_insider {
    struct viewer viewer; // first; the rest is by what it came in
    struct person person;
    char session_id[LIMIT_ID_CHARS + 1];
    char pass[SHOW_PASS_CHARS + 1];
};

// All that the account has open is closed: where it watches, and where its own shows are sent from.
void insiders_banned(struct relay *r, const char *account_id, uint64_t now_us);
// Its session has ended, or ("") all of them but `kept_id` ("" = none is kept): whoever came by it
// stays as a guest where guests may be. Publishers are there by their show's key, and stay.
void insiders_signed_out(struct relay *r, const char *account_id, const char *session_id,
                         const char *kept_id, uint64_t now_us);
void insiders_have_role(struct relay *r, const char *account_id, enum account_role role,
                        uint64_t now_us);
// The canonical name of an account that somebody is inside by, until the next call here; NULL:
// nobody is.
const char *insiders_find(const struct relay *r, const char *account_id);

// The show's door is another one: those it does not open to are closed, the others notice nothing.
void insiders_door_changed(struct room *room, uint64_t now_us);

#endif
