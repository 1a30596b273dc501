// SPDX-License-Identifier: MIT
// What outlives the relay: accounts, sessions, invitations, shows, who follows whom. Typed calls;
// behind them one back end (store_sqlite.h).
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
#include "relay/show_about.h"
#include "relay/totp.h"
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
    char bio[LIMIT_BIO_BYTES + 1];
    char links[LIMIT_LINKS_BYTES + 1]; // addresses, one a line
    int64_t banned_us;                 // since when; 0 = welcome
    // Confirmed; handed out by store_account_find, …_find_email and …_list alone; "" = none.
    char email[LIMIT_EMAIL_BYTES + 1];
};

// The e-mail address of an account, and one that waits for its link to be opened.
struct store_email {
    char account_name[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char address[LIMIT_EMAIL_BYTES + 1]; // confirmed; "" = none
    char waiting[LIMIT_EMAIL_BYTES + 1]; // "" = none
    int64_t waiting_until_us;
};

// An address for an account, that waits.
struct store_email_link {
    char account_id[LIMIT_ID_CHARS + 1];
    char address[LIMIT_EMAIL_BYTES + 1];
    uint8_t code_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
};

// Of all accounts, in the order of their canonical names.
struct store_account_query {
    char words[LIMIT_SEARCH_BYTES + 1];       // within a name, as typed; "" = all
    char after[LIMIT_ACCOUNT_NAME_BYTES + 1]; // canonical; those behind it
    size_t limit;
};

struct store_session {
    char id[LIMIT_ID_CHARS + 1]; // names it in the API; opens nothing
    char account_id[LIMIT_ID_CHARS + 1];
    uint8_t token_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
    char address[46];
    char agent[LIMIT_AGENT_BYTES + 1];
    bool is_invisible; // what its account wants (struct store_settings); handed out, not taken
};

// What an account has chosen; all false until it has.
struct store_settings {
    bool is_invisible;      // in rooms it is a guest to everybody else
    bool mutes_invitations; // is not told of shows that it is invited to
};

struct store_invitation {
    char id[LIMIT_ID_CHARS + 1]; // names it in the API; opens nothing
    uint8_t code_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
    char creator_name[LIMIT_ACCOUNT_NAME_BYTES + 1]; // "" = the command
};

// A way to set a new password without the old one.
struct store_reset {
    char account_id[LIMIT_ID_CHARS + 1];
    uint8_t code_hash[SECRET_HASH_LEN];
    int64_t created_us, expires_us;
    bool is_mailed; // asked for by anybody, and so no reason to forget one that an admin made
};

// Who somebody is at an OpenID provider: what it calls itself, and what it calls them.
struct store_identity {
    char issuer[LIMIT_ISSUER_BYTES + 1];
    char subject[LIMIT_SUBJECT_BYTES + 1];
};

// A second factor of an account (totp.h), and how many recovery codes are left.
struct store_factor {
    char secret[TOTP_SECRET_CHARS + 1];
    bool is_on;        // else it is being set up
    int64_t last_step; // of the code that was taken last
    uint64_t recovery_codes_count;
};

// A browser that takes Web Push; point and auth in base64url.
struct store_push {
    char account_id[LIMIT_ID_CHARS + 1];
    char endpoint[LIMIT_ENDPOINT_BYTES + 1];
    char point[96], auth[32];
};

// What the tabcast command asks of a relay that serves the same store (errands.h).
enum store_errand_kind {
    ERRAND_BAN,
    ERRAND_END_SHOW,
    ERRAND_FORGET_REPLAY,
    ERRAND_SIGN_OUT,  // all its sessions have ended
    ERRAND_FIND_ROLE, // it has another one
    ERRAND_COUNT
};
struct store_errand {
    int64_t number; // handed out, not taken
    enum store_errand_kind kind;
    char subject[LIMIT_ID_CHARS + 1]; // an account's id, or a show's
};

struct store_counts {
    uint64_t accounts, banned, shows, sessions;
};

enum store_show_state { STORE_SHOW_SCHEDULED, STORE_SHOW_LIVE, STORE_SHOW_ENDED };
struct store_show {
    char id[LIMIT_ID_CHARS + 1];
    char account_id[LIMIT_ID_CHARS + 1]; // "" = a guest's
    uint8_t key_hash[SECRET_HASH_LEN];
    struct show_about about;
    enum store_show_state state;
    bool is_cancelled; // STORE_SHOW_ENDED without having begun
    int64_t created_us;
    int64_t started_us; // of media time zero; 0 = never
    int64_t ended_us;   // 0 = not yet
    // Of the account; handed out, not taken.
    char creator_name[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char creator_display_name[LIMIT_NAME_BYTES + 1];
};

// Which shows, of those anybody may find, unless sees_hidden.
struct store_show_query {
    char words[LIMIT_SEARCH_BYTES + 1];  // as typed; "" = all of account_id
    char account_id[LIMIT_ID_CHARS + 1]; // "" = anybody's; without words those that are over
    int state;                           // enum store_show_state, or -1: whatever
    char category[LIMIT_CATEGORY_BYTES + 1];
    char tag[LIMIT_TAG_BYTES + 1];
    char language[LIMIT_LANGUAGE_BYTES + 1];
    bool sees_hidden;
    size_t skip, limit;
};

// Somebody's page as `account_id` sees it.
struct store_profile {
    struct store_account account;
    uint64_t followers_count;
    bool is_followed;
};

enum store_notification_kind { NOTIFY_SCHEDULED, NOTIFY_LIVE, NOTIFY_REMINDED, NOTIFY_INVITED };

struct store_notification {
    enum store_notification_kind kind;
    int64_t at_us;
    bool is_unread;
    struct store_show show;
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
typedef void store_on_accounts(void *ctx, enum store_status status,
                               const struct store_account *accounts, size_t count);
typedef void store_on_invitations(void *ctx, enum store_status status,
                                  const struct store_invitation *rows, size_t count);
typedef void store_on_errands(void *ctx, enum store_status status, const struct store_errand *rows,
                              size_t count);
typedef void store_on_face(void *ctx, enum store_status status, const char *display_name,
                           const uint8_t *bytes, size_t len);
typedef void store_on_pushes(void *ctx, enum store_status status, const struct store_push *rows,
                             size_t count);
typedef void store_on_factor(void *ctx, enum store_status status,
                             const struct store_factor *factor);
typedef void store_on_email(void *ctx, enum store_status status, const struct store_email *email);
typedef void store_on_settings(void *ctx, enum store_status status,
                               const struct store_settings *settings);
typedef void store_on_counts(void *ctx, enum store_status status,
                             const struct store_counts *counts);
typedef void store_on_profile(void *ctx, enum store_status status,
                              const struct store_profile *profile);
typedef void store_on_notifications(void *ctx, enum store_status status,
                                    const struct store_notification *rows, size_t count);

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
// Both until every call is answered, those of callbacks too. Also NULL.
void store_drain(struct store *s);
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
// Display name, bio, links.
enum store_status store_account_set_profile(struct store *s, const struct store_account *account,
                                            store_on_done *done, void *ctx);
// STORE_NOT_FOUND: there is no account at all.
enum store_status store_account_any(struct store *s, store_on_done *done, void *ctx);
enum store_status store_account_profile(struct store *s, const char *canonical,
                                        const char *account_id, store_on_profile *done, void *ctx);
enum store_status store_account_list(struct store *s, const struct store_account_query *query,
                                     store_on_accounts *done, void *ctx);
// `banned_us` 0 takes a ban back; else all its sessions end, none can be made, and no reset is
// left.
enum store_status store_account_set_banned(struct store *s, const char *account_id,
                                           int64_t banned_us, store_on_done *done, void *ctx);
enum store_status store_count(struct store *s, store_on_counts *done, void *ctx);

// STORE_BUSY: there are LIMIT_INVITATIONS_COUNT already.
enum store_status store_invitation_create(struct store *s,
                                          const struct store_invitation *invitation,
                                          store_on_done *done, void *ctx);
// Those that are open, newest first.
enum store_status store_invitation_list(struct store *s, int64_t now_us, store_on_invitations *done,
                                        void *ctx);
enum store_status store_invitation_delete(struct store *s, const char *id, store_on_done *done,
                                          void *ctx);

// One account has one reset by mail and one by an admin at most: the newest. STORE_NOT_FOUND: no
// such account.
enum store_status store_reset_create(struct store *s, const struct store_reset *reset,
                                     store_on_done *done, void *ctx);
// Whose it is. STORE_NOT_FOUND: used, expired, never made, or of a banned account.
enum store_status store_reset_find(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                   int64_t now_us, store_on_account *done, void *ctx);
// Uses it up, and the other one: a new password, and all sessions end. STORE_NOT_FOUND as above.
enum store_status store_reset_use(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                  int64_t now_us, const char *password_hash, store_on_done *done,
                                  void *ctx);

// STORE_NOT_FOUND: none is on or being set up.
enum store_status store_factor_find(struct store *s, const char *account_id, store_on_factor *done,
                                    void *ctx);
// Begins to set one up, anew if that was begun before. STORE_TAKEN: one is on.
enum store_status store_factor_begin(struct store *s, const char *account_id, const char *secret,
                                     store_on_done *done, void *ctx);
// It is on, and the code of `step` is spent. STORE_NOT_FOUND: none is being set up.
enum store_status store_factor_confirm(struct store *s, const char *account_id, int64_t step,
                                       uint8_t hashes[LIMIT_RECOVERY_CODES_COUNT][SECRET_HASH_LEN],
                                       store_on_done *done, void *ctx);
// STORE_NOT_FOUND: a code of this step or a later one was spent already.
enum store_status store_factor_spend(struct store *s, const char *account_id, int64_t step,
                                     store_on_done *done, void *ctx);
// STORE_NOT_FOUND: it is none of the recovery codes, or was spent.
enum store_status store_factor_recover(struct store *s, const char *account_id,
                                       const uint8_t code_hash[SECRET_HASH_LEN],
                                       store_on_done *done, void *ctx);
enum store_status store_factor_end(struct store *s, const char *account_id, store_on_done *done,
                                   void *ctx);

// --- Identities at OpenID providers. An account has one at a provider at most, and an identity
// opens one account.
// As store_account_create, for an account without a password that the identity opens. STORE_TAKEN:
// the name is, or the identity opens another account.
enum store_status store_identity_join(struct store *s, const struct store_account *account,
                                      const uint8_t invitation[SECRET_HASH_LEN],
                                      const struct store_identity *identity, store_on_account *done,
                                      void *ctx);
// STORE_TAKEN: it opens an account already, or the account has one at this provider.
enum store_status store_identity_add(struct store *s, const char *account_id,
                                     const struct store_identity *identity, int64_t now_us,
                                     store_on_done *done, void *ctx);
// Whose it is, also when they are banned.
enum store_status store_identity_find(struct store *s, const struct store_identity *identity,
                                      store_on_account *done, void *ctx);
// The account itself. STORE_NOT_FOUND: it has none at this provider.
enum store_status store_identity_of(struct store *s, const char *account_id, const char *issuer,
                                    store_on_account *done, void *ctx);
// STORE_NOT_FOUND: it has none, or has no password either, and nobody could sign in to it any more.
enum store_status store_identity_remove(struct store *s, const char *account_id, const char *issuer,
                                        store_on_done *done, void *ctx);
// --- E-mail addresses (mail_address.h)
// No address is no error.
enum store_status store_email_find(struct store *s, const char *account_id, int64_t now_us,
                                   store_on_email *done, void *ctx);
// The address waits for its code, in place of one that did. STORE_NOT_FOUND: no such account.
enum store_status store_email_wait(struct store *s, const struct store_email_link *link,
                                   store_on_done *done, void *ctx);
// The address that waits for this code is the account's from now on. STORE_NOT_FOUND: confirmed
// already, expired, replaced by another, or of a banned account; STORE_TAKEN: another account has
// confirmed this address.
enum store_status store_email_confirm(struct store *s, const uint8_t code_hash[SECRET_HASH_LEN],
                                      int64_t now_us, store_on_email *done, void *ctx);
// The account has no address, nor does one wait. None is no error.
enum store_status store_email_end(struct store *s, const char *account_id, store_on_done *done,
                                  void *ctx);
// By its confirmed address, as mail_address_read folded it.
enum store_status store_account_find_email(struct store *s, const char *folded,
                                           store_on_account *done, void *ctx);
enum store_status store_settings_find(struct store *s, const char *account_id,
                                      store_on_settings *done, void *ctx);
// STORE_NOT_FOUND: no such account.
enum store_status store_settings_set(struct store *s, const char *account_id,
                                     const struct store_settings *settings, store_on_done *done,
                                     void *ctx);

// What somebody looks like: JPEG, copied. STORE_NOT_FOUND: no such account.
enum store_status store_face_set(struct store *s, const char *account_id, const uint8_t *bytes,
                                 size_t len, store_on_done *done, void *ctx);
// No face is no error.
enum store_status store_face_delete(struct store *s, const char *account_id, store_on_done *done,
                                    void *ctx);
// STORE_NOT_FOUND: there is nobody of this name. `display_name` is theirs; bytes NULL: no face.
enum store_status store_face_find(struct store *s, const char *canonical, store_on_face *done,
                                  void *ctx);

// --- Web Push. An endpoint is one browser's, which one account has at a time.
// Of one account the oldest beyond LIMIT_PUSHES_OF_ACCOUNT_COUNT go. STORE_NOT_FOUND: no account.
enum store_status store_push_add(struct store *s, const struct store_push *push, int64_t now_us,
                                 store_on_done *done, void *ctx);
// STORE_NOT_FOUND: the account has no such endpoint.
enum store_status store_push_delete(struct store *s, const char *account_id, const char *endpoint,
                                    store_on_done *done, void *ctx);
enum store_status store_push_forget(struct store *s, const char *endpoint, store_on_done *done,
                                    void *ctx);
// Of those who follow `followed_id`, are to be reminded of `show_id` or were invited to it ("" =
// nobody), each once, at most LIMIT_PUSHES_COUNT.
enum store_status store_push_list(struct store *s, const char *followed_id, const char *show_id,
                                  store_on_pushes *done, void *ctx);
// Of those who were invited to it at that time. Here and above without those who mute invitations.
enum store_status store_push_list_invited(struct store *s, const char *show_id, int64_t at_us,
                                          store_on_pushes *done, void *ctx);

// --- Errands
enum store_status store_errand_add(struct store *s, const struct store_errand *errand,
                                   store_on_done *done, void *ctx);
// Oldest first, at most LIMIT_ERRANDS_COUNT.
enum store_status store_errand_list(struct store *s, store_on_errands *done, void *ctx);
// Those up to `number` are done.
enum store_status store_errand_clear(struct store *s, int64_t number, store_on_done *done,
                                     void *ctx);

// --- Sessions
// STORE_NOT_FOUND: no such account, or it is banned. Of one account the oldest beyond
// LIMIT_SESSIONS_COUNT end.
enum store_status store_session_create(struct store *s, const struct store_session *session,
                                       store_on_done *done, void *ctx);
// Also STORE_NOT_FOUND when it has expired, or its account is banned.
enum store_status store_session_find(struct store *s, const uint8_t token_hash[SECRET_HASH_LEN],
                                     int64_t now_us, store_on_session *done, void *ctx);
// Newest first.
enum store_status store_session_list(struct store *s, const char *account_id, int64_t now_us,
                                     store_on_sessions *done, void *ctx);
enum store_status store_session_delete(struct store *s, const char *account_id,
                                       const char *session_id, store_on_done *done, void *ctx);
enum store_status store_session_delete_all(struct store *s, const char *account_id,
                                           store_on_done *done, void *ctx);
// Forgets sessions, invitations, resets and waiting addresses that have expired.
enum store_status store_expire(struct store *s, int64_t now_us, store_on_done *done, void *ctx);

// --- Shows
// `request` (the hash of a key its maker chose, or NULL): STORE_TAKEN when this account has made a
// show with it before. The one row handed out is the show with this id or this request.
enum store_status store_show_create(struct store *s, const struct store_show *show,
                                    const uint8_t request[SECRET_HASH_LEN], store_on_shows *done,
                                    void *ctx);
enum store_status store_show_find(struct store *s, const char *id, store_on_shows *done, void *ctx);
// What its maker says of it. Here and above STORE_NOT_FOUND also when it invites a name that is
// nobody's; who is invited and was not before is so from now on (here), or since the show was made.
enum store_status store_show_edit(struct store *s, const struct store_show *show, int64_t now_us,
                                  store_on_done *done, void *ctx);
enum store_status store_show_set_key(struct store *s, const char *id,
                                     const uint8_t key_hash[SECRET_HASH_LEN], store_on_done *done,
                                     void *ctx);
// Its state, and its times of starting and ending.
enum store_status store_show_update(struct store *s, const struct store_show *show,
                                    store_on_done *done, void *ctx);
enum store_status store_show_delete(struct store *s, const char *id, store_on_done *done,
                                    void *ctx);
// Those that have not ended, by id, at most `limit`.
enum store_status store_show_list_open(struct store *s, size_t limit, store_on_shows *done,
                                       void *ctx);
// The ids that matter are those of shows that have ended and are not public.
enum store_status store_show_list_hidden(struct store *s, store_on_shows *done, void *ctx);
// With words: live ones first, then the newest of those that match, up to
// LIMIT_SEARCH_DEPTH_COUNT; each word may be the beginning of one, and when nothing matches, what
// is written nearly alike does. Without: newest first.
enum store_status store_show_search(struct store *s, const struct store_show_query *query,
                                    store_on_shows *done, void *ctx);

// --- Following. All are idempotent.
// STORE_NOT_FOUND: there is no such account, or it is one's own; STORE_BUSY: one follows too many.
enum store_status store_follow(struct store *s, const char *account_id, const char *canonical,
                               int64_t now_us, store_on_done *done, void *ctx);
enum store_status store_unfollow(struct store *s, const char *account_id, const char *canonical,
                                 store_on_done *done, void *ctx);
// Whom the account follows, by name.
enum store_status store_follow_list(struct store *s, const char *account_id,
                                    store_on_accounts *done, void *ctx);
// STORE_NOT_FOUND: there is no such show.
enum store_status store_remind(struct store *s, const char *account_id, const char *show_id,
                               int64_t now_us, store_on_done *done, void *ctx);
enum store_status store_unremind(struct store *s, const char *account_id, const char *show_id,
                                 store_on_done *done, void *ctx);
// Public shows of those the account follows that were announced or went live since, shows it wanted
// to be reminded of that went live, and those it was invited to (unless it mutes that) when it was
// and when they went live; newest first.
enum store_status store_notification_list(struct store *s, const char *account_id,
                                          store_on_notifications *done, void *ctx);
// All up to `at_us` have been seen.
enum store_status store_notifications_read(struct store *s, const char *account_id, int64_t at_us,
                                           store_on_done *done, void *ctx);

#endif
