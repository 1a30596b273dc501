// SPDX-License-Identifier: MIT
// Documents of OpenID providers, and what browsers bring back from them.
#include "relay/openid_documents.h"

#include "relay/base64url.h"
#include "relay/json_jansson.h"
#include <string.h>

#define COPY(field, root, name) copy(field, sizeof(field), root, name)

// Absent is ""; false: there, and no text that fits.
static bool copy(char *out, size_t cap, const json_t *root, const char *name) {
    const json_t *const value = jansson_member(root, name);
    out[0] = '\0';
    return !value || jansson_copy_text(out, cap, value) >= 0;
}

// What they are called is nobody's business to refuse: what does not fit is as good as absent.
static void copy_name(char out[LIMIT_NAME_BYTES + 1], const json_t *root, const char *name) {
    if (!copy(out, LIMIT_NAME_BYTES + 1, root, name) || !jansson_is_title(out))
        out[0] = '\0';
}

static bool holds(const json_t *list, const char *text) {
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

const char *openid_provider_read(struct openid_provider *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const char *wrong = NULL;
    memset(out, 0, sizeof(*out));
    if (!root)
        return "";
    if (!COPY(out->issuer, root, "issuer") || !out->issuer[0])
        wrong = "issuer";
    else if (!COPY(out->authorization, root, "authorization_endpoint") || !out->authorization[0])
        wrong = "authorization_endpoint";
    else if (!COPY(out->token, root, "token_endpoint") || !out->token[0])
        wrong = "token_endpoint";
    else if (!COPY(out->keys, root, "jwks_uri") || !out->keys[0])
        wrong = "jwks_uri";
    else if (!COPY(out->person, root, "userinfo_endpoint"))
        wrong = "userinfo_endpoint";
    const json_t *const methods = jansson_member(root, "token_endpoint_auth_methods_supported");
    // Discovery 3: without the member it is client_secret_basic.
    out->takes_basic =
        !methods || holds(methods, "client_secret_basic") || !holds(methods, "client_secret_post");
    out->names_itself =
        json_is_true(jansson_member(root, "authorization_response_iss_parameter_supported"));
    json_decref(root);
    return wrong;
}

const char *openid_tokens_read(struct openid_tokens *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const char *wrong = NULL;
    out->id[0] = out->access[0] = '\0';
    if (!root)
        return "";
    if (!COPY(out->id, root, "id_token") || !out->id[0])
        wrong = "id_token";
    else if (!COPY(out->access, root, "access_token"))
        out->access[0] = '\0';
    json_decref(root);
    return wrong;
}

static bool read_seconds(int64_t *out, const json_t *value) {
    uint64_t count = 0;
    *out = 0;
    if (value && !jansson_read_count(&count, value))
        return false;
    *out = (int64_t)count;
    return true;
}

static bool read_audience(struct openid_claims *out, const char *client_id, const json_t *value) {
    if (json_is_string(value)) {
        out->audience_count = 1;
        out->is_for_us = strcmp(json_string_value(value), client_id) == 0;
        return true;
    }
    out->audience_count = json_array_size(value);
    out->is_for_us = holds(value, client_id);
    return !value || json_is_array(value);
}

const char *openid_claims_read(struct openid_claims *out, const char *client_id, const char *json,
                               size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const char *wrong = NULL;
    memset(out, 0, sizeof(*out));
    if (!root)
        return "";
    if (!COPY(out->issuer, root, "iss"))
        wrong = "iss";
    else if (!COPY(out->subject, root, "sub") || !out->subject[0] || !jansson_is_line(out->subject))
        wrong = "sub";
    else if (!COPY(out->nonce, root, "nonce"))
        wrong = "nonce";
    else if (!COPY(out->authorized, root, "azp"))
        wrong = "azp";
    else if (!read_audience(out, client_id, jansson_member(root, "aud")))
        wrong = "aud";
    else if (!read_seconds(&out->expires_s, jansson_member(root, "exp")))
        wrong = "exp";
    else if (!read_seconds(&out->issued_s, jansson_member(root, "iat")))
        wrong = "iat";
    copy_name(out->username, root, "preferred_username");
    if (!out->username[0])
        copy_name(out->username, root, "nickname");
    copy_name(out->name, root, "name");
    json_decref(root);
    return wrong;
}

const char *openid_return_read(struct openid_return *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const char *wrong = NULL;
    memset(out, 0, sizeof(*out));
    if (!root)
        return "";
    if (!COPY(out->code, root, "code"))
        wrong = "code";
    else if (!COPY(out->state, root, "state"))
        wrong = "state";
    else if (!COPY(out->issuer, root, "iss"))
        wrong = "iss";
    else if (!COPY(out->invitation, root, "invitation"))
        wrong = "invitation";
    else if (!COPY(out->factor_code, root, "factorCode"))
        wrong = "factorCode";
    else if (!out->code[0] && !out->factor_code[0])
        wrong = "code";
    json_decref(root);
    return wrong;
}

static bool says(const json_t *key, const char *name, const char *wanted) {
    const char *const text = json_string_value(json_object_get(key, name));
    return text && strcmp(text, wanted) == 0;
}

static bool key_fits(const json_t *key, const struct openid_signed_by *by) {
    const bool is_rsa = strcmp(by->algorithm, "RS256") == 0;
    if (!is_rsa && strcmp(by->algorithm, "ES256") != 0)
        return false;
    return (!by->key_id[0] || says(key, "kid", by->key_id)) &&
           (!jansson_member(key, "use") || says(key, "use", "sig")) &&
           (!jansson_member(key, "alg") || says(key, "alg", by->algorithm)) &&
           (is_rsa ? says(key, "kty", "RSA") : says(key, "kty", "EC") && says(key, "crv", "P-256"));
}

// The numbers that make a key public, and nothing else: what reads them next trusts that they are
// base64url.
static size_t write_key(char *out, size_t cap, const json_t *key,
                        const struct openid_signed_by *by) {
    static const char *const members[2][2] = {{"n", "e"}, {"x", "y"}};
    const bool is_rsa = strcmp(by->algorithm, "RS256") == 0;
    const char *const *const names = members[is_rsa ? 0 : 1];
    const char *texts[2];
    for (size_t i = 0; i < 2; i++) {
        texts[i] = json_string_value(json_object_get(key, names[i]));
        if (!texts[i] || !base64url_is_text(texts[i], strlen(texts[i])) ||
            (!is_rsa && strlen(texts[i]) != BASE64URL_CHARS(32)))
            return 0;
    }
    json_t *const bare =
        is_rsa ? json_pack("{ss ss ss}", "kty", "RSA", names[0], texts[0], names[1], texts[1])
               : json_pack("{ss ss ss ss}", "kty", "EC", "crv", "P-256", names[0], texts[0],
                           names[1], texts[1]);
    const size_t len = bare ? json_dumpb(bare, out, cap, JSON_COMPACT) : 0;
    json_decref(bare);
    return len;
}

size_t openid_key_find(char *out, size_t cap, const struct openid_signed_by *by, const char *json,
                       size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const json_t *key, *found = NULL;
    size_t i, count = 0, written = 0;
    json_array_foreach(jansson_member(root, "keys"), i, key) {
        if (json_is_object(key) && key_fits(key, by)) {
            found = key;
            count++;
        }
    }
    if (count == 1)
        written = write_key(out, cap, found, by);
    json_decref(root);
    return written < cap ? written : 0;
}
