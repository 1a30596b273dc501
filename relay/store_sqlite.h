// SPDX-License-Identifier: MIT
// The store in one SQLite file (WAL, synchronous FULL), for relays that stand alone. One thread
// writes: all that waits goes into one transaction, and is answered after its COMMIT reached the
// disk. Other threads read beside it. Several processes may have the file open: the relay and the
// tabcast command. The statements stand in sql/store.sql.
#ifndef TABCAST_RELAY_STORE_SQLITE_H
#define TABCAST_RELAY_STORE_SQLITE_H

#include "relay/store.h"
#include "relay/store_file.h"

#define STORE_ERROR_BYTES 256

// Opens the file, made when missing, and brings it to the newest migration. NULL: `error` says why.
struct store *store_sqlite_open(const struct store_config *config, const char *path,
                                char error[STORE_ERROR_BYTES]);

// Copies the store at `path`, which a relay may be writing to meanwhile, into `to`, whole or not at
// all; an older file of that name is replaced. 0, or -1 with `error`. Blocks.
int store_sqlite_backup(const char *path, const char *to, char error[STORE_ERROR_BYTES]);

#endif
