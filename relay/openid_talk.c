// SPDX-License-Identifier: MIT
#include "relay/openid_talk.h"

#include "relay/openid_flow.h"
#include "relay/openid_jws.h"
#include "relay/openid_line.h"
#include "relay/openid_trust.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_S 3600
#define KEYS_AGAIN_S 60
#define AWAY_S 10
#define FORM_BYTES (3 * LIMIT_OPENID_CODE_BYTES + 4096)

struct openid_talk {
    const struct openid_config *config;
    struct openid_line *line;
    struct openid_provider provider;
    int64_t found_s, away_s; // when; 0 = never
    char away[160];          // why
    char keys[LIMIT_OPENID_ANSWER_BYTES + 1];
    size_t keys_len;
    int64_t keys_s;
    struct openid_tokens tokens;
    struct openid_claims claims;
    char payload[LIMIT_OPENID_TOKEN_BYTES + 1];
    char form[FORM_BYTES];
};

struct openid_talk *openid_talk_create(const struct openid_config *config) {
    struct openid_talk *const t = calloc(1, sizeof(*t));
    if (!t || !(t->line = openid_line_create(openid_is_loopback(config->issuer)))) {
        free(t);
        return NULL;
    }
    t->config = config;
    return t;
}

void openid_talk_destroy(struct openid_talk *t) {
    if (t)
        openid_line_destroy(t->line);
    free(t);
}

static bool fail(struct openid_result *out, enum openid_status status, const char *what,
                 const char *why) {
    out->status = status;
    snprintf(out->why, sizeof(out->why), "%s%s%s", what, why[0] ? ": " : "", why);
    return false;
}

static bool fail_status(struct openid_result *out, const char *what, unsigned status) {
    char why[32] = "no answer";
    if (status)
        snprintf(why, sizeof(why), "HTTP %u", status);
    return fail(out, OPENID_AWAY, what, why);
}

// --- The provider's documents

static bool discover(struct openid_talk *t, struct openid_result *out) {
    char url[LIMIT_ISSUER_BYTES + 64];
    size_t len = strlen(t->config->issuer);
    while (len && t->config->issuer[len - 1] == '/')
        len--;
    snprintf(url, sizeof(url), "%.*s/.well-known/openid-configuration", (int)len,
             t->config->issuer);
    const struct openid_answer answer = openid_line_get(t->line, url, NULL);
    if (answer.status != 200)
        return fail_status(out, "discovery", answer.status);
    const char *const wrong = openid_provider_read(&t->provider, answer.text, answer.len);
    if (wrong)
        return fail(out, OPENID_AWAY, "discovery", wrong[0] ? wrong : "no JSON object");
    const char *const fault = openid_provider_fault(&t->provider, t->config->issuer);
    return fault ? fail(out, OPENID_AWAY, "discovery", fault) : true;
}

static bool find(struct openid_talk *t, struct openid_result *out) {
    const int64_t now_s = t->config->unix_s();
    memset(out, 0, sizeof(*out));
    if (t->found_s && now_s - t->found_s < KEEP_S)
        return true;
    if (t->away_s && now_s - t->away_s < AWAY_S)
        return fail(out, OPENID_AWAY, t->away, "");
    const bool is_found = discover(t, out);
    t->found_s = is_found ? now_s : 0;
    t->away_s = is_found ? 0 : now_s;
    t->keys_len = 0; // whose they were may have changed
    t->keys_s = 0;
    snprintf(t->away, sizeof(t->away), "%s", out->why);
    return is_found;
}

void openid_talk_find(struct openid_talk *t, struct openid_result *out) {
    if (find(t, out))
        memcpy(out->authorization, t->provider.authorization, sizeof(out->authorization));
}

static bool fetch_keys(struct openid_talk *t, struct openid_result *out) {
    const struct openid_answer answer = openid_line_get(t->line, t->provider.keys, NULL);
    if (answer.status != 200)
        return fail_status(out, "keys", answer.status);
    memcpy(t->keys, answer.text, answer.len);
    t->keys_len = answer.len;
    t->keys_s = t->config->unix_s();
    return true;
}

// --- From a code to a person

// RFC 6749 2.3.1: both parts are encoded as a form's before HTTP's own coding.
static struct openid_answer post_form(struct openid_talk *t) {
    const struct openid_config *const c = t->config;
    char user[3 * LIMIT_OPENID_URL_BYTES], password[3 * LIMIT_OPENID_URL_BYTES];
    const bool is_basic = c->secret[0] && t->provider.takes_basic;
    user[0] = password[0] = '\0';
    const bool fits =
        is_basic ? openid_form_add(user, sizeof(user), "", c->client_id) &&
                       openid_form_add(password, sizeof(password), "", c->secret)
                 : openid_form_add(t->form, sizeof(t->form), "client_id", c->client_id) &&
                       (!c->secret[0] ||
                        openid_form_add(t->form, sizeof(t->form), "client_secret", c->secret));
    if (!fits)
        return (struct openid_answer){.text = ""};
    // Behind the "=" of a nameless field.
    return openid_line_post(t->line, t->provider.token, t->form, is_basic ? user + 1 : NULL,
                            is_basic ? password + 1 : NULL);
}

static bool redeem(struct openid_talk *t, const struct openid_redemption *r,
                   struct openid_result *out) {
    t->form[0] = '\0';
    if (!openid_form_add(t->form, sizeof(t->form), "grant_type", "authorization_code") ||
        !openid_form_add(t->form, sizeof(t->form), "code", r->code) ||
        !openid_form_add(t->form, sizeof(t->form), "redirect_uri", r->redirect_uri) ||
        !openid_form_add(t->form, sizeof(t->form), "code_verifier", r->verifier))
        return fail(out, OPENID_REFUSED, "code", "too long");
    const struct openid_answer answer = post_form(t);
    // 400 is about the code (RFC 6749 5.2), 401 about us.
    if (answer.status == 400)
        return fail(out, OPENID_REFUSED, "token", "HTTP 400");
    if (answer.status != 200)
        return fail_status(out, "token", answer.status);
    const char *const wrong = openid_tokens_read(&t->tokens, answer.text, answer.len);
    return wrong ? fail(out, OPENID_AWAY, "token", wrong[0] ? wrong : "no JSON object") : true;
}

static bool find_key(struct openid_talk *t, char *key, size_t *len,
                     const struct openid_signed_by *by, struct openid_result *out) {
    *len = openid_key_find(key, LIMIT_OPENID_KEY_BYTES, by, t->keys, t->keys_len);
    const int64_t age_s = t->config->unix_s() - t->keys_s;
    if ((*len && age_s < KEEP_S) || (t->keys_s && age_s < KEYS_AGAIN_S))
        return *len ? true : fail(out, OPENID_UNTRUSTED, "signature", "no key for it");
    if (!fetch_keys(t, out))
        return false;
    *len = openid_key_find(key, LIMIT_OPENID_KEY_BYTES, by, t->keys, t->keys_len);
    return *len ? true : fail(out, OPENID_UNTRUSTED, "signature", "no key for it");
}

static bool verify(struct openid_talk *t, const char *nonce, struct openid_result *out) {
    const struct openid_config *const c = t->config;
    struct openid_signed_by by;
    char key[LIMIT_OPENID_KEY_BYTES];
    size_t key_len = 0, len = 0;
    if (!openid_jws_head(&by, t->tokens.id))
        return fail(out, OPENID_UNTRUSTED, "signature", "not RS256 or ES256");
    if (!find_key(t, key, &key_len, &by, out))
        return false;
    if (!openid_jws_verify(t->payload, sizeof(t->payload), &len, t->tokens.id, key, key_len))
        return fail(out, OPENID_UNTRUSTED, "signature", "does not hold");
    const char *fault = openid_claims_read(&t->claims, c->client_id, t->payload, len);
    if (!fault)
        fault = openid_claims_fault(&t->claims, c->issuer, c->client_id, nonce, c->unix_s());
    return fault ? fail(out, OPENID_UNTRUSTED, "token", fault) : true;
}

// Names may come with the token or, as most providers have it, must be asked for. Nobody is turned
// away for want of one.
static void learn_names(struct openid_talk *t, struct openid_result *out) {
    memcpy(out->username, t->claims.username, sizeof(out->username));
    memcpy(out->name, t->claims.name, sizeof(out->name));
    if (out->username[0] || !t->provider.person[0] || !t->tokens.access[0])
        return;
    const struct openid_answer answer =
        openid_line_get(t->line, t->provider.person, t->tokens.access);
    // Core 5.3.2: of the same subject, or it is not used.
    if (answer.status != 200 ||
        openid_claims_read(&t->claims, t->config->client_id, answer.text, answer.len) ||
        strcmp(t->claims.subject, out->subject) != 0)
        return;
    memcpy(out->username, t->claims.username, sizeof(out->username));
    if (t->claims.name[0])
        memcpy(out->name, t->claims.name, sizeof(out->name));
}

void openid_talk_redeem(struct openid_talk *t, const struct openid_redemption *r,
                        struct openid_result *out) {
    if (!find(t, out))
        return;
    // RFC 9207: a code of another provider is not for this one's ears.
    if ((r->issuer[0] || t->provider.names_itself) && strcmp(r->issuer, t->config->issuer) != 0) {
        fail(out, OPENID_UNTRUSTED, "answer", "of another issuer");
        return;
    }
    if (redeem(t, r, out) && verify(t, r->nonce, out)) {
        memcpy(out->subject, t->claims.subject, sizeof(out->subject));
        learn_names(t, out);
    }
    memset(&t->tokens, 0, sizeof(t->tokens));
}
