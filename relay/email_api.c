// SPDX-License-Identifier: MIT
// One's own e-mail address: looked at, given, sent its link again, taken away, confirmed by the
// link (docs/decisions/0030-e-mail.md). Whether another account has an address is told to nobody
// but to whom its mail goes.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/mail_letter.h"
#include <stdio.h>
#include <string.h>

static void tell(struct account_call *a) {
    size_t len = 0;
    char *const json = account_email_json(&a->email, a->relay->mailer != NULL, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_email(void *ctx, enum store_status status, const struct store_email *email) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    a->email = *email;
    a->next(a);
}

static void find(struct account_call *a, void (*next)(struct account_call *a)) {
    a->next = next;
    account_call_failed(
        a, store_email_find(a->accounts->store, a->account.id, a->unix_us, on_email, a), "");
}

static void find_to_tell(struct account_call *a) { find(a, tell); }

void email_get(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, find_to_tell);
}

// --- An address that waits, and its link

static bool send(struct account_call *a, enum mail_letter_kind kind, const char *to) {
    const struct mail_letter letter = {.kind = kind,
                                       .language = a->body.language,
                                       .site = a->relay->config.public_url,
                                       .name = a->account.name,
                                       .address = a->email.waiting,
                                       .code = a->token};
    return a->relay->mailer && mail_letter_send(a->relay->mailer, to, &letter);
}

static void on_waiting(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    if (!send(a, LETTER_CONFIRM, a->email.waiting)) {
        account_call_busy(a);
        return;
    }
    account_call_log(a, "email-waiting");
    // Of a second link for the same one the old address needs not hear again.
    if (a->email.address[0] && a->body.email[0])
        (void)send(a, LETTER_CHANGING, a->email.address);
    tell(a);
}

// a->email.waiting is what shall be confirmed. Limited by who asks, and by where it goes to, so
// that many accounts cannot fill one mailbox.
static void wait_for_link(struct account_call *a) {
    char folded[LIMIT_EMAIL_BYTES + 1];
    struct store_email_link link = {.created_us = a->unix_us,
                                    .expires_us = a->unix_us + LIMIT_EMAIL_WAITING_S * 1000000LL};
    struct mail_limits *const limits = &a->accounts->mails;
    (void)mail_address_read(folded, a->email.waiting);
    uint32_t wait_s = mail_limits_take_address(limits, a->address, a->now_us);
    if (!wait_s)
        wait_s = mail_limits_take(limits, 'a', a->account.id, a->now_us);
    if (!wait_s)
        wait_s = mail_limits_take(limits, 'm', folded, a->now_us);
    if (wait_s) {
        account_call_problem(a, 429, "Too many requests",
                             "Too many messages were asked for; wait some minutes.", wait_s);
        return;
    }
    random_key(a->token);
    secret_hash(link.code_hash, a->token);
    memcpy(link.account_id, a->account.id, sizeof(link.account_id));
    memcpy(link.address, a->email.waiting, sizeof(link.address));
    a->email.waiting_until_us = link.expires_us;
    account_call_failed(a, store_email_wait(a->accounts->store, &link, on_waiting, a), "");
}

static void set(struct account_call *a) {
    if (strcmp(a->email.address, a->body.email) == 0) {
        account_call_problem(a, 409, "Conflict", "This address is confirmed already.", 0);
        return;
    }
    memcpy(a->email.waiting, a->body.email, sizeof(a->email.waiting));
    wait_for_link(a);
}

static void find_to_set(struct account_call *a) { find(a, set); }

static void check_to_set(struct account_call *a) {
    char folded[LIMIT_EMAIL_BYTES + 1];
    if (mail_address_read(folded, a->body.email))
        account_call_check_password(a, find_to_set);
    else
        account_call_problem(a, 422, "Unprocessable content",
                             "address: one like ann@example.org, of ASCII characters.", 0);
}

static struct account_call *begin(struct call *c, const enum account_request_kind *kind) {
    if (c->api->relay->mailer)
        return account_call_begin(c, true, kind);
    http_problem(c->out, 404, "Not found", "This relay sends no mail.");
    return NULL;
}

void email_set(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_EMAIL;
    struct account_call *const a = begin(c, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, check_to_set);
}

static void send_again(struct account_call *a) {
    if (a->email.waiting[0])
        wait_for_link(a);
    else
        account_call_problem(a, 404, "Not found", "No address waits to be confirmed.", 0);
}

static void find_to_send_again(struct account_call *a) { find(a, send_again); }

void email_send_again(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_EMAIL_AGAIN;
    struct account_call *const a = begin(c, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, find_to_send_again);
}

// --- None any more: also when the relay sends no mail

static void on_ended(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    account_call_log(a, "email-removed");
    if (a->email.address[0])
        (void)send(a, LETTER_REMOVED, a->email.address);
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void end(struct account_call *a) {
    account_call_failed(a, store_email_end(a->accounts->store, a->account.id, on_ended, a), "");
}

static void find_to_end(struct account_call *a) { find(a, end); }

static void check_to_end(struct account_call *a) { account_call_check_password(a, find_to_end); }

void email_end(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_EMAIL_END;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, check_to_end);
}

// --- By the link: who opens it need not be signed in

static void on_confirmed(void *ctx, enum store_status status, const struct store_email *email) {
    struct account_call *const a = ctx;
    if (status == STORE_TAKEN) {
        account_call_problem(a, 409, "Conflict",
                             "Another account has this address; take it away there first.", 0);
        return;
    }
    if (account_call_failed(a, status, "This link was used, has expired, or a newer one was sent."))
        return;
    guess_limits_give(&a->accounts->guesses, "", a->address, true, a->now_us);
    a->email = *email;
    snprintf(a->account.name, sizeof(a->account.name), "%s", email->account_name);
    account_call_log(a, "email-confirmed");
    tell(a);
}

void email_confirm(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_EMAIL_CONFIRM;
    struct account_call *const a = account_call_begin(c, true, &kind);
    uint8_t code[SECRET_HASH_LEN];
    if (!a || !account_call_take_code(a, code))
        return;
    account_call_failed(
        a, store_email_confirm(a->accounts->store, code, a->unix_us, on_confirmed, a), "");
}
