// SPDX-License-Identifier: MIT
// The only file that includes <cjose/…>.
#include "relay/openid_jws.h"

#include "relay/base64url.h"
#include <cjose/cjose.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RSA_LEAST_BITS 2048 // RFC 7518 3.3

// Three parts of base64url. The library does not refuse what is none, but ends the program.
static bool is_compact(const char *token) {
    for (unsigned part = 0; part < 3; part++) {
        const size_t len = strcspn(token, ".");
        if (!base64url_is_text(token, len) || (token[len] == '.') != (part < 2))
            return false;
        token += len + 1;
    }
    return true;
}

static bool copy_header(char *out, size_t cap, cjose_header_t *header, const char *name) {
    cjose_err error;
    const char *const text = cjose_header_get(header, name, &error);
    out[0] = '\0';
    return !text || (size_t)snprintf(out, cap, "%s", text) < cap;
}

// What must be understood and is not makes a token worthless (RFC 7515 4.1.11).
static bool has_critical(cjose_header_t *header) {
    cjose_err error;
    char *const text = cjose_header_get_raw(header, "crit", &error);
    free(text);
    return text != NULL;
}

bool openid_jws_head(struct openid_signed_by *out, const char *token) {
    cjose_err error;
    if (!is_compact(token))
        return false;
    cjose_jws_t *const jws = cjose_jws_import(token, strlen(token), &error);
    cjose_header_t *const header = jws ? cjose_jws_get_protected(jws) : NULL;
    const bool is_fine =
        header && !has_critical(header) &&
        copy_header(out->algorithm, sizeof(out->algorithm), header, CJOSE_HDR_ALG) &&
        copy_header(out->key_id, sizeof(out->key_id), header, CJOSE_HDR_KID) &&
        (strcmp(out->algorithm, "RS256") == 0 || strcmp(out->algorithm, "ES256") == 0);
    cjose_jws_release(jws);
    return is_fine;
}

static bool is_strong(const cjose_jwk_t *key, const char *algorithm) {
    cjose_err error;
    const cjose_jwk_kty_t kind = cjose_jwk_get_kty(key, &error);
    return strcmp(algorithm, "RS256") == 0
               ? kind == CJOSE_JWK_KTY_RSA && cjose_jwk_get_keysize(key, &error) >= RSA_LEAST_BITS
               : kind == CJOSE_JWK_KTY_EC;
}

bool openid_jws_verify(char *out, size_t cap, size_t *len, const char *token, const char *key,
                       size_t key_len) {
    cjose_err error;
    struct openid_signed_by by;
    uint8_t *payload = NULL;
    if (!openid_jws_head(&by, token))
        return false;
    cjose_jws_t *const jws = cjose_jws_import(token, strlen(token), &error);
    cjose_jwk_t *const jwk = cjose_jwk_import(key, key_len, &error);
    const bool is_fine = jws && jwk && is_strong(jwk, by.algorithm) &&
                         cjose_jws_verify(jws, jwk, &error) &&
                         cjose_jws_get_plaintext(jws, &payload, len, &error) && *len < cap;
    if (is_fine) {
        memcpy(out, payload, *len);
        out[*len] = '\0';
    }
    cjose_jwk_release(jwk);
    cjose_jws_release(jws);
    return is_fine;
}
