// SPDX-License-Identifier: MIT
#include "relay/store_tools.h"

#include "relay/store_sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct store *store_tools_open(const char *data_dir) {
    const struct store_config config = {0};
    char path[512], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof(path), "%s/" STORE_FILE, data_dir);
    if (mkdir(data_dir, 0755) != 0 && errno != EEXIST) {
        fprintf(stderr, "tabcast: %s: %s\n", data_dir, strerror(errno));
        return NULL;
    }
    struct store *const s = store_sqlite_open(&config, path, error);
    if (!s)
        fprintf(stderr, "tabcast: %s\n", error);
    return s;
}

int store_tools_backup(const char *data_dir, const char *to) {
    char path[512], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof(path), "%s/" STORE_FILE, data_dir);
    if (store_sqlite_backup(path, to, error) == 0)
        return 0;
    fprintf(stderr, "tabcast: %s\n", error);
    return 1;
}
