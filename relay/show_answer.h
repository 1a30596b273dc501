// SPDX-License-Identifier: MIT
// The answer to whoever made a show: once the store has it for good, so that a key that was told
// opens the show after a crash, too. Under the relay's lock.
#ifndef TABCAST_RELAY_SHOW_ANSWER_H
#define TABCAST_RELAY_SHOW_ANSWER_H

#include "relay/http.h"
#include "relay/relay.h"

// Answers 201 with the show and its key, now or when the store has answered. A show that cannot be
// kept is taken back.
void show_answer_created(struct relay *r, struct show *show, const char *key,
                         struct http_response *out);

#endif
