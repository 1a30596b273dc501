// SPDX-License-Identifier: MIT
#include "relay/store_backend.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store {
    const struct store_backend *backend;
    void *state;
    struct store_config config;
    bool is_closing;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    // Under the lock.
    struct store_op *first, *last; // done, callbacks not yet run
    size_t waiting;                // accepted, callbacks not yet run
};

const char *store_status_name(enum store_status status) {
    static const char *const names[STORE_STATUS_COUNT] = {"ok", "not-found", "taken", "busy",
                                                          "failed"};
    return names[status];
}

bool store_op_is_write(enum store_op_kind kind) {
    switch (kind) {
    case STORE_ACCOUNT_FIND:
    case STORE_ACCOUNT_ANY:
    case STORE_ACCOUNT_PROFILE:
    case STORE_SESSION_FIND:
    case STORE_SESSION_LIST:
    case STORE_ACCOUNT_LIST:
    case STORE_COUNT:
    case STORE_INVITATION_LIST:
    case STORE_RESET_FIND:
    case STORE_ERRAND_LIST:
    case STORE_FACTOR_FIND:
    case STORE_IDENTITY_FIND:
    case STORE_IDENTITY_OF:
    case STORE_EMAIL_FIND:
    case STORE_ACCOUNT_FIND_EMAIL:
    case STORE_SETTINGS_FIND:
    case STORE_FACE_FIND:
    case STORE_PUSH_LIST:
    case STORE_PUSH_LIST_INVITED:
    case STORE_SHOW_FIND:
    case STORE_SHOW_LIST_OPEN:
    case STORE_SHOW_LIST_HIDDEN:
    case STORE_SHOW_SEARCH:
    case STORE_FOLLOW_LIST:
    case STORE_NOTIFICATION_LIST:
        return false;
    default:
        return true;
    }
}

struct store *store_create(const struct store_config *config, const struct store_backend *backend,
                           void *state) {
    struct store *const s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->config = *config;
    if (!s->config.waiting_count)
        s->config.waiting_count = LIMIT_STORE_WAITING_COUNT;
    s->backend = backend;
    s->state = state;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->is_done, NULL);
    return s;
}

void store_op_done(struct store_op *take_list) {
    struct store *const s = take_list->store;
    struct store_op *last = take_list;
    while (last->next)
        last = last->next;
    pthread_mutex_lock(&s->lock);
    const bool was_empty = !s->first;
    if (was_empty)
        s->first = take_list;
    else
        s->last->next = take_list;
    s->last = last;
    pthread_cond_signal(&s->is_done);
    // Under the lock, so that store_close cannot free the store in between.
    if (was_empty && s->config.wake)
        s->config.wake(s->config.wake_ctx);
    pthread_mutex_unlock(&s->lock);
}

static void answer(const struct store_op *op) {
    const bool is_ok = op->status == STORE_OK;
    switch (op->kind) {
    case STORE_ACCOUNT_CREATE:
    case STORE_ACCOUNT_FIND:
    case STORE_RESET_FIND:
    case STORE_IDENTITY_JOIN:
    case STORE_IDENTITY_FIND:
    case STORE_IDENTITY_OF:
    case STORE_ACCOUNT_FIND_EMAIL:
        op->on.account(op->ctx, op->status, is_ok ? &op->row.account : NULL,
                       is_ok && op->out.is_known_address);
        return;
    case STORE_SESSION_FIND:
        op->on.session(op->ctx, op->status, is_ok ? &op->row.login.session : NULL,
                       is_ok ? &op->row.login.account : NULL);
        return;
    case STORE_SESSION_LIST:
        op->on.sessions(op->ctx, op->status, is_ok ? op->out.rows : NULL,
                        is_ok ? op->out.count : 0);
        return;
    case STORE_ACCOUNT_PROFILE:
        op->on.profile(op->ctx, op->status, is_ok ? &op->row.profile : NULL);
        return;
    case STORE_SHOW_CREATE: // what stands in its way is handed out, too
        op->on.shows(op->ctx, op->status, op->out.rows, op->out.count);
        return;
    case STORE_SHOW_FIND:
    case STORE_SHOW_LIST_OPEN:
    case STORE_SHOW_LIST_HIDDEN:
    case STORE_SHOW_SEARCH:
        op->on.shows(op->ctx, op->status, is_ok ? op->out.rows : NULL, is_ok ? op->out.count : 0);
        return;
    case STORE_PUSH_LIST:
    case STORE_PUSH_LIST_INVITED:
        op->on.pushes(op->ctx, op->status, is_ok ? op->out.rows : NULL, is_ok ? op->out.count : 0);
        return;
    case STORE_FACE_FIND:
        op->on.face(op->ctx, op->status, is_ok ? op->row.account.display_name : NULL,
                    is_ok ? op->out.rows : NULL, is_ok ? op->out.count : 0);
        return;
    case STORE_EMAIL_FIND:
    case STORE_EMAIL_CONFIRM:
        op->on.email(op->ctx, op->status, is_ok ? &op->row.email : NULL);
        return;
    case STORE_SETTINGS_FIND:
        op->on.settings(op->ctx, op->status, is_ok ? &op->row.settings : NULL);
        return;
    case STORE_FACTOR_FIND:
        op->on.factor(op->ctx, op->status, is_ok ? &op->row.factor : NULL);
        return;
    case STORE_COUNT:
        op->on.counts(op->ctx, op->status, is_ok ? &op->row.counts : NULL);
        return;
    case STORE_INVITATION_LIST:
        op->on.invitations(op->ctx, op->status, is_ok ? op->out.rows : NULL,
                           is_ok ? op->out.count : 0);
        return;
    case STORE_ERRAND_LIST:
        op->on.errands(op->ctx, op->status, is_ok ? op->out.rows : NULL, is_ok ? op->out.count : 0);
        return;
    case STORE_ACCOUNT_LIST:
    case STORE_FOLLOW_LIST:
        op->on.accounts(op->ctx, op->status, is_ok ? op->out.rows : NULL,
                        is_ok ? op->out.count : 0);
        return;
    case STORE_NOTIFICATION_LIST:
        op->on.notifications(op->ctx, op->status, is_ok ? op->out.rows : NULL,
                             is_ok ? op->out.count : 0);
        return;
    default:
        op->on.done(op->ctx, op->status);
    }
}

size_t store_poll(struct store *s) {
    size_t count = 0;
    pthread_mutex_lock(&s->lock);
    struct store_op *op = s->first;
    s->first = s->last = NULL;
    pthread_mutex_unlock(&s->lock);
    for (struct store_op *next; op; op = next, count++) {
        next = op->next;
        pthread_mutex_lock(&s->lock);
        s->waiting--; // its place is free for what the callback asks
        pthread_mutex_unlock(&s->lock);
        answer(op);
        free(op->out.rows);
        free(op);
    }
    return count;
}

bool store_wait(struct store *s) {
    pthread_mutex_lock(&s->lock);
    while (!s->first && s->waiting)
        pthread_cond_wait(&s->is_done, &s->lock);
    const bool is_due = s->first != NULL;
    pthread_mutex_unlock(&s->lock);
    return is_due;
}

void store_drain(struct store *s) {
    while (s && store_wait(s))
        store_poll(s);
}

void store_close(struct store *s) {
    if (!s)
        return;
    s->is_closing = true;
    s->backend->close(s->state);
    while (store_poll(s))
        continue;
    assert(!s->waiting);
    pthread_cond_destroy(&s->is_done);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct store_op *store_op_create(struct store *s, enum store_op_kind kind, void *ctx,
                                 enum store_status *why) {
    *why = s->is_closing ? STORE_FAILED : STORE_BUSY;
    if (s->is_closing)
        return NULL;
    pthread_mutex_lock(&s->lock);
    const bool has_place = s->waiting < s->config.waiting_count;
    s->waiting += has_place;
    pthread_mutex_unlock(&s->lock);
    struct store_op *const op = has_place ? calloc(1, sizeof(*op)) : NULL;
    if (!op) {
        pthread_mutex_lock(&s->lock);
        s->waiting -= has_place;
        pthread_mutex_unlock(&s->lock);
        return NULL;
    }
    op->store = s;
    op->kind = kind;
    op->ctx = ctx;
    *why = STORE_OK;
    return op;
}

void store_op_submit(struct store_op *op) { op->store->backend->submit(op->store->state, op); }

static void text_copy(char *out, size_t cap, const char *text) { snprintf(out, cap, "%s", text); }
#define COPY(field, text) text_copy(field, sizeof(field), text)

enum store_status store_session_create(struct store *s, const struct store_session *session,
                                       store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_SESSION_CREATE, done, op->row.login.session = *session);
}

enum store_status store_session_find(struct store *s, const uint8_t token_hash[SECRET_HASH_LEN],
                                     int64_t now_us, store_on_session *done, void *ctx) {
    STORE_SUBMIT(STORE_SESSION_FIND, session, {
        memcpy(op->in.hash, token_hash, SECRET_HASH_LEN);
        op->in.now_us = now_us;
    });
}

enum store_status store_session_list(struct store *s, const char *account_id, int64_t now_us,
                                     store_on_sessions *done, void *ctx) {
    STORE_SUBMIT(STORE_SESSION_LIST, sessions, {
        COPY(op->in.id, account_id);
        op->in.now_us = now_us;
    });
}

enum store_status store_session_delete(struct store *s, const char *account_id,
                                       const char *session_id, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_SESSION_DELETE, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.other_id, session_id);
    });
}

enum store_status store_session_delete_all(struct store *s, const char *account_id,
                                           store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_SESSION_DELETE_ALL, done, COPY(op->in.id, account_id));
}

enum store_status store_expire(struct store *s, int64_t now_us, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_EXPIRE, done, op->in.now_us = now_us);
}

enum store_status store_show_create(struct store *s, const struct store_show *show,
                                    const uint8_t request[SECRET_HASH_LEN], store_on_shows *done,
                                    void *ctx) {
    STORE_SUBMIT(STORE_SHOW_CREATE, shows, {
        op->row.show = *show;
        op->in.has_hash = request != NULL;
        if (request)
            memcpy(op->in.hash, request, SECRET_HASH_LEN);
    });
}

enum store_status store_show_find(struct store *s, const char *id, store_on_shows *done,
                                  void *ctx) {
    STORE_SUBMIT(STORE_SHOW_FIND, shows, COPY(op->in.id, id));
}

enum store_status store_show_edit(struct store *s, const struct store_show *show, int64_t now_us,
                                  store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_SHOW_EDIT, done, {
        op->row.show = *show;
        op->in.now_us = now_us;
    });
}

enum store_status store_show_set_key(struct store *s, const char *id,
                                     const uint8_t key_hash[SECRET_HASH_LEN], store_on_done *done,
                                     void *ctx) {
    STORE_SUBMIT(STORE_SHOW_SET_KEY, done, {
        COPY(op->in.id, id);
        memcpy(op->in.hash, key_hash, SECRET_HASH_LEN);
    });
}

enum store_status store_show_update(struct store *s, const struct store_show *show,
                                    store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_SHOW_UPDATE, done, op->row.show = *show);
}

enum store_status store_show_delete(struct store *s, const char *id, store_on_done *done,
                                    void *ctx) {
    STORE_SUBMIT(STORE_SHOW_DELETE, done, COPY(op->in.id, id));
}

enum store_status store_show_list_open(struct store *s, size_t limit, store_on_shows *done,
                                       void *ctx) {
    STORE_SUBMIT(STORE_SHOW_LIST_OPEN, shows, op->in.limit = limit);
}

enum store_status store_show_list_hidden(struct store *s, store_on_shows *done, void *ctx) {
    STORE_SUBMIT(STORE_SHOW_LIST_HIDDEN, shows, );
}

enum store_status store_show_search(struct store *s, const struct store_show_query *query,
                                    store_on_shows *done, void *ctx) {
    STORE_SUBMIT(STORE_SHOW_SEARCH, shows, op->row.query = *query);
}

// --- Following

enum store_status store_follow(struct store *s, const char *account_id, const char *canonical,
                               int64_t now_us, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_FOLLOW, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.name, canonical);
        op->in.now_us = now_us;
    });
}

enum store_status store_unfollow(struct store *s, const char *account_id, const char *canonical,
                                 store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_UNFOLLOW, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.name, canonical);
    });
}

enum store_status store_follow_list(struct store *s, const char *account_id,
                                    store_on_accounts *done, void *ctx) {
    STORE_SUBMIT(STORE_FOLLOW_LIST, accounts, COPY(op->in.id, account_id));
}

enum store_status store_remind(struct store *s, const char *account_id, const char *show_id,
                               int64_t now_us, store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_REMIND, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.other_id, show_id);
        op->in.now_us = now_us;
    });
}

enum store_status store_unremind(struct store *s, const char *account_id, const char *show_id,
                                 store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_UNREMIND, done, {
        COPY(op->in.id, account_id);
        COPY(op->in.other_id, show_id);
    });
}

enum store_status store_notification_list(struct store *s, const char *account_id,
                                          store_on_notifications *done, void *ctx) {
    STORE_SUBMIT(STORE_NOTIFICATION_LIST, notifications, COPY(op->in.id, account_id));
}

enum store_status store_notifications_read(struct store *s, const char *account_id, int64_t at_us,
                                           store_on_done *done, void *ctx) {
    STORE_SUBMIT(STORE_NOTIFICATIONS_READ, done, {
        COPY(op->in.id, account_id);
        op->in.now_us = at_us;
    });
}
