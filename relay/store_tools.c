// SPDX-License-Identifier: MIT
#include "relay/store_tools.h"

#include "relay/store_sqlite.h"
#include <stdio.h>

int store_tools_backup(const char *data_dir, const char *file) {
    char path[512], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof(path), "%s/" STORE_FILE, data_dir);
    if (store_sqlite_backup(path, file, error) == 0)
        return 0;
    fprintf(stderr, "tabcast: %s\n", error);
    return 1;
}
