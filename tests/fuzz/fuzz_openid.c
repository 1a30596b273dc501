// SPDX-License-Identifier: MIT
// What comes from an OpenID provider, and from browsers that were there: documents, tokens, keys,
// cookies.
#include "relay/account_names.h"
#include "relay/base64url.h"
#include "relay/openid_flow.h"
#include "relay/openid_jws.h"
#include "relay/openid_trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_documents(const char *text, size_t len) {
    static struct openid_tokens tokens;
    struct openid_provider provider;
    struct openid_return back;
    struct openid_claims claims;
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1], canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    // A provider that is believed has told nothing but safe addresses.
    if (!openid_provider_read(&provider, text, len) &&
        !openid_provider_fault(&provider, "https://id.example") &&
        (strncmp(provider.token, "https://", 8) != 0 || strpbrk(provider.token, " \r\n\"")))
        abort();
    (void)openid_tokens_read(&tokens, text, len);
    if (!openid_return_read(&back, text, len) && !back.code[0] && !back.factor_code[0])
        abort();
    if (openid_claims_read(&claims, "tabcast", text, len))
        return;
    if (!openid_claims_fault(&claims, "https://id.example", "tabcast", "n", 1800000000) &&
        (!claims.is_for_us || !claims.subject[0] || strcmp(claims.nonce, "n") != 0))
        abort();
    for (uint32_t number = 0; number < 2; number++) {
        openid_name_propose(name, claims.username, number * 12345);
        if (!account_name_read(canonical, name) || strcmp(canonical, "me") == 0)
            abort();
    }
}

// A set of keys, and behind a line a token.
static void read_keys(const char *text, size_t len) {
    static char payload[LIMIT_OPENID_TOKEN_BYTES];
    const char *const token = strchr(text, '\n') ? strchr(text, '\n') + 1 : text;
    const size_t keys_len = token == text ? len : (size_t)(token - text) - 1;
    struct openid_signed_by by;
    char key[LIMIT_OPENID_KEY_BYTES];
    size_t payload_len = 0;
    if (!openid_jws_head(&by, token))
        return;
    const size_t key_len = openid_key_find(key, sizeof(key), &by, text, keys_len);
    if (key_len >= sizeof(key))
        abort();
    if (key_len && openid_jws_verify(payload, sizeof(payload), &payload_len, token, key, key_len) &&
        payload_len >= sizeof(payload))
        abort();
}

// Behind the coding: any header, and any key for a signature of the right length.
static void read_behind_coding(const char *text, size_t len) {
    static char token[BASE64URL_CHARS(4096) + 64], payload[64];
    static const struct openid_signed_by kinds[] = {{.algorithm = "RS256"}, {.algorithm = "ES256"}};
    static const char *const heads[] = {"eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJFUzI1NiJ9"};
    static const size_t signature_chars[] = {BASE64URL_CHARS(256), BASE64URL_CHARS(64)};
    struct openid_signed_by by;
    char key[LIMIT_OPENID_KEY_BYTES];
    size_t payload_len = 0;
    const size_t head_len = base64url_write(token, (const uint8_t *)text, len < 4096 ? len : 4096);
    memcpy(token + head_len, ".e30.AAAA", sizeof(".e30.AAAA"));
    (void)openid_jws_head(&by, token);
    for (size_t i = 0; i < 2; i++) {
        const size_t key_len = openid_key_find(key, sizeof(key), &kinds[i], text, len);
        const size_t at = (size_t)snprintf(token, sizeof(token), "%s.e30.", heads[i]);
        memset(token + at, 'A', signature_chars[i]);
        token[at + signature_chars[i]] = '\0';
        if (key_len &&
            openid_jws_verify(payload, sizeof(payload), &payload_len, token, key, key_len))
            abort(); // zeros sign nothing
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    char cookie[OPENID_PASS_CHARS + 1], id[LIMIT_ID_CHARS + 1], form[512] = "";
    struct openid_flow flow;
    char *const text = malloc(len + 1);
    if (!text)
        return 0;
    memcpy(text, data, len);
    text[len] = '\0';
    read_documents(text, len);
    read_keys(text, len);
    read_behind_coding(text, len);
    openid_cookie_find(cookie, text);
    if (openid_flow_open(&flow, "key", cookie, "", 1800000000) &&
        strlen(cookie) != OPENID_FLOW_CHARS)
        abort();
    if (openid_pass_read(id, "key", cookie, 1800000000))
        abort(); // guessed
    if (openid_form_add(form, sizeof(form), "a", text) && strpbrk(form + 2, "&= \r\n"))
        abort();
    free(text);
    return 0;
}
