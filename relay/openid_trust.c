// SPDX-License-Identifier: MIT
#include "relay/openid_trust.h"

#include "relay/account_names.h"
#include <stdio.h>
#include <string.h>

// Room for a number behind a proposed name.
#define NUMBER_CHARS 5

static size_t scheme_len(const char *url) {
    return strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
}

bool openid_is_loopback(const char *url) {
    static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
    const size_t head = scheme_len(url);
    for (size_t i = 0; head && i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        const size_t len = strlen(hosts[i]);
        const char end = strncmp(url + head, hosts[i], len) == 0 ? url[head + len] : 'x';
        if (!end || end == ':' || end == '/' || end == '?')
            return true;
    }
    return false;
}

bool openid_url_is_safe(const char *url, bool may_loop) {
    static const char host_chars[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    const size_t head = scheme_len(url);
    const size_t host = head ? strspn(url + head, host_chars) : 0;
    if (!host || !(head == 8 || (may_loop && openid_is_loopback(url))))
        return false;
    if (url[head + host] && url[head + host] != '/' && url[head + host] != '?')
        return false;
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr("\"\\#<>", *c))
            return false;
    return true;
}

const char *openid_provider_fault(const struct openid_provider *p, const char *issuer) {
    const bool may_loop = openid_is_loopback(issuer);
    if (strcmp(p->issuer, issuer) != 0)
        return "it calls itself by another issuer";
    if (!openid_url_is_safe(p->authorization, may_loop) ||
        !openid_url_is_safe(p->token, may_loop) || !openid_url_is_safe(p->keys, may_loop) ||
        (p->person[0] && !openid_url_is_safe(p->person, may_loop)))
        return "one of its addresses is not https";
    return NULL;
}

const char *openid_claims_fault(const struct openid_claims *c, const char *issuer,
                                const char *client_id, const char *nonce, int64_t now_s) {
    if (strcmp(c->issuer, issuer) != 0)
        return "iss";
    if (!c->is_for_us || (c->audience_count > 1 && !c->authorized[0]))
        return "aud";
    if (c->authorized[0] && strcmp(c->authorized, client_id) != 0)
        return "azp";
    if (c->expires_s <= now_s - OPENID_CLOCKS_S)
        return "exp";
    if (!c->issued_s || c->issued_s > now_s + OPENID_CLOCKS_S)
        return "iat";
    if (!nonce[0] || strcmp(c->nonce, nonce) != 0)
        return "nonce";
    return NULL;
}

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What names may have, in the order it stands there, up to an @.
static size_t keep(char *out, size_t cap, const char *text) {
    size_t len = 0;
    for (; *text && *text != '@' && len < cap; text++) {
        const char c = *text == ' ' ? '.' : *text;
        if (is_letter_or_digit(c) || (len && strchr("._-", c)))
            out[len++] = c;
    }
    while (len && !is_letter_or_digit(out[len - 1]))
        len--;
    out[len] = '\0';
    return len;
}

void openid_name_propose(char out[LIMIT_ACCOUNT_NAME_BYTES + 1], const char *username,
                         uint32_t number) {
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    size_t len = keep(out, LIMIT_ACCOUNT_NAME_BYTES - NUMBER_CHARS, username);
    if (!account_name_read(canonical, out) || strcmp(canonical, "me") == 0)
        len = (size_t)snprintf(out, LIMIT_ACCOUNT_NAME_BYTES + 1, "member");
    if (number)
        snprintf(out + len, NUMBER_CHARS + 1, "%u", (unsigned)(number % 100000));
}
