// SPDX-License-Identifier: MIT
// A request about accounts while it waits for the store or for a password to be hashed: what the
// steps of account_api.c and session_api.c share. Each step ends with the next one accepted, or
// with exactly one answer, which frees the call. Under the relay's lock.
#ifndef TABCAST_RELAY_ACCOUNT_CALL_H
#define TABCAST_RELAY_ACCOUNT_CALL_H

#include "relay/account_request.h"
#include "relay/accounts.h"
#include "relay/api_call.h"
#include "relay/api_json.h"

struct account_call {
    struct http_later later;
    struct relay *relay;
    struct accounts *accounts;
    int recordings_fd; // as in struct api
    uint64_t now_us;
    int64_t unix_us;
    bool is_secure; // cookies shall be
    char address[46];
    char agent[LIMIT_AGENT_BYTES + 1];
    char id[PATH_WORD_BYTES]; // in the path; or of the show that is made
    struct account_request body;
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    bool is_known_address;
    struct store_account account; // who is signed in, or signs up
    struct store_session session;
    char token[LIMIT_KEY_CHARS + 1];               // of a session that begins; or a show's key
    char request_key[LIMIT_REQUEST_KEY_BYTES + 1]; // "" = none
    struct show_about about;                       // of a show that is made or changed
    struct store_show_query query;                 // of a list
    struct store_account_query account_query;      // of a list
    struct api_page page;                          // of a list
    struct store_account target;                   // whom an admin looks at
    struct store_invitation invitation;            // that is made
    struct store_factor factor;                    // of who signs in or changes it
    struct store_email email;                      // of who is signed in
    int64_t step;                                  // of the code that was brought
    char recovery[LIMIT_RECOVERY_CODES_COUNT][LIMIT_ID_CHARS + 1];
    char base[LIMIT_HTTP_HEADER_BYTES + 16]; // of a feed's addresses
    char pass[SHOW_PASS_CHARS + 1];          // of the show in the path; "" = none
    char if_none_match[LIMIT_HTTP_HEADER_BYTES];
    char pass_cookie[HTTP_SET_COOKIE_BYTES]; // set while a second factor is asked for; "" = none
    void *blob;                              // a body that is kept; owned
    size_t blob_len;
    bool is_change;
    void (*next)(struct account_call *a); // after account_call_authenticate
};

// What addresses of this site begin with, as who asks sees it.
void account_call_base(char out[LIMIT_HTTP_HEADER_BYTES + 16], const struct call *c);

// Checks what every call must have: the accounts, for a change our own origin, with `kind` a JSON
// body that fits. NULL: answered already.
struct account_call *account_call_begin(struct call *c, bool is_change,
                                        const enum account_request_kind *kind);
// Goes on with `next` once a->account and a->session are those of the token; else answers 401.
void account_call_authenticate(struct account_call *a, const char *token,
                               void (*next)(struct account_call *a));

// The same for guests: without a session that holds, a->account.id is "".
void account_call_identify(struct account_call *a, const char *token,
                           void (*next)(struct account_call *a));

// Goes on with `next` when a->body.current is the password of who is signed in; else answers.
// Guessing it is slowed as when signing in.
void account_call_check_password(struct account_call *a, void (*next)(struct account_call *a));
// Slows guessing codes of links down, by address. False: 429 was answered. Give back with
// guess_limits_give once the code has turned out to be right.
bool account_call_take_code(struct account_call *a, uint8_t hash[SECRET_HASH_LEN]);
// A session of a->account begins: the last step of signing in, answers 201.
void account_call_sign_in(struct account_call *a);

// What who is signed in has done, or done to a->target.
void account_call_log(const struct account_call *a, const char *event);
void account_call_log_target(const struct account_call *a, const char *event);

// Answers.
void account_call_problem(struct account_call *a, uint16_t status, const char *title,
                          const char *detail, uint32_t retry_after_s);
void account_call_busy(struct account_call *a); // 503
// 201 or 200 with JSON from malloc; 204 without. `cookie` and `location`: NULL = none.
void account_call_answer(struct account_call *a, uint16_t status, char *take_json, size_t len,
                         const char *cookie, const char *location);
// After http_later_take and filling what it handed out; all else above ends by itself.
void account_call_end(struct account_call *a);
// The store's status as an answer; `not_found` says what is missing. False: it was STORE_OK, and
// nothing was answered.
bool account_call_failed(struct account_call *a, enum store_status status, const char *not_found);

#endif
