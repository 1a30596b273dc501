// SPDX-License-Identifier: MIT
// What an account may be called, what a password may be, and which names are the same
// (docs/decisions/0014-account-names.md). Pure.
#ifndef TABCAST_RELAY_ACCOUNT_NAMES_H
#define TABCAST_RELAY_ACCOUNT_NAMES_H

#include "relay/store.h"

// 2 to 32 of A–Z a–z 0–9 . _ -, a letter or digit first and last. Writes the form by which names
// are compared. False: no name, and `canonical` is "".
bool account_name_read(char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1], const char *name);

// NULL, or what is wrong in words.
const char *account_password_fault(const char *password, const char *name);

const char *account_role_name(enum account_role role); // "member", "moderator", "admin"
bool account_role_read(enum account_role *out, const char *name);

#endif
