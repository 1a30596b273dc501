// SPDX-License-Identifier: MIT
// The statements of sql/store.sql as they lie in the program, found by name.
#ifndef TABCAST_RELAY_STORE_SQL_H
#define TABCAST_RELAY_STORE_SQL_H

#include <stddef.h>

// The text behind `-- name: NAME` up to the next such line; *len gets its length. NULL: none.
const char *store_sql_find(const char *name, size_t *len);

#endif
