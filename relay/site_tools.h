// SPDX-License-Identifier: MIT
// `tabcast show …`, `tabcast replay delete`, `tabcast storage`: what /admin does with the site, on
// a data folder, also while a relay serves it, which is told by errands (errands.h). Exit codes.
#ifndef TABCAST_RELAY_SITE_TOOLS_H
#define TABCAST_RELAY_SITE_TOOLS_H

int site_tools_shows(const char *data_dir);
int site_tools_end_show(const char *data_dir, const char *id);
int site_tools_delete_replay(const char *data_dir, const char *id);
int site_tools_storage(const char *data_dir);

#endif
