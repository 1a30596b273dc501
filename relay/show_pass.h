// SPDX-License-Identifier: MIT
// The pass of a show with a password: who has said the password once shows it from then on, as a
// cookie or in an address. It holds its own end and a MAC under the password's hash, so that
// nothing of it is kept, it outlives the relay, and a new password ends all passes. Pure.
#ifndef TABCAST_RELAY_SHOW_PASS_H
#define TABCAST_RELAY_SHOW_PASS_H

#include "relay/http_token.h"
#include "relay/random.h"

#define SHOW_PASS_CHARS (8 + 2 * SECRET_HASH_LEN)
#define SHOW_PASS_COOKIE "tabcast_pass_" // and the show's id

void show_pass_write(char out[SHOW_PASS_CHARS + 1], const char *show_id, const char *password_hash,
                     int64_t expires_s);
bool show_pass_is_valid(const char *pass, const char *show_id, const char *password_hash,
                        int64_t unix_us);

void show_pass_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *show_id, const char *pass,
                      unsigned seconds, bool is_secure);
// The show's pass among the cookies of a request; "" = there is none.
void show_pass_find(char out[SHOW_PASS_CHARS + 1], const char *cookies, const char *show_id);

#endif
