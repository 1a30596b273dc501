// SPDX-License-Identifier: MIT
#include "relay/http_token.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void take(char out[LIMIT_KEY_CHARS + 1], const char *text, size_t len) {
    static const char base64url[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (len != LIMIT_KEY_CHARS || strspn(text, base64url) < len)
        return;
    memcpy(out, text, len);
    out[len] = '\0';
}

void http_token_read(char out[LIMIT_KEY_CHARS + 1], const char *authorization, const char *cookie) {
    static const char bearer[] = "Bearer ", name[] = HTTP_TOKEN_COOKIE "=";
    out[0] = '\0';
    if (authorization[0]) {
        if (strncasecmp(authorization, bearer, sizeof(bearer) - 1) == 0) {
            authorization += sizeof(bearer) - 1;
            take(out, authorization, strlen(authorization));
        }
        return;
    }
    while (*cookie && !out[0]) {
        cookie += strspn(cookie, "; \t");
        const size_t len = strcspn(cookie, ";");
        if (strncmp(cookie, name, sizeof(name) - 1) == 0)
            take(out, cookie + sizeof(name) - 1, len - (sizeof(name) - 1));
        cookie += len;
    }
}

static bool is_id_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }

void http_path_id(char out[LIMIT_ID_CHARS + 1], const char *path) {
    out[0] = '\0';
    for (const char *at = strchr(path, '/'); at && !out[0]; at = strchr(at, '/')) {
        size_t len = 0;
        at++;
        while (is_id_char(at[len]))
            len++;
        if (len == LIMIT_ID_CHARS && (!at[len] || at[len] == '/' || at[len] == '.'))
            snprintf(out, LIMIT_ID_CHARS + 1, "%.*s", LIMIT_ID_CHARS, at);
    }
}

void http_token_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *token, unsigned seconds,
                       bool is_secure) {
    snprintf(out, HTTP_SET_COOKIE_BYTES,
             HTTP_TOKEN_COOKIE "=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Lax%s", token, seconds,
             is_secure ? "; Secure" : "");
}
