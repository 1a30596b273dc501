// SPDX-License-Identifier: MIT
// The calls of store.h about e-mail addresses: each fills an op.
#include "relay/store_backend.h"

#include <stdio.h>
#include <string.h>

enum store_status store_email_find(struct store *s, const char *account_id, int64_t now_us,
                                   store_on_email *done, void *ctx) {
    STORE_SUBMIT(STORE_EMAIL_FIND, email, {
        snprintf(op->in.id, sizeof(op->in.id), "%s", account_id);
        op->in.now_us = now_us;
    });
}

enum store_status store_email_wait(struct store *s, const struct store_email_link *link,
                                   store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_EMAIL_WAIT, done, op->row.email_link = *link);
}

enum store_status store_email_confirm(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                      int64_t now_us, store_on_email *done, void *ctx) {
    STORE_SUBMIT(STORE_EMAIL_CONFIRM, email, {
        memcpy(op->in.hash, code_hash, SECRET_HASH_LEN);
        op->in.now_us = now_us;
    });
}

enum store_status store_email_end(struct store *s, const char *account_id, store_on_done *done,
                                  void *ctx) {
    STORE_SUBMIT(STORE_EMAIL_END, done, snprintf(op->in.id, sizeof(op->in.id), "%s", account_id));
}

enum store_status store_account_find_email(struct store *s, const char *folded,
                                           store_on_account *done, void *ctx) {
    STORE_SUBMIT(
        STORE_ACCOUNT_FIND_EMAIL, account,
        snprintf(op->row.email_link.address, sizeof(op->row.email_link.address), "%s", folded));
}
