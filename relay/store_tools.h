// SPDX-License-Identifier: MIT
// What the tabcast command does with a data folder's store, also while a relay serves it. Exit
// codes of a program.
#ifndef TABCAST_RELAY_STORE_TOOLS_H
#define TABCAST_RELAY_STORE_TOOLS_H

// Copies the store into FILE.
int store_tools_backup(const char *data_dir, const char *file);

#endif
