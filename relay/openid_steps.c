// SPDX-License-Identifier: MIT
#include "relay/openid_steps.h"

#include "relay/guess_limits.h"
#include "relay/json_document.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// With all that is added to the endpoint.
#define URL_BYTES                                                                                  \
    (LIMIT_OPENID_URL_BYTES + 3 * (LIMIT_ISSUER_BYTES + LIMIT_HTTP_HEADER_BYTES) + 512)
// A bucket counts in thousandths.
#define ONE 1000

struct openid_call *openid_call_of(const struct account_call *a) {
    return a->blob;
}

static bool read_return(struct call *c, struct account_call *a, struct openid_return *out) {
    char detail[96];
    const bool is_text = utf8_is_valid((const uint8_t *)c->body, c->body_len);
    if (strncasecmp(c->request->content_type, "application/json", 16) != 0) {
        account_call_problem(a, 415, "Unsupported media type", "Send it as application/json.", 0);
        return false;
    }
    const char *const wrong = is_text ? openid_return_read(out, c->body, c->body_len) : "";
    if (!wrong)
        return true;
    snprintf(detail, sizeof(detail), "%s: missing, too long, or not what it should be.", wrong);
    if (wrong[0])
        account_call_problem(a, 422, "Unprocessable content", detail, 0);
    else
        account_call_problem(a, 400, "Bad request", "The body is not a JSON object in UTF-8.", 0);
    return false;
}

struct account_call *openid_call_begin(struct call *c, bool is_change,
                                       const enum account_request_kind *kind, bool returns) {
    struct account_call *const a = account_call_begin(c, is_change, kind);
    if (!a)
        return NULL;
    if (!a->accounts->openid) {
        account_call_problem(a, 404, "Not found", "This site knows no other place to sign in at.",
                             0);
        return NULL;
    }
    struct openid_call *const o = calloc(1, sizeof(*o));
    a->blob = o;
    if (!o) {
        account_call_busy(a);
        return NULL;
    }
    account_call_base(a->base, c);
    memcpy(o->cookie, c->request->openid, sizeof(o->cookie));
    snprintf(o->identity.issuer, sizeof(o->identity.issuer), "%s",
             openid_issuer(a->accounts->openid));
    return !returns || read_return(c, a, &o->said) ? a : NULL;
}

// What the log is told alone: it is for who runs this site, not for who stands before it.
static void log_refused(const struct account_call *a, const struct openid_result *result) {
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_WARN, "openid-refused",
              LOG_TEXT("why", result->why), LOG_TEXT("address", a->address));
}

static void answer_away(struct account_call *a) {
    char detail[LIMIT_NAME_BYTES + 96];
    snprintf(detail, sizeof(detail), "%s does not answer as it should; please try again later.",
             openid_name(a->accounts->openid));
    account_call_problem(a, 503, "Service unavailable", detail, 10);
}

// --- Leaving

static void on_found(void *ctx, const struct openid_result *result) {
    struct account_call *const a = ctx;
    const struct openid_call *const o = openid_call_of(a);
    char url[URL_BYTES], redirect_uri[LIMIT_OPENID_URL_BYTES + 1], cookie[HTTP_SET_COOKIE_BYTES];
    struct json_writer w;
    size_t len = 0;
    snprintf(redirect_uri, sizeof(redirect_uri), "%s/sign-in", a->base);
    if (result->status != OPENID_OK ||
        !openid_authorization_url(url, sizeof(url), result->authorization,
                                  openid_client_id(a->accounts->openid), redirect_uri, &o->flow)) {
        log_refused(a, result);
        answer_away(a);
        return;
    }
    if (!json_document_begin(&w, 6 * sizeof(url) + 64)) {
        account_call_busy(a);
        return;
    }
    json_object_begin(&w, NULL);
    json_text(&w, "url", url);
    json_object_end(&w);
    char *const json = json_document_end(&w, &len);
    openid_cookie(cookie, o->cookie, LIMIT_OPENID_FLOW_S, a->is_secure);
    account_call_answer(a, 201, json, len, cookie, NULL);
}

void openid_flow_start(struct account_call *a) {
    struct openid_call *const o = openid_call_of(a);
    struct openid *const openid = a->accounts->openid;
    const int64_t now_s = a->unix_us / 1000000;
    char network[17];
    guess_address(network, a->address);
    if (!address_limit_take(&a->accounts->openids, network, a->now_us,
                            LIMIT_OPENID_BEGINS_PER_SECOND * ONE, LIMIT_OPENID_BEGINS_BURST * ONE,
                            ONE)) {
        account_call_problem(a, 429, "Too many requests", "Too many tries; wait a little.", 5);
        return;
    }
    openid_flow_begin(o->cookie, now_s);
    (void)openid_flow_open(&o->flow, openid_key(openid), o->cookie, a->account.id, now_s);
    if (!openid_find(openid, on_found, a))
        account_call_busy(a);
}

// --- Coming back

static void on_redeemed(void *ctx, const struct openid_result *result) {
    struct account_call *const a = ctx;
    struct openid_call *const o = openid_call_of(a);
    if (result->status != OPENID_OK)
        log_refused(a, result);
    switch (result->status) {
    case OPENID_OK:
        memcpy(o->identity.subject, result->subject, sizeof(o->identity.subject));
        memcpy(o->username, result->username, sizeof(o->username));
        memcpy(o->name, result->name, sizeof(o->name));
        o->next(a);
        return;
    case OPENID_REFUSED:
        account_call_problem(
            a, 403, "Forbidden",
            "This sign-in was used already, or took too long; please begin it again.", 0);
        return;
    case OPENID_UNTRUSTED:
        account_call_problem(a, 403, "Forbidden",
                             "What came back cannot be trusted, so nobody was signed in. Begin "
                             "again; if it stays so, tell who runs this site.",
                             0);
        return;
    default:
        answer_away(a);
    }
}

// In a time that does not tell where they differ.
static bool is_same(const char *a, const char *b) {
    uint8_t left[SECRET_HASH_LEN], right[SECRET_HASH_LEN];
    secret_hash(left, a);
    secret_hash(right, b);
    return secret_hash_equals(left, right);
}

void openid_flow_finish(struct account_call *a, void (*next)(struct account_call *a)) {
    struct openid_call *const o = openid_call_of(a);
    struct openid_redemption r = {0};
    o->next = next;
    if (!openid_flow_open(&o->flow, openid_key(a->accounts->openid), o->cookie, a->account.id,
                          a->unix_us / 1000000) ||
        !is_same(o->said.state, o->flow.state)) {
        account_call_problem(
            a, 403, "Forbidden",
            "This sign-in was not begun in this browser, or too long ago; please begin it again.",
            0);
        return;
    }
    memcpy(r.code, o->said.code, sizeof(r.code));
    memcpy(r.issuer, o->said.issuer, sizeof(r.issuer));
    memcpy(r.verifier, o->flow.verifier, sizeof(r.verifier));
    memcpy(r.nonce, o->flow.nonce, sizeof(r.nonce));
    snprintf(r.redirect_uri, sizeof(r.redirect_uri), "%s/sign-in", a->base);
    if (!openid_redeem(a->accounts->openid, &r, on_redeemed, a))
        account_call_busy(a);
}
