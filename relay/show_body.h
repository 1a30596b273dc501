// SPDX-License-Identifier: MIT
// The body of a request that says what a show is: where it may come from, what stands in it, and
// why it is refused.
#ifndef TABCAST_RELAY_SHOW_BODY_H
#define TABCAST_RELAY_SHOW_BODY_H

#include "relay/account_call.h"

// From a page of ours, or no page at all; JSON. False: answered.
bool show_body_is_from_here(struct call *c);

// All of a show anew, or what shall change in *about. False: answered; *about is not to be used.
bool show_body_read(struct call *c, struct show_about *about,
                    char password[LIMIT_PASSWORD_BYTES + 1], bool is_new);
// The same of a body that was kept until *about was known; the password goes to a->body.
bool show_body_read_later(struct account_call *a, struct show_about *about, const char *text,
                          size_t len);
// Goes on with `next` once a->about has the hash of a->body.password, when there is one and the
// show wants it; else answers. The show is looked at again after that: meanwhile anything may
// happen to it.
void show_body_hash(struct account_call *a, void (*next)(struct account_call *a));
// What is not found when a show is kept is somebody whom it invites. True: answered.
bool show_body_names_nobody(struct account_call *a, enum store_status status);

#endif
