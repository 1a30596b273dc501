// SPDX-License-Identifier: MIT
#include "relay/account_call.h"

#include "shared/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUSY_RETRY_S 2

void account_call_base(char out[LIMIT_HTTP_HEADER_BYTES + 16], const struct call *c) {
    const char *const public_url = c->api->relay->config.public_url;
    size_t len = strlen(public_url);
    while (len && public_url[len - 1] == '/')
        len--;
    if (len)
        snprintf(out, LIMIT_HTTP_HEADER_BYTES + 16, "%.*s", (int)len, public_url);
    else
        snprintf(out, LIMIT_HTTP_HEADER_BYTES + 16, "%s://%s",
                 c->request->is_secure ? "https" : "http", c->request->host);
}

static bool read_body(struct call *c, struct account_request *out, enum account_request_kind kind) {
    char detail[96];
    if (strncasecmp(c->request->content_type, "application/json", 16) != 0) {
        http_problem(c->out, 415, "Unsupported media type", "Send it as application/json.");
        return false;
    }
    const char *const wrong = utf8_is_valid((const uint8_t *)c->body, c->body_len)
                                  ? account_request_read(out, kind, c->body, c->body_len)
                                  : "";
    if (!wrong)
        return true;
    if (*wrong) {
        snprintf(detail, sizeof(detail), "%s: missing, too long, or not what it should be.", wrong);
        http_problem(c->out, 422, "Unprocessable content", detail);
    } else {
        http_problem(c->out, 400, "Bad request", "The body is not a JSON object in UTF-8.");
    }
    return false;
}

struct account_call *account_call_begin(struct call *c, bool is_change,
                                        const enum account_request_kind *kind) {
    struct relay *const relay = c->api->relay;
    if (!relay->accounts) {
        http_problem(c->out, 404, "Not found", "This relay has no accounts.");
        return NULL;
    }
    if (is_change &&
        !http_origin_is_ours(c->request->origin, c->request->host, relay->config.public_url)) {
        http_problem(c->out, 403, "Forbidden", "This is done from this site's own pages.");
        return NULL;
    }
    struct account_call *const a = calloc(1, sizeof(*a));
    if (!a) {
        http_problem(c->out, 503, "Out of memory",
                     "The relay is short of memory; please try again.");
        return NULL;
    }
    if (kind && !read_body(c, &a->body, *kind)) {
        password_forget(a, sizeof(*a));
        free(a);
        return NULL;
    }
    a->relay = relay;
    a->accounts = relay->accounts;
    a->recordings_fd = c->api->recordings_fd;
    a->now_us = c->now_us;
    a->unix_us = relay_unix_us(relay, c->now_us);
    a->is_secure = c->request->is_secure || a->accounts->config.is_https;
    a->is_change = is_change;
    memcpy(a->id, c->id, sizeof(a->id));
    memcpy(a->pass, c->request->pass, sizeof(a->pass));
    snprintf(a->address, sizeof(a->address), "%s", c->request->address);
    snprintf(a->agent, sizeof(a->agent), "%s", c->request->agent);
    http_later_begin(&a->later, c->out);
    return a;
}

void account_call_log(const struct account_call *a, const char *event) {
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, event, LOG_TEXT("account", a->account.id),
              LOG_TEXT("name", a->account.name), LOG_TEXT("address", a->address));
}

void account_call_log_target(const struct account_call *a, const char *event) {
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, event, LOG_TEXT("account", a->target.id),
              LOG_TEXT("name", a->target.name), LOG_TEXT("by", a->account.name),
              LOG_TEXT("address", a->address));
}

void account_call_end(struct account_call *a) {
    http_later_done(&a->later);
    free(a->blob);
    password_forget(a, sizeof(*a));
    free(a);
}

void account_call_problem(struct account_call *a, uint16_t status, const char *title,
                          const char *detail, uint32_t retry_after_s) {
    struct http_response *const out = http_later_take(&a->later);
    if (out) {
        http_problem(out, status, title, detail);
        out->retry_after_s = retry_after_s;
    }
    account_call_end(a);
}

void account_call_busy(struct account_call *a) {
    account_call_problem(a, 503, "Service unavailable",
                         "The relay has too much to do at the moment; please try again.",
                         BUSY_RETRY_S);
}

void account_call_answer(struct account_call *a, uint16_t status, char *take_json, size_t len,
                         const char *cookie, const char *location) {
    struct http_response *const out = http_later_take(&a->later);
    if (!out) {
        free(take_json);
    } else if (status == 204) {
        out->status = status;
    } else {
        http_json(out, status, take_json, len);
    }
    if (out && out->status == status) {
        snprintf(out->set_cookie, sizeof(out->set_cookie), "%s", cookie ? cookie : "");
        snprintf(out->location, sizeof(out->location), "%s", location ? location : "");
    }
    account_call_end(a);
}

bool account_call_failed(struct account_call *a, enum store_status status, const char *not_found) {
    switch (status) {
    case STORE_OK:
        return false;
    case STORE_NOT_FOUND:
        account_call_problem(a, 404, "Not found", not_found, 0);
        return true;
    case STORE_TAKEN:
        account_call_problem(a, 409, "Conflict", "Somebody has this name, or one like it.", 0);
        return true;
    case STORE_FAILED:
        account_call_problem(a, 503, "Service unavailable",
                             "The relay cannot write to its disk; please try again later.", 30);
        return true;
    default:
        account_call_busy(a);
        return true;
    }
}

static void on_session(void *ctx, enum store_status status, const struct store_session *session,
                       const struct store_account *account) {
    struct account_call *const a = ctx;
    if (status == STORE_NOT_FOUND) {
        account_call_problem(a, 401, "Unauthorized", "Your session has ended; please sign in.", 0);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    a->session = *session;
    a->account = *account;
    if (a->is_change && !address_limit_take(&a->accounts->changes, a->account.id, a->now_us,
                                            LIMIT_CHANGES_PER_SECOND, LIMIT_CHANGES_BURST, 1))
        account_call_problem(a, 429, "Too many requests",
                             "Too many changes from one account; wait a moment.", 10);
    else
        a->next(a);
}

static void on_perhaps_session(void *ctx, enum store_status status,
                               const struct store_session *session,
                               const struct store_account *account) {
    struct account_call *const a = ctx;
    if (status == STORE_OK)
        on_session(a, status, session, account);
    else if (status == STORE_NOT_FOUND || !account_call_failed(a, status, ""))
        a->next(a);
}

void account_call_identify(struct account_call *a, const char *token,
                           void (*next)(struct account_call *a)) {
    uint8_t hash[SECRET_HASH_LEN];
    a->next = next;
    if (!token[0]) {
        next(a);
        return;
    }
    secret_hash(hash, token);
    account_call_failed(
        a, store_session_find(a->accounts->store, hash, a->unix_us, on_perhaps_session, a), "");
}

void account_call_authenticate(struct account_call *a, const char *token,
                               void (*next)(struct account_call *a)) {
    uint8_t hash[SECRET_HASH_LEN];
    a->next = next;
    if (!token[0]) {
        account_call_problem(a, 401, "Unauthorized", "Please sign in.", 0);
        return;
    }
    secret_hash(hash, token);
    account_call_failed(a, store_session_find(a->accounts->store, hash, a->unix_us, on_session, a),
                        "");
}

// --- A code or the password, before anything changes

bool account_call_take_code(struct account_call *a, uint8_t hash[SECRET_HASH_LEN]) {
    const uint32_t wait_s = guess_limits_take(&a->accounts->guesses, "", a->address, a->now_us);
    secret_hash(hash, a->body.code);
    if (wait_s)
        account_call_problem(a, 429, "Too many requests", "Too many wrong codes; wait a little.",
                             wait_s);
    return !wait_s;
}

static void on_password(void *ctx, bool is_right) {
    struct account_call *const a = ctx;
    if (!is_right) {
        account_call_problem(a, 403, "Forbidden", "The current password is another one.", 0);
        return;
    }
    guess_limits_give(&a->accounts->guesses, a->account.canonical, a->address, true, a->now_us);
    a->next(a);
}

void account_call_check_password(struct account_call *a, void (*next)(struct account_call *a)) {
    const uint32_t wait_s =
        guess_limits_take(&a->accounts->guesses, a->account.canonical, a->address, a->now_us);
    a->next = next;
    if (wait_s)
        account_call_problem(a, 429, "Too many requests",
                             "Too many wrong passwords; wait a little.", wait_s);
    else if (!a->accounts->passwords ||
             !passwords_check(a->accounts->passwords, a->account.password_hash, a->body.current,
                              on_password, a))
        account_call_busy(a);
}
