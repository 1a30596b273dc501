// SPDX-License-Identifier: MIT
// The second factor on the way of a request: asked for, checked, spent. What is done by somebody
// with the right code comes after.
#ifndef TABCAST_RELAY_SECOND_FACTOR_H
#define TABCAST_RELAY_SECOND_FACTOR_H

#include "relay/account_call.h"

// Goes on with `next` when a->account has no second factor that is on, or a->body.code is a code of
// it that was not spent before, or a recovery code. Else answers: 401 of a type of its own when no
// code was sent, 401 when it is wrong, 429.
void second_factor_check(struct account_call *a, void (*next)(struct account_call *a));

// False: answered 429. Six digits are guessed at a million tries: ten at once, then one a minute,
// are 0.4 % a day, for who knows the password.
bool second_factor_may_try(struct account_call *a);
void second_factor_was_right(struct account_call *a);

#endif
