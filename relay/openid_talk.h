// SPDX-License-Identifier: MIT
// What one worker says to the OpenID provider, and what it has learnt of it: the discovery document
// and the keys are kept for an hour; a key that is not among them is looked for anew at most once a
// minute, and a provider that was away is left alone for some seconds. Belongs to one thread.
#ifndef TABCAST_RELAY_OPENID_TALK_H
#define TABCAST_RELAY_OPENID_TALK_H

#include "relay/openid.h"

struct openid_talk;

// `config` outlives it.
struct openid_talk *openid_talk_create(const struct openid_config *config); // NULL: memory
void openid_talk_destroy(struct openid_talk *t);                            // also NULL

// Both fill `out` whole.
void openid_talk_find(struct openid_talk *t, struct openid_result *out);
void openid_talk_redeem(struct openid_talk *t, const struct openid_redemption *r,
                        struct openid_result *out);

#endif
