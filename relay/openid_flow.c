// SPDX-License-Identifier: MIT
#include "relay/openid_flow.h"

#include "relay/base64url.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_end(char out[OPENID_END_CHARS + 1], int64_t end_s) {
    snprintf(out, OPENID_END_CHARS + 1, "%08" PRIx32, (uint32_t)end_s);
}

static bool has_ended(const char *value, int64_t now_s) {
    char end[OPENID_END_CHARS + 1];
    snprintf(end, sizeof(end), "%.*s", OPENID_END_CHARS, value);
    return strspn(end, "0123456789abcdef") != OPENID_END_CHARS ||
           (int64_t)strtoul(end, NULL, 16) <= now_s;
}

static void derive(char out[LIMIT_KEY_CHARS + 1], const char *key, const char *what,
                   const char *value, const char *account_id) {
    char said[160];
    uint8_t mac[SECRET_HASH_LEN];
    snprintf(said, sizeof(said), "openid %s %s %s", what, value, account_id);
    secret_mac(mac, key, said);
    base64url_write(out, mac, sizeof(mac));
}

void openid_flow_begin(char out[OPENID_FLOW_CHARS + 1], int64_t now_s) {
    write_end(out, now_s + LIMIT_OPENID_FLOW_S);
    random_key(out + OPENID_END_CHARS);
}

bool openid_flow_open(struct openid_flow *out, const char *key, const char *value,
                      const char *account_id, int64_t now_s) {
    uint8_t digest[SECRET_HASH_LEN];
    if (strlen(value) != OPENID_FLOW_CHARS || has_ended(value, now_s))
        return false;
    derive(out->state, key, "state", value, account_id);
    derive(out->nonce, key, "nonce", value, account_id);
    derive(out->verifier, key, "verifier", value, account_id);
    secret_sha256(digest, out->verifier);
    base64url_write(out->challenge, digest, sizeof(digest));
    return true;
}

static void write_pass(char out[OPENID_PASS_CHARS + 1], const char *key, const char *end,
                       const char *account_id) {
    char mac[LIMIT_KEY_CHARS + 1];
    derive(mac, key, "pass", end, account_id);
    snprintf(out, OPENID_PASS_CHARS + 1, "%.*s%.*s%s", OPENID_END_CHARS, end, LIMIT_ID_CHARS,
             account_id, mac);
}

void openid_pass_write(char out[OPENID_PASS_CHARS + 1], const char *key, const char *account_id,
                       int64_t now_s) {
    char end[OPENID_END_CHARS + 1];
    write_end(end, now_s + LIMIT_OPENID_FACTOR_S);
    write_pass(out, key, end, account_id);
}

bool openid_pass_read(char account_id[LIMIT_ID_CHARS + 1], const char *key, const char *pass,
                      int64_t now_s) {
    char wanted[OPENID_PASS_CHARS + 1], end[OPENID_END_CHARS + 1];
    uint8_t a[SECRET_HASH_LEN], b[SECRET_HASH_LEN];
    account_id[0] = '\0';
    if (strlen(pass) != OPENID_PASS_CHARS || has_ended(pass, now_s))
        return false;
    char named[LIMIT_ID_CHARS + 1];
    snprintf(named, sizeof(named), "%.*s", LIMIT_ID_CHARS, pass + OPENID_END_CHARS);
    snprintf(end, sizeof(end), "%.*s", OPENID_END_CHARS, pass);
    write_pass(wanted, key, end, named);
    secret_hash(a, pass); // compared without telling where they differ
    secret_hash(b, wanted);
    if (!secret_hash_equals(a, b))
        return false;
    memcpy(account_id, named, sizeof(named));
    return true;
}

void openid_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *value, unsigned seconds,
                   bool is_secure) {
    // Asked for by this site's own scripts alone, so Strict is no hindrance on the way back.
    snprintf(out, HTTP_SET_COOKIE_BYTES,
             OPENID_COOKIE "=%s; Path=/api/v1; Max-Age=%u; HttpOnly; SameSite=Strict%s", value,
             seconds, is_secure ? "; Secure" : "");
}

void openid_cookie_find(char out[OPENID_PASS_CHARS + 1], const char *cookies) {
    static const char name[] = OPENID_COOKIE "=";
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    out[0] = '\0';
    while (*cookies && !out[0]) {
        cookies += strspn(cookies, "; \t");
        const size_t len = strcspn(cookies, ";");
        const char *const value = cookies + sizeof(name) - 1;
        const size_t value_len = len - (sizeof(name) - 1);
        if (strncmp(cookies, name, sizeof(name) - 1) == 0 &&
            (value_len == OPENID_FLOW_CHARS || value_len == OPENID_PASS_CHARS) &&
            strspn(value, chars) >= value_len)
            snprintf(out, OPENID_PASS_CHARS + 1, "%.*s", (int)value_len, value);
        cookies += len;
    }
}

bool openid_form_add(char *form, size_t cap, const char *name, const char *value) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t len = strlen(form);
    const int head =
        snprintf(form + len, cap - len, "%s%s=", len && form[len - 1] != '?' ? "&" : "", name);
    if (head < 0 || (size_t)head >= cap - len)
        return false;
    len += (size_t)head;
    for (; *value; value++) {
        if (len + 4 > cap)
            return false;
        len += (size_t)snprintf(form + len, 4, strchr(plain, *value) ? "%c" : "%%%02X",
                                (unsigned char)*value);
    }
    return true;
}

bool openid_authorization_url(char *out, size_t cap, const char *endpoint, const char *client_id,
                              const char *redirect_uri, const struct openid_flow *flow) {
    const int len = snprintf(out, cap, "%s%s", endpoint, strchr(endpoint, '?') ? "" : "?");
    return len > 0 && (size_t)len < cap && openid_form_add(out, cap, "response_type", "code") &&
           openid_form_add(out, cap, "client_id", client_id) &&
           openid_form_add(out, cap, "redirect_uri", redirect_uri) &&
           openid_form_add(out, cap, "scope", "openid profile") &&
           openid_form_add(out, cap, "state", flow->state) &&
           openid_form_add(out, cap, "nonce", flow->nonce) &&
           openid_form_add(out, cap, "code_challenge", flow->challenge) &&
           openid_form_add(out, cap, "code_challenge_method", "S256");
}
