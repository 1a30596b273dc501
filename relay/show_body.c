// SPDX-License-Identifier: MIT
#include "relay/show_body.h"

#include "relay/control.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LATE_US 3600000000LL // a start may lie so far back: clocks differ, and so do people

static const char *detail_of(const char *wrong) {
    static const struct {
        const char *member, *detail;
    } details[] = {
        {"title", "title: 1 to 200 bytes without control characters."},
        {"description", "description: at most 2000 bytes without control characters but newline."},
        {"category", "category: not one of those there are."},
        {"tags", "tags: at most 8, of at most 32 bytes each, without quotes, commas and brackets."},
        {"startsAt",
         "startsAt: a time from now to a year ahead, as 2026-01-31T20:00:00Z, or null."},
        {"visibility", "visibility: public, unlisted, private or password."},
        {"invited", "invited: at most 50 names of accounts."},
        {"password", "password: 6 to 200 bytes; a show with a password needs one."},
        {"priceCoins", "priceCoins: a whole number from 0 to 1000000."},
        {"lengthMinutes", "lengthMinutes: a whole number from 1 to 1440, or null."},
        {"language", "language: two or three small letters (ISO 639), or nothing."},
        {"isRecorded", "isRecorded: true or false."},
    };
    for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
        if (strcmp(details[i].member, wrong) == 0)
            return details[i].detail;
    return "The body is not a JSON object in UTF-8.";
}

bool show_body_is_from_here(struct call *c) {
    if (!http_origin_is_ours(c->request->origin, c->request->host,
                             c->api->relay->config.public_url)) {
        http_problem(c->out, 403, "Forbidden", "Shows are made from this site's own pages.");
        return false;
    }
    if (strncasecmp(c->request->content_type, "application/json", 16) == 0)
        return true;
    http_problem(c->out, 415, "Unsupported media type", "Send the show as application/json.");
    return false;
}

// NULL, or the member that is missing or wrong ("" = the body is no JSON object).
static const char *read_text(struct show_about *about, char password[LIMIT_PASSWORD_BYTES + 1],
                             bool is_new, const char *text, size_t len, int64_t unix_us) {
    const int64_t before_us = is_new ? 0 : about->starts_us;
    const char *wrong = utf8_is_valid((const uint8_t *)text, len)
                            ? show_request_read(about, password, is_new, text, len)
                            : "";
    if (!wrong)
        show_about_settle(about);
    if (!wrong && about->visibility == SHOW_PASSWORD && !about->password_hash[0] && !password[0])
        wrong = "password";
    if (!wrong && about->starts_us && about->starts_us != before_us &&
        (about->starts_us < unix_us - LATE_US || about->starts_us > unix_us + LIMIT_SHOW_AHEAD_US))
        wrong = "startsAt";
    return wrong;
}

bool show_body_read(struct call *c, struct show_about *about,
                    char password[LIMIT_PASSWORD_BYTES + 1], bool is_new) {
    const char *const wrong = read_text(about, password, is_new, c->body, c->body_len,
                                        relay_unix_us(c->api->relay, c->now_us));
    if (!wrong)
        return true;
    http_problem(c->out, *wrong ? 422 : 400, *wrong ? "Unprocessable content" : "Bad request",
                 detail_of(wrong));
    return false;
}

bool show_body_read_later(struct account_call *a, struct show_about *about, const char *text,
                          size_t len) {
    const char *const wrong = read_text(about, a->body.password, false, text, len, a->unix_us);
    if (!wrong)
        return true;
    account_call_problem(a, *wrong ? 422 : 400, *wrong ? "Unprocessable content" : "Bad request",
                         detail_of(wrong), 0);
    return false;
}

static void on_hashed(void *ctx, const char *hash) {
    struct account_call *const a = ctx;
    if (!hash) {
        account_call_busy(a);
        return;
    }
    snprintf(a->about.password_hash, sizeof(a->about.password_hash), "%s", hash);
    a->next(a);
}

void show_body_hash(struct account_call *a, void (*next)(struct account_call *a)) {
    a->next = next;
    if (a->about.visibility != SHOW_PASSWORD || !a->body.password[0])
        next(a);
    else if (!a->accounts->passwords ||
             !passwords_hash(a->accounts->passwords, a->body.password, on_hashed, a))
        account_call_busy(a);
}

bool show_body_names_nobody(struct account_call *a, enum store_status status) {
    if (status == STORE_NOT_FOUND)
        account_call_problem(a, 422, "Unprocessable content",
                             "invited: one of these names is nobody's here.", 0);
    return status == STORE_NOT_FOUND;
}
