// SPDX-License-Identifier: MIT
#include "relay/secret_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool secret_file_read(char out[SECRET_FILE_BYTES], const char *path, char error[256]) {
    FILE *const file = fopen(path, "re");
    const bool has_line = file && fgets(out, SECRET_FILE_BYTES, file);
    const bool is_whole = has_line && (strchr(out, '\n') || feof(file));
    out[is_whole ? strcspn(out, "\r\n") : 0] = '\0';
    if (!file)
        snprintf(error, 256, "%.160s: %s", path, strerror(errno));
    else if (!out[0])
        snprintf(error, 256, "%.160s: a secret of at most 254 bytes is needed in its first line",
                 path);
    if (file)
        fclose(file);
    return out[0] != '\0';
}
