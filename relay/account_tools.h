// SPDX-License-Identifier: MIT
// `tabcast account …`: what can be done with a data folder's accounts, also while a relay serves
// it. Passwords are read from standard input, one line. Exit codes of a program.
#ifndef TABCAST_RELAY_ACCOUNT_TOOLS_H
#define TABCAST_RELAY_ACCOUNT_TOOLS_H

// The first account of all becomes admin.
int account_tools_create(const char *data_dir, const char *name);
// Ends all the account's sessions.
int account_tools_passwd(const char *data_dir, const char *name);
int account_tools_grant(const char *data_dir, const char *name, const char *role);

#endif
