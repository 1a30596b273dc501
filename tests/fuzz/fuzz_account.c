// SPDX-License-Identifier: MIT
// What strangers send about accounts: bodies, names, heads with tokens, where to push to.
#include "relay/account_names.h"
#include "relay/account_request.h"
#include "relay/guess_limits.h"
#include "relay/http_token.h"
#include "relay/webpush.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct account_request request;
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1], again[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char token[LIMIT_KEY_CHARS + 1], network[17], origin[256];
    uint8_t bytes[WEBPUSH_AUTH_LEN];
    char *const text = malloc(len + 1);
    if (!text)
        return 0;
    memcpy(text, data, len);
    text[len] = '\0';
    if (utf8_is_valid(data, len))
        for (int kind = ACCOUNT_SIGN_UP; kind < ACCOUNT_REQUEST_COUNT; kind++)
            if (!account_request_read(&request, (enum account_request_kind)kind, text, len))
                (void)account_password_fault(request.password, request.name);
    if (account_name_read(canonical, text)) {
        // A canonical form of one letter alone ("a.") cannot come: letters stand at both ends.
        if (!account_name_read(again, canonical) || strcmp(canonical, again) != 0)
            abort();
    }
    http_token_read(token, text, "");
    if (token[0] && strlen(token) != LIMIT_KEY_CHARS)
        abort();
    http_token_read(token, "", text);
    if (token[0] && strlen(token) != LIMIT_KEY_CHARS)
        abort();
    guess_address(network, text);
    if (webpush_endpoint_read(origin, text, len % 2 == 0) &&
        (strpbrk(text, "\r\n \"\\") || strncmp(origin, text, strlen(origin)) != 0))
        abort();
    if (base64url_read(bytes, sizeof(bytes), text)) {
        char again_text[BASE64URL_CHARS(sizeof(bytes)) + 1];
        if (base64url_write(again_text, bytes, sizeof(bytes)) != strcspn(text, "="))
            abort();
        if (strncmp(again_text, text, strlen(again_text)) != 0)
            abort();
    }
    free(text);
    return 0;
}
