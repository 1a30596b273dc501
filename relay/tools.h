// SPDX-License-Identifier: MIT
// What can be done with a data folder while no relay serves it: `tabcast replay …`. Exit codes of a
// program.
#ifndef TABCAST_RELAY_TOOLS_H
#define TABCAST_RELAY_TOOLS_H

// One line per finished recording, newest first: id, start, duration, bytes, title, separated by
// tabs.
int tools_replay_list(const char *data_dir);
// Finalises every recording a crash left behind, one line each.
int tools_replay_repair(const char *data_dir);

#endif
