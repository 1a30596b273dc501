// SPDX-License-Identifier: MIT
// Who a viewer is: what the WebSocket's handshake brought along (the token of an account's session,
// passes of shows with passwords) is kept until its hello. A token is looked up in the store, and
// the hello waits for that; who brings none waits for nothing. When somebody was banned, signed out
// or the like meanwhile (relay->identity_changes), it is looked up once more: whoever is inside is
// found by insiders.h, and nobody slips in between. Under the relay's lock.
#ifndef TABCAST_RELAY_SESSION_DOOR_H
#define TABCAST_RELAY_SESSION_DOOR_H

#include "relay/session.h"

struct show;
struct show_door;
struct show_visitor;

// Headers of the handshake; absent ones are "". Without memory the session is a guest's.
void session_door_bring(struct session *s, const char *authorization, const char *cookies);

// Whether the show lets the session in: REFUSAL_NONE, also while it waits; then the hello is kept.
enum refusal session_door_ask(struct session *s, const struct show *show,
                              const struct control_message *hello, uint64_t now_us);
// It is not known yet whose the session is; nothing else may be said.
bool session_door_waits(const struct session *s);
// Keeps in the session by what it may be inside: its member, and its pass of this show.
void session_door_keep(struct session *s, const struct show *show);
// REFUSAL_NONE, or what somebody is told whom the door does not open to.
enum refusal session_door_answer(const struct show_door *door, const struct show_visitor *visitor);
// False: a token was brought, and nobody could be asked whose it is.
bool session_door_is_sure(const struct session *s);
// It is known now: session_door_take_hello has one.
bool session_door_is_ready(const struct session *s);
bool session_door_take_hello(struct session *s, struct control_message *out);

// Forgets all that was brought. Also when there is nothing.
void session_door_dispose(struct session *s);

#endif
