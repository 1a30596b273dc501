// SPDX-License-Identifier: MIT
// The calls of store.h about identities at OpenID providers: each fills an op.
#include "relay/store_backend.h"

#include <stdio.h>
#include <string.h>

static void text_copy(char *out, size_t cap, const char *text) { snprintf(out, cap, "%s", text); }
#define COPY(field, text) text_copy(field, sizeof(field), text)

enum store_status store_identity_join(struct store *s, const struct store_account *account,
                                      const uint8_t invitation[SECRET_HASH_LEN],
                                      const struct store_identity *identity, store_on_account *done,
                                      void *ctx) {
    STORE_SUBMIT(STORE_IDENTITY_JOIN, account, {
        op->row.joiner.account = *account;
        op->row.joiner.identity = *identity;
        op->in.has_hash = invitation != NULL;
        if (invitation)
            memcpy(op->in.hash, invitation, SECRET_HASH_LEN);
    });
}

enum store_status store_identity_add(struct store *s, const char *account_id,
                                     const struct store_identity *identity, int64_t now_us,
                                     store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_IDENTITY_ADD, done, {
        COPY(op->in.id, account_id);
        op->row.joiner.identity = *identity;
        op->in.now_us = now_us;
    });
}

enum store_status store_identity_find(struct store *s, const struct store_identity *identity,
                                      store_on_account *done, void *ctx) {
    STORE_SUBMIT(STORE_IDENTITY_FIND, account, op->row.joiner.identity = *identity);
}

enum store_status store_identity_of(struct store *s, const char *account_id, const char *issuer,
                                    store_on_account *done, void *ctx) {
    STORE_SUBMIT(STORE_IDENTITY_OF, account, {
        COPY(op->in.id, account_id);
        COPY(op->row.joiner.identity.issuer, issuer);
    });
}

enum store_status store_identity_remove(struct store *s, const char *account_id, const char *issuer,
                                        store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_IDENTITY_REMOVE, done, {
        COPY(op->in.id, account_id);
        COPY(op->row.joiner.identity.issuer, issuer);
    });
}
