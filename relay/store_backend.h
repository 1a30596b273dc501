// SPDX-License-Identifier: MIT
// Between store.c and a back end: a call and its answer in one struct, the op. A back end takes an
// op, reads `in`, fills `status` and `out`, and hands it to store_op_done exactly once, from any
// thread. store.c owns ops before and after; rows in `out.list` come from malloc and are freed by
// it.
#ifndef TABCAST_RELAY_STORE_BACKEND_H
#define TABCAST_RELAY_STORE_BACKEND_H

#include "relay/store.h"

enum store_op_kind {
    STORE_ACCOUNT_CREATE,
    STORE_ACCOUNT_FIND,
    STORE_ACCOUNT_SET_PASSWORD,
    STORE_ACCOUNT_SET_ROLE,
    STORE_ACCOUNT_SET_PROFILE,
    STORE_ACCOUNT_ANY,
    STORE_ACCOUNT_PROFILE,
    STORE_ACCOUNT_LIST,
    STORE_ACCOUNT_SET_BANNED,
    STORE_COUNT,
    STORE_INVITATION_CREATE,
    STORE_INVITATION_LIST,
    STORE_INVITATION_DELETE,
    STORE_RESET_CREATE,
    STORE_RESET_FIND,
    STORE_RESET_USE,
    STORE_FACTOR_FIND,
    STORE_FACTOR_BEGIN,
    STORE_FACTOR_CONFIRM,
    STORE_FACTOR_SPEND,
    STORE_FACTOR_RECOVER,
    STORE_FACTOR_END,
    STORE_IDENTITY_JOIN,
    STORE_IDENTITY_ADD,
    STORE_IDENTITY_FIND,
    STORE_IDENTITY_OF,
    STORE_IDENTITY_REMOVE,
    STORE_EMAIL_FIND,
    STORE_EMAIL_WAIT,
    STORE_EMAIL_CONFIRM,
    STORE_EMAIL_END,
    STORE_ACCOUNT_FIND_EMAIL,
    STORE_SETTINGS_FIND,
    STORE_SETTINGS_SET,
    STORE_FACE_SET,
    STORE_FACE_DELETE,
    STORE_FACE_FIND,
    STORE_PUSH_ADD,
    STORE_PUSH_DELETE,
    STORE_PUSH_FORGET,
    STORE_PUSH_LIST,
    STORE_PUSH_LIST_INVITED,
    STORE_ERRAND_ADD,
    STORE_ERRAND_LIST,
    STORE_ERRAND_CLEAR,
    STORE_SESSION_CREATE,
    STORE_SESSION_FIND,
    STORE_SESSION_LIST,
    STORE_SESSION_DELETE,
    STORE_SESSION_DELETE_ALL,
    STORE_EXPIRE,
    STORE_SHOW_CREATE,
    STORE_SHOW_FIND,
    STORE_SHOW_EDIT,
    STORE_SHOW_SET_KEY,
    STORE_SHOW_UPDATE,
    STORE_SHOW_DELETE,
    STORE_SHOW_LIST_OPEN,
    STORE_SHOW_LIST_HIDDEN,
    STORE_SHOW_SEARCH,
    STORE_FOLLOW,
    STORE_UNFOLLOW,
    STORE_FOLLOW_LIST,
    STORE_REMIND,
    STORE_UNREMIND,
    STORE_NOTIFICATION_LIST,
    STORE_NOTIFICATIONS_READ,
    STORE_OP_COUNT
};

struct store_op {
    struct store_op *next;
    struct store *store;
    enum store_op_kind kind;
    enum store_status status;
    union {
        store_on_done *done;
        store_on_account *account;
        store_on_session *session;
        store_on_sessions *sessions;
        store_on_shows *shows;
        store_on_accounts *accounts;
        store_on_invitations *invitations;
        store_on_errands *errands;
        store_on_factor *factor;
        store_on_email *email;
        store_on_settings *settings;
        store_on_face *face;
        store_on_pushes *pushes;
        store_on_counts *counts;
        store_on_profile *profile;
        store_on_notifications *notifications;
    } on;
    void *ctx;
    struct {
        char id[LIMIT_ID_CHARS + 1];
        char other_id[LIMIT_ID_CHARS + 1];
        char name[LIMIT_ACCOUNT_NAME_BYTES + 1]; // canonical
        char address[46];
        char password_hash[LIMIT_PASSWORD_HASH_BYTES + 1];
        uint8_t hash[SECRET_HASH_LEN];
        bool has_hash;
        enum account_role role;
        int64_t now_us;
        size_t limit;
    } in;
    // Given and handed out alike.
    union {
        struct store_account account;
        struct store_account_query account_query;
        struct store_invitation invitation;
        struct store_reset reset;
        struct store_errand errand;
        struct store_factor factor;
        struct store_email email;
        struct store_email_link email_link;
        struct store_push push;
        struct store_settings settings;
        uint8_t hashes[LIMIT_RECOVERY_CODES_COUNT][SECRET_HASH_LEN];
        struct store_counts counts;
        struct store_show show;
        struct store_show_query query;
        struct store_profile profile;
        struct {
            struct store_session session;
            struct store_account account;
        } login;
        struct {
            struct store_account account; // the one above
            struct store_identity identity;
        } joiner;
    } row;
    struct {
        void *rows; // of a face: its bytes, given and handed out
        size_t count;
        bool is_known_address;
    } out;
};

bool store_op_is_write(enum store_op_kind kind);

struct store_backend {
    void (*submit)(void *state, struct store_op *take);
    // Completes all that was submitted, and frees. Nothing is submitted any more.
    void (*close)(void *state);
};

// NULL when out of memory; `state` stays the caller's then.
struct store *store_create(const struct store_config *config, const struct store_backend *backend,
                           void *state);
// A new op with a place in the queue, or NULL with *why. For store.c, store_accounts.c and
// store_identities.c.
struct store_op *store_op_create(struct store *s, enum store_op_kind kind, void *ctx,
                                 enum store_status *why);
void store_op_submit(struct store_op *op);

// The body of a call: makes the op, fills it by the statements given, and hands it to the back end.
#define STORE_SUBMIT(kind, callback, fill)                                                         \
    enum store_status why;                                                                         \
    struct store_op *const op = store_op_create(s, kind, ctx, &why);                               \
    if (op) {                                                                                      \
        op->on.callback = done;                                                                    \
        fill;                                                                                      \
        store_op_submit(op);                                                                       \
    }                                                                                              \
    return why

// A list of ops, chained by `next`, in the order their callbacks shall come.
void store_op_done(struct store_op *take_list);

#endif
