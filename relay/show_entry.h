// SPDX-License-Identifier: MIT
// Shows, replays and what belongs to them, for requests: only for whom the door opens. Under the
// relay's lock.
#ifndef TABCAST_RELAY_SHOW_ENTRY_H
#define TABCAST_RELAY_SHOW_ENTRY_H

#include "relay/api_call.h"
#include "relay/show_door.h"

// How far the one who asks gets. False: it is not known yet who that is; the route is asked once
// more when it is (or was answered). `door` NULL: open to all.
bool show_entry_find(struct call *c, const struct show_door *door, enum show_entry *entry);

// The same for what only those get who may watch; false: answered, or asked again later.
bool show_entry_lets(struct call *c, const struct show_door *door);
// The same by a show, or by a replay when there is none (either may be NULL).
bool show_entry_lets_to(struct call *c, const struct show *show, const struct replay *replay);

// The show of the path, if who is signed in may do this with it; NULL: answered.
struct account_call;
struct show *show_entry_allowed(struct account_call *a, enum show_action action);

// There is no such show: the same word by word as for those to whom there is none.
#define SHOW_MISSING "There is no such show, or it has ended."
void show_entry_missing(struct http_response *out);
// Answers those who are not let in.
void show_entry_refuse(struct http_response *out, const struct show_door *door,
                       enum show_entry entry);

#endif
