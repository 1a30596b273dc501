// SPDX-License-Identifier: MIT
// What strangers send about accounts: bodies, names, and heads with tokens.
#include "relay/account_names.h"
#include "relay/account_request.h"
#include "relay/guess_limits.h"
#include "relay/http_token.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct account_request request;
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1], again[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char token[LIMIT_KEY_CHARS + 1], network[17];
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
    free(text);
    return 0;
}
