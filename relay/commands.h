// SPDX-License-Identifier: MIT
// The tabcast command but for `serve`: one table of nouns and verbs, from which the usage is
// printed, too.
#ifndef TABCAST_RELAY_COMMANDS_H
#define TABCAST_RELAY_COMMANDS_H

#include "relay/options.h"

// `read` reads the options behind a command's words (its argc and argv are what is left); false: it
// complained. Returns the program's exit code, or -1 when argv names no command of the table.
int commands_run(int argc, char **argv, bool (*read)(struct options *o, int argc, char **argv));

void commands_print_usage(FILE *out);

#endif
