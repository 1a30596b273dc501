// SPDX-License-Identifier: MIT
// The session's token in a request's head: `Authorization: Bearer`, or the cookie that the relay
// set. Pure.
#ifndef TABCAST_RELAY_HTTP_TOKEN_H
#define TABCAST_RELAY_HTTP_TOKEN_H

#include "shared/limits.h"
#include <stdbool.h>
#include <stddef.h>

#define HTTP_TOKEN_COOKIE "tabcast_session"
#define HTTP_SET_COOKIE_BYTES 200

// Headers that are absent are "". An Authorization header alone counts where there is one. Writes
// the token, or "" when there is none that could be one.
void http_token_read(char out[LIMIT_KEY_CHARS + 1], const char *authorization, const char *cookie);

// The id of a show or replay in a path like /live/ID.webm, "" when there is none.
void http_path_id(char out[LIMIT_ID_CHARS + 1], const char *path);

// The value of Set-Cookie: the token for so long, or, with 0 seconds, its end.
void http_token_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *token, unsigned seconds,
                       bool is_secure);

#endif
