// SPDX-License-Identifier: MIT
// "I have forgotten it": a link for a new password, by mail to the confirmed address of whoever is
// named. The answer is given before anything is looked up, so that it says nothing of who has an
// account, nor does its time.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/mail_letter.h"
#include <stdlib.h>
#include <string.h>

// What is left to do once the answer is on its way.
struct errand {
    struct relay *relay;
    struct accounts *accounts;
    struct store_account account;
    char code[LIMIT_KEY_CHARS + 1];
    char language[LIMIT_LANGUAGE_BYTES + 1];
    uint64_t now_us;
    int64_t unix_us;
};

static void finish(struct errand *e) {
    password_forget(e, sizeof(*e));
    free(e);
}

static void log_about(const struct errand *e, const char *event) {
    log_event(e->relay->log, e->unix_us, LOG_LEVEL_INFO, event, LOG_TEXT("account", e->account.id),
              LOG_TEXT("name", e->account.name));
}

static void on_kept(void *ctx, enum store_status status) {
    struct errand *const e = ctx;
    const struct mail_letter letter = {.kind = LETTER_RESET,
                                       .language = e->language,
                                       .site = e->relay->config.public_url,
                                       .name = e->account.name,
                                       .code = e->code};
    if (status != STORE_OK || !e->relay->mailer ||
        !mail_letter_send(e->relay->mailer, e->account.email, &letter))
        log_about(e, "password-reset-mail-lost");
    else
        log_about(e, "password-reset-mailed");
    finish(e);
}

static void on_found(void *ctx, enum store_status status, const struct store_account *account,
                     bool is_known_address) {
    struct errand *const e = ctx;
    (void)is_known_address;
    if (status != STORE_OK || !account->email[0] || account->banned_us) {
        finish(e);
        return;
    }
    e->account = *account;
    struct store_reset reset = {.created_us = e->unix_us,
                                .expires_us = e->unix_us + LIMIT_RESET_MAILED_S * 1000000LL,
                                .is_mailed = true};
    // By name and by address it is one mailbox.
    if (mail_limits_take(&e->accounts->mails, 'r', account->id, e->now_us)) {
        log_about(e, "password-reset-mail-limited");
        finish(e);
        return;
    }
    random_key(e->code);
    secret_hash(reset.code_hash, e->code);
    memcpy(reset.account_id, account->id, sizeof(reset.account_id));
    const enum store_status accepted = store_reset_create(e->accounts->store, &reset, on_kept, e);
    if (accepted != STORE_OK)
        on_kept(e, accepted);
}

static enum store_status look_up(const struct account_call *a, const char *folded) {
    struct errand *const e = calloc(1, sizeof(*e));
    if (!e)
        return STORE_BUSY;
    e->relay = a->relay;
    e->accounts = a->accounts;
    e->now_us = a->now_us;
    e->unix_us = a->unix_us;
    memcpy(e->language, a->body.language, sizeof(e->language));
    const enum store_status status =
        folded[0] ? store_account_find_email(a->accounts->store, folded, on_found, e)
                  : store_account_find(a->accounts->store, a->canonical, "", on_found, e);
    if (status != STORE_OK)
        finish(e);
    return status;
}

void password_mail(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FORGOTTEN;
    char folded[LIMIT_EMAIL_BYTES + 1];
    if (!c->api->relay->mailer) {
        http_problem(c->out, 404, "Not found", "This relay sends no mail.");
        return;
    }
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (!a)
        return;
    if (!mail_address_read(folded, a->body.email) &&
        !account_name_read(a->canonical, a->body.email)) {
        account_call_problem(a, 422, "Unprocessable content", "who: a name or an e-mail address.",
                             0);
        return;
    }
    struct mail_limits *const limits = &a->accounts->mails;
    uint32_t wait_s = mail_limits_take_address(limits, a->address, a->now_us);
    if (!wait_s) // whether there is such an account or not
        wait_s = mail_limits_take(limits, 'f', folded[0] ? folded : a->canonical, a->now_us);
    if (wait_s)
        account_call_problem(a, 429, "Too many requests",
                             "Too many messages were asked for; wait some minutes.", wait_s);
    else if (!account_call_failed(a, look_up(a, folded), ""))
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}
