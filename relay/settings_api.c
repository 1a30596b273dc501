// SPDX-License-Identifier: MIT
// What an account has chosen of how others see it and what it is told: looked at, changed.
#include "relay/account_call.h"
#include "relay/json_document.h"
#include "relay/presence.h"

#define SETTINGS_BYTES 128

static void tell(struct account_call *a, const struct store_settings *settings) {
    struct json_writer w;
    size_t len = 0;
    char *json = NULL;
    if (json_document_begin(&w, SETTINGS_BYTES)) {
        json_object_begin(&w, NULL);
        json_bool(&w, "isInvisible", settings->is_invisible);
        json_bool(&w, "mutesInvitations", settings->mutes_invitations);
        json_object_end(&w);
        json = json_document_end(&w, &len);
    }
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_found(void *ctx, enum store_status status, const struct store_settings *settings) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, ""))
        tell(a, settings);
}

static void look(struct account_call *a) {
    account_call_failed(a, store_settings_find(a->accounts->store, a->account.id, on_found, a), "");
}

void settings_get(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, look);
}

// --- Changing them

static void on_kept(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    presence_show_account(a->relay, a->account.id, a->body.settings.is_invisible, a->now_us);
    tell(a, &a->body.settings);
}

// What was not given stays as it was.
static void on_old(void *ctx, enum store_status status, const struct store_settings *old) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, ""))
        return;
    if (!a->body.has_invisible)
        a->body.settings.is_invisible = old->is_invisible;
    if (!a->body.has_mutes_invitations)
        a->body.settings.mutes_invitations = old->mutes_invitations;
    account_call_failed(
        a, store_settings_set(a->accounts->store, a->account.id, &a->body.settings, on_kept, a),
        "");
}

static void change(struct account_call *a) {
    account_call_failed(a, store_settings_find(a->accounts->store, a->account.id, on_old, a), "");
}

void settings_change(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_SETTINGS;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, change);
}
