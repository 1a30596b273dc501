// SPDX-License-Identifier: MIT
// `tabcast account …` and `tabcast invitation …`: what can be done with a data folder's accounts,
// also while a relay serves it. Passwords are read from standard input, one line. Exit codes of a
// program.
#ifndef TABCAST_RELAY_ACCOUNT_TOOLS_H
#define TABCAST_RELAY_ACCOUNT_TOOLS_H

#include <stdbool.h>

// The first account of all becomes admin.
int account_tools_create(const char *data_dir, const char *name);
// Ends all the account's sessions.
int account_tools_passwd(const char *data_dir, const char *name);
// Prints a link, behind `public_url` ("" = its path alone), that is good once and for a day.
int account_tools_reset(const char *data_dir, const char *name, const char *public_url);
// A relay that serves the folder ends the account's shows within two seconds.
int account_tools_ban(const char *data_dir, const char *name, bool is_banned);
int account_tools_list(const char *data_dir);
int account_tools_invite(const char *data_dir);
int account_tools_invitations(const char *data_dir);
int account_tools_revoke(const char *data_dir, const char *id);
int account_tools_grant(const char *data_dir, const char *name, const char *role);

#endif
