// SPDX-License-Identifier: MIT
// Who may do what with other people's accounts: one table, asked by every route. Pure. Shows have
// their own (show_rights.h).
#ifndef TABCAST_RELAY_ADMIN_RIGHTS_H
#define TABCAST_RELAY_ADMIN_RIGHTS_H

#include "relay/store.h"

enum admin_action {
    ADMIN_SEE,      // lists of accounts, shows and replays, and what is used
    ADMIN_BAN,      // and take it back
    ADMIN_SET_ROLE, // never one's own, so that somebody stays who can
    ADMIN_RESET,    // a link for a new password
    ADMIN_INVITE,
    ADMIN_SEE_EMAIL,
    ADMIN_ACTION_COUNT
};

// Whether the role may do it at all.
bool admin_may(enum account_role actor, enum admin_action action);
// Whether it may do it to this account, which may be the actor's own.
bool admin_may_to(const struct store_account *actor, enum admin_action action,
                  const struct store_account *target);

#endif
