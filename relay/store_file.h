// SPDX-License-Identifier: MIT
// The name of the store's file in the data folder.
#ifndef TABCAST_RELAY_STORE_FILE_H
#define TABCAST_RELAY_STORE_FILE_H

#define STORE_FILE "tabcast.db"

#endif
