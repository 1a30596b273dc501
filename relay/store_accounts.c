// SPDX-License-Identifier: MIT
// The calls of store.h about accounts, and what admins do with them: each fills an op.
#include "relay/store_backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_copy(char *out, size_t cap, const char *text) { snprintf(out, cap, "%s", text); }
#define COPY(field, text) text_copy(field, sizeof(field), text)

enum store_status store_account_create(struct store *s, const struct store_account *account,
                                       const uint8_t invitation[SECRET_HASH_LEN],
                                       store_on_account *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_CREATE, account, {
        op->row.account = *account;
        op->in.has_hash = invitation != NULL;
        if (invitation)
            memcpy(op->in.hash, invitation, SECRET_HASH_LEN);
    });
}

enum store_status store_account_find(struct store *s, const char *canonical, const char *address,
                                     store_on_account *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_FIND, account, {
        COPY(op->in.name, canonical);
        COPY(op->in.address, address);
    });
}

enum store_status store_account_set_password(struct store *s, const char *account_id,
                                             const char *password_hash, const char *keep_session,
                                             store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_SET_PASSWORD, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.other_id, keep_session);
        COPY(op->in.password_hash, password_hash);
    });
}

enum store_status store_account_set_role(struct store *s, const char *canonical,
                                         enum account_role role, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_SET_ROLE, done, {
        COPY(op->in.name, canonical);
        op->in.role = role;
    });
}

enum store_status store_account_set_profile(struct store *s, const struct store_account *account,
                                            store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_SET_PROFILE, done, op->row.account = *account);
}

enum store_status store_account_any(struct store *s, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_ANY, done, );
}

enum store_status store_account_profile(struct store *s, const char *canonical,
                                        const char *account_id, store_on_profile *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_PROFILE, profile, {
        COPY(op->in.name, canonical);
        COPY(op->in.id, account_id);
    });
}

enum store_status store_invitation_create(struct store *s,
                                          const struct store_invitation *invitation,
                                          store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_INVITATION_CREATE, done, op->row.invitation = *invitation);
}

// --- What admins do

enum store_status store_account_list(struct store *s, const struct store_account_query *query,
                                     store_on_accounts *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_LIST, accounts, op->row.account_query = *query);
}

enum store_status store_account_set_banned(struct store *s, const char *account_id,
                                           int64_t banned_us, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ACCOUNT_SET_BANNED, done, {
        COPY(op->in.id, account_id);
        op->in.now_us = banned_us;
    });
}

enum store_status store_count(struct store *s, store_on_counts *done, void *ctx) {
    STORE_SUBMIT(STORE_COUNT, counts, );
}

enum store_status store_invitation_list(struct store *s, int64_t now_us, store_on_invitations *done,
                                        void *ctx) {
    STORE_SUBMIT(STORE_INVITATION_LIST, invitations, op->in.now_us = now_us);
}

enum store_status store_invitation_delete(struct store *s, const char *id, store_on_done *done,
                                          void *ctx) {
    STORE_SUBMIT(STORE_INVITATION_DELETE, done, COPY(op->in.id, id));
}

enum store_status store_reset_create(struct store *s, const struct store_reset *reset,
                                     store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_RESET_CREATE, done, op->row.reset = *reset);
}

enum store_status store_reset_find(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                   int64_t now_us, store_on_account *done, void *ctx) {
    STORE_SUBMIT(STORE_RESET_FIND, account, {
        memcpy(op->in.hash, code_hash, SECRET_HASH_LEN);
        op->in.now_us = now_us;
    });
}

enum store_status store_reset_use(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                  int64_t now_us, const char *password_hash, store_on_done *done,
                                  void *ctx) {
    STORE_SUBMIT(STORE_RESET_USE, done, {
        memcpy(op->in.hash, code_hash, SECRET_HASH_LEN);
        op->in.now_us = now_us;
        COPY(op->in.password_hash, password_hash);
    });
}

// --- Second factors

enum store_status store_factor_find(struct store *s, const char *account_id, store_on_factor *done,
                                    void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_FIND, factor, COPY(op->in.id, account_id));
}

enum store_status store_factor_begin(struct store *s, const char *account_id, const char *secret,
                                     store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_BEGIN, done, {
        COPY(op->in.id, account_id);
        COPY(op->row.factor.secret, secret);
    });
}

enum store_status store_factor_confirm(struct store *s, const char *account_id, int64_t step,
                                       uint8_t hashes[LIMIT_RECOVERY_CODES_COUNT][SECRET_HASH_LEN],
                                       store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_CONFIRM, done, {
        COPY(op->in.id, account_id);
        op->in.now_us = step;
        memcpy(op->row.hashes, hashes, sizeof(op->row.hashes));
    });
}

enum store_status store_factor_spend(struct store *s, const char *account_id, int64_t step,
                                     store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_SPEND, done, {
        COPY(op->in.id, account_id);
        op->in.now_us = step;
    });
}

enum store_status store_factor_recover(struct store *s, const char *account_id,
                                       const uint8_t code_hash[SECRET_HASH_LEN],
                                       store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_RECOVER, done, {
        COPY(op->in.id, account_id);
        memcpy(op->in.hash, code_hash, SECRET_HASH_LEN);
    });
}

enum store_status store_factor_end(struct store *s, const char *account_id, store_on_done *done,
                                   void *ctx) {
    STORE_SUBMIT(STORE_FACTOR_END, done, COPY(op->in.id, account_id));
}

// --- Settings

enum store_status store_settings_find(struct store *s, const char *account_id,
                                      store_on_settings *done, void *ctx) {
    STORE_SUBMIT(STORE_SETTINGS_FIND, settings, COPY(op->in.id, account_id));
}

enum store_status store_settings_set(struct store *s, const char *account_id,
                                     const struct store_settings *settings, store_on_done *done,
                                     void *ctx) {
    STORE_SUBMIT(STORE_SETTINGS_SET, done, {
        COPY(op->in.id, account_id);
        op->row.settings = *settings;
    });
}

// --- Faces

enum store_status store_face_set(struct store *s, const char *account_id, const uint8_t *bytes,
                                 size_t len, store_on_done *done, void *ctx) {
    enum store_status why;
    void *const copy = malloc(len);
    struct store_op *const op = copy ? store_op_create(s, STORE_FACE_SET, ctx, &why) : NULL;
    if (!op) {
        free(copy);
        return copy ? why : STORE_BUSY;
    }
    op->on.done = done;
    COPY(op->in.id, account_id);
    memcpy(copy, bytes, len);
    op->out.rows = copy; // freed with the op
    op->out.count = len;
    store_op_submit(op);
    return STORE_OK;
}

enum store_status store_face_delete(struct store *s, const char *account_id, store_on_done *done,
                                    void *ctx) {
    STORE_SUBMIT(STORE_FACE_DELETE, done, COPY(op->in.id, account_id));
}

enum store_status store_face_find(struct store *s, const char *canonical, store_on_face *done,
                                  void *ctx) {
    STORE_SUBMIT(STORE_FACE_FIND, face, COPY(op->in.name, canonical));
}

// --- Web Push

enum store_status store_push_add(struct store *s, const struct store_push *push, int64_t now_us,
                                 store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_PUSH_ADD, done, {
        op->row.push = *push;
        op->in.now_us = now_us;
    });
}

enum store_status store_push_delete(struct store *s, const char *account_id, const char *endpoint,
                                    store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_PUSH_DELETE, done, {
        COPY(op->in.id, account_id);
        COPY(op->row.push.endpoint, endpoint);
    });
}

enum store_status store_push_forget(struct store *s, const char *endpoint, store_on_done *done,
                                    void *ctx) {
    STORE_SUBMIT(STORE_PUSH_FORGET, done, COPY(op->row.push.endpoint, endpoint));
}

enum store_status store_push_list_invited(struct store *s, const char *show_id, int64_t at_us,
                                          store_on_pushes *done, void *ctx) {
    STORE_SUBMIT(STORE_PUSH_LIST_INVITED, pushes, {
        COPY(op->in.id, show_id);
        op->in.now_us = at_us;
    });
}

enum store_status store_push_list(struct store *s, const char *followed_id, const char *show_id,
                                  store_on_pushes *done, void *ctx) {
    STORE_SUBMIT(STORE_PUSH_LIST, pushes, {
        COPY(op->in.id, followed_id);
        COPY(op->in.other_id, show_id);
    });
}

// --- Errands

enum store_status store_errand_add(struct store *s, const struct store_errand *errand,
                                   store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_ERRAND_ADD, done, op->row.errand = *errand);
}

enum store_status store_errand_list(struct store *s, store_on_errands *done, void *ctx) {
    STORE_SUBMIT(STORE_ERRAND_LIST, errands, );
}

enum store_status store_errand_clear(struct store *s, int64_t number, store_on_done *done,
                                     void *ctx) {
    STORE_SUBMIT(STORE_ERRAND_CLEAR, done, op->in.now_us = number);
}
