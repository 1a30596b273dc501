// SPDX-License-Identifier: MIT
// Signing in at an OpenID provider (OpenID Connect Core, the authorisation code flow with PKCE):
// asks the provider on threads of its own, behind a bounded queue. Each call that is accepted
// (true) is answered exactly once, from openid_poll on the caller's thread; one that is not has
// found the queue full. Who the person is to this site is for openid_api.c.
#ifndef TABCAST_RELAY_OPENID_H
#define TABCAST_RELAY_OPENID_H

#include "relay/openid_documents.h"

struct openid;

struct openid_config {
    // Texts are copied.
    const char *issuer;      // openid_url_is_safe
    const char *client_id;   // as the provider knows us
    const char *secret;      // "" = none: PKCE alone
    const char *name;        // what people are shown; "" = the issuer's host
    int64_t (*unix_s)(void); // from any thread
    void (*wake)(void *ctx); // from any thread: openid_poll has something to do; may be NULL
    void *wake_ctx;
};

enum openid_status {
    OPENID_OK,
    OPENID_AWAY,      // the provider does not answer, or what it says of itself is no use
    OPENID_REFUSED,   // it does not know the code: used already, too old, never its own
    OPENID_UNTRUSTED, // the token is not its own, not for us, or not of this flow
    OPENID_STATUS_COUNT
};

struct openid_result {
    enum openid_status status;
    char why[160];                                  // for the log; "" when OPENID_OK
    char authorization[LIMIT_OPENID_URL_BYTES + 1]; // where browsers are sent
    // After openid_redeem.
    char subject[LIMIT_SUBJECT_BYTES + 1];
    char username[LIMIT_NAME_BYTES + 1]; // "" = not said
    char name[LIMIT_NAME_BYTES + 1];
};
typedef void openid_on_result(void *ctx, const struct openid_result *result);

struct openid_redemption {
    char code[LIMIT_OPENID_CODE_BYTES + 1];
    char issuer[LIMIT_ISSUER_BYTES + 1]; // who says it made the code; "" = not said
    char verifier[LIMIT_KEY_CHARS + 1];
    char nonce[LIMIT_KEY_CHARS + 1];
    char redirect_uri[LIMIT_OPENID_URL_BYTES + 1];
};

struct openid *openid_create(const struct openid_config *config); // NULL: memory or threads
// Answers what waits (OPENID_AWAY), waits for what is being asked, runs every callback; nothing is
// accepted any more. Also NULL.
void openid_close(struct openid *o);
void openid_destroy(struct openid *o); // closes, and frees

const char *openid_issuer(const struct openid *o);
const char *openid_client_id(const struct openid *o);
const char *openid_name(const struct openid *o);
// Of openid_flow.h; new at each start.
const char *openid_key(const struct openid *o);

// Where the provider is to be found.
bool openid_find(struct openid *o, openid_on_result *done, void *ctx);
// A code into who it is.
bool openid_redeem(struct openid *o, const struct openid_redemption *r, openid_on_result *done,
                   void *ctx);

// Runs the callbacks of what is done. Returns how many.
size_t openid_poll(struct openid *o);

#endif
