// SPDX-License-Identifier: MIT
// What outlives the relay: accounts, sessions, invitations, shows. Typed calls; behind them one
// back end (store_sqlite.h).
//
// Every call copies what it is given and returns at once. STORE_OK: it was accepted, and its
// callback comes exactly once, from store_poll on the caller's own thread, never from inside the
// call; a write is answered after it is durable, and a read sees every write that was answered
// before it was asked. Another status: it was not accepted, and no callback comes. What a callback
// is handed is valid until it returns. A callback may make further calls, but not close the store.
// Writes take effect in the order they were made. Time is an argument: Unix microseconds.
#ifndef TABCAST_RELAY_STORE_H
#define TABCAST_RELAY_STORE_H

#include "relay/random.h"
#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_status {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_TAKEN,  // one with this name or id is there already; nothing was changed
    STORE_BUSY,   // too much waits, or memory is out: try again later
    STORE_FAILED, // the back end could not do it (disk full, closing); nothing was changed
    STORE_STATUS_COUNT
};
const char *store_status_name(enum store_status status);

enum account_role { ROLE_MEMBER, ROLE_MODERATOR, ROLE_ADMIN, ROLE_COUNT };

struct store_account {
    char id[LIMIT_ID_CHARS + 1];
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1];      // as it is shown in /@NAME
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1]; // unique (accounts.h)
    char display_name[LIMIT_NAME_BYTES + 1];
    char password_hash[LIMIT_PASSWORD_HASH_BYTES + 1]; // passwords.h
    enum account_role role;
    int64_t created_us;
};

struct store_session {
    char id[LIMIT_ID_CHARS + 1]; // names it in the API; opens nothing
    char account_id[LIMIT_ID_CHARS + 1];
    uint8_t token_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
    char address[46];
    char agent[LIMIT_AGENT_BYTES + 1];
};

struct store_invitation {
    uint8_t code_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
};

enum store_show_state { STORE_SHOW_SCHEDULED, STORE_SHOW_LIVE, STORE_SHOW_ENDED };

struct store_show {
    char id[LIMIT_ID_CHARS + 1];
    char account_id[LIMIT_ID_CHARS + 1]; // "" = a guest's
    uint8_t key_hash[SECRET_HASH_LEN];
    char title[LIMIT_TITLE_BYTES + 1];
    char description[LIMIT_DESCRIPTION_BYTES + 1];
    enum store_show_state state;
    int64_t created_us;
    int64_t started_us; // of media time zero; 0 = never
    int64_t ended_us;   // 0 = not yet
};

// Pointers are NULL and counts 0 unless the status is STORE_OK.
typedef void store_on_done(void *ctx, enum store_status status);
typedef void store_on_account(void *ctx, enum store_status status,
                              const struct store_account *account, bool is_known_address);
typedef void store_on_session(void *ctx, enum store_status status,
                              const struct store_session *session,
                              const struct store_account *account);
typedef void store_on_sessions(void *ctx, enum store_status status,
                               const struct store_session *sessions, size_t count);
typedef void store_on_shows(void *ctx, enum store_status status, const struct store_show *shows,
                            size_t count);

struct store;

struct store_config {
    size_t
        waiting_count; // accepted calls that wait at once, at most; 0 = LIMIT_STORE_WAITING_COUNT
    void (*wake)(void *ctx); // from any thread: store_poll has something to do; may be NULL
    void *wake_ctx;
};

// Runs the callbacks of what is done. Returns how many.
size_t store_poll(struct store *s);
// Sleeps until store_poll has something to do. False: nothing waits.
bool store_wait(struct store *s);
// Completes what was accepted, runs every callback that is due, frees. Also NULL.
void store_close(struct store *s);

// --- Accounts
// The role in `account` is taken, but the first account of all becomes admin. With `invitation`
// (the hash of a code) it is used up in the same step: STORE_NOT_FOUND when there is none that is
// unused at account->created_us. Hands out the account as it now is.
enum store_status store_account_create(struct store *s, const struct store_account *account,
                                       const uint8_t invitation[SECRET_HASH_LEN],
                                       store_on_account *done, void *ctx);
// is_known_address: somebody has signed in to it from `address` and not signed out.
enum store_status store_account_find(struct store *s, const char *canonical, const char *address,
                                     store_on_account *done, void *ctx);
// Ends all the account's sessions but `keep_session` (an id, or "").
enum store_status store_account_set_password(struct store *s, const char *account_id,
                                             const char *password_hash, const char *keep_session,
                                             store_on_done *done, void *ctx);
enum store_status store_account_set_role(struct store *s, const char *canonical,
                                         enum account_role role, store_on_done *done, void *ctx);
enum store_status store_invitation_create(struct store *s,
                                          const struct store_invitation *invitation,
                                          store_on_done *done, void *ctx);

// --- Sessions
// STORE_NOT_FOUND: no such account. Of one account the oldest beyond LIMIT_SESSIONS_COUNT end.
enum store_status store_session_create(struct store *s, const struct store_session *session,
                                       store_on_done *done, void *ctx);
// Also STORE_NOT_FOUND when it has expired.
enum store_status store_session_find(struct store *s, const uint8_t token_hash[SECRET_HASH_LEN],
                                     int64_t now_us, store_on_session *done, void *ctx);
// Newest first.
enum store_status store_session_list(struct store *s, const char *account_id, int64_t now_us,
                                     store_on_sessions *done, void *ctx);
enum store_status store_session_delete(struct store *s, const char *account_id,
                                       const char *session_id, store_on_done *done, void *ctx);
enum store_status store_session_delete_all(struct store *s, const char *account_id,
                                           store_on_done *done, void *ctx);
// Forgets sessions and invitations that have expired.
enum store_status store_expire(struct store *s, int64_t now_us, store_on_done *done, void *ctx);

// --- Shows
enum store_status store_show_create(struct store *s, const struct store_show *show,
                                    store_on_done *done, void *ctx);
// Everything but id, account, key and creation.
enum store_status store_show_update(struct store *s, const struct store_show *show,
                                    store_on_done *done, void *ctx);
enum store_status store_show_delete(struct store *s, const char *id, store_on_done *done,
                                    void *ctx);
// Those that have not ended, by id, at most `limit`.
enum store_status store_show_list_open(struct store *s, size_t limit, store_on_shows *done,
                                       void *ctx);

#endif
