// SPDX-License-Identifier: MIT
// What every store must do, whatever is behind it: a back end's own test gives a way to open an
// empty one, and runs these.
#ifndef TABCAST_TESTS_STORE_CONTRACT_H
#define TABCAST_TESTS_STORE_CONTRACT_H

#include "relay/store.h"

struct store_maker {
    // Opens what `where` names, as empty as it was left.
    struct store *(*open)(const struct store_config *config, void *where);
    void (*erase)(void *where); // the next open finds nothing
    void *where;
};

// Runs all; returns how many failed.
int store_contract_run(const struct store_maker *maker);

#endif
