// SPDX-License-Identifier: MIT
// What the tabcast command does with a data folder's store, also while a relay serves it.
#ifndef TABCAST_RELAY_STORE_TOOLS_H
#define TABCAST_RELAY_STORE_TOOLS_H

struct store;

// Folder and store, made when missing. NULL: it complained on stderr.
struct store *store_tools_open(const char *data_dir);

int store_tools_backup(const char *data_dir, const char *to);

#endif
