// SPDX-License-Identifier: MIT
// `tabcast mail …`: tries the mail server's settings. Exit codes of a program.
#ifndef TABCAST_RELAY_MAIL_TOOLS_H
#define TABCAST_RELAY_MAIL_TOOLS_H

#include "relay/options.h"

// Sends one message now, with the settings that `serve` would have, and says what the server said.
int mail_tools_test(const struct options *o, const char *address);

#endif
