// SPDX-License-Identifier: MIT
// Who is in a room, as others are told of it: how many to all, who comes and goes to the publisher.
// Guests have the name they say; a member (a session with an account) also shows its account,
// unless it wants to be invisible: then it is a guest with a made-up name to everybody else. Under
// the relay's lock.
#ifndef TABCAST_RELAY_PRESENCE_H
#define TABCAST_RELAY_PRESENCE_H

#include "relay/person.h"
#include "relay/relay.h"

struct room;
struct session;

// The account behind a session; owned by it.
struct session_member {
    struct person person;
    char session_id[LIMIT_ID_CHARS + 1];     // by which it came (struct store_session)
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1]; // of /@NAME
    char display_name[LIMIT_NAME_BYTES + 1];
    bool is_invisible;
};

// The account that others see beside the session's name; "" = none. A publisher's is its show's.
const char *presence_account(const struct session *s);
// What to call a session in the show's room that has said `name` ("" = nothing) of itself: a member
// and the show's maker by their display names. Valid as long as `name`, the session and the show
// are; `made_up` is room for a name of ours.
#define PRESENCE_NAME_BYTES 16
const char *presence_name(const struct session *s, const struct show *show, const char *name,
                          char made_up[PRESENCE_NAME_BYTES]);

// To the publisher: somebody came or went; beyond 20 a second only presence_tell tells.
void presence_coming(struct room *room, const struct session *s, bool is_join, uint64_t now_us);
// To a publisher that has just come, or was not told of everybody: who is there, the newest.
void presence_tell_people(struct session *publisher);
// To all: how many watch; at most once a second, when that has changed.
void presence_tell(struct room *room, uint64_t now_us);

// The account wants to be seen, or not, from now on, in every room it is in.
void presence_show_account(struct relay *r, const char *account_id, bool is_invisible,
                           uint64_t now_us);
// The account has another display name: whoever is called by the one of before is by the new one
// from now on; names that somebody said stay.
void presence_rename_account(struct relay *r, const struct store_account *account, uint64_t now_us);
// The account has another picture: told to the rooms where it is seen.
void presence_renew_face(struct relay *r, const struct store_account *account, uint64_t now_us);
// It has no account any more: it goes on as a guest with a made-up name.
void presence_become_guest(struct session *s, uint64_t now_us);

#endif
