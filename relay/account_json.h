// SPDX-License-Identifier: MIT
// Accounts, sessions and invitations as the API shows them: no hash, and a token or code only in
// the answer that makes it. Each is from malloc, NULL when out of memory.
#ifndef TABCAST_RELAY_ACCOUNT_JSON_H
#define TABCAST_RELAY_ACCOUNT_JSON_H

#include "relay/account_call.h"

struct json_writer;

char *account_json(const struct store_account *account, size_t *len);
char *account_list_json(const struct store_account *accounts, size_t count, size_t *len);
char *account_profile_json(const struct store_profile *profile, const char *own_id, size_t *len);
// Who is signed in (id "": nobody), and whether one can sign up.
char *account_current_json(const struct account_call *a, const char *registration, size_t *len);
char *account_session_json(const struct account_call *a, size_t *len); // with token and account
char *account_sessions_json(const struct store_session *sessions, size_t count, const char *current,
                            size_t *len);
char *account_email_json(const struct store_email *email, bool can_send, size_t *len);
char *account_factor_json(bool is_on, uint64_t recovery_codes_count, size_t *len);
// With the address for authenticators; `site` and `name` are what they show.
char *account_factor_secret_json(const char *secret, const char *site, const char *name,
                                 size_t *len);
char *account_recovery_json(char codes[LIMIT_RECOVERY_CODES_COUNT][LIMIT_ID_CHARS + 1],
                            size_t *len);
char *account_invitation_json(const struct store_invitation *invitation, const char *code,
                              size_t *len);
char *account_invitations_json(const struct store_invitation *rows, size_t count, size_t *len);

// What an account's object has in each of these, for objects that have more; and how many bytes
// such an object may take, whatever its texts hold.
void account_json_put_members(struct json_writer *w, const struct store_account *account);
size_t account_json_bytes(const struct store_account *account);

#endif
