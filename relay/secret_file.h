// SPDX-License-Identifier: MIT
// A secret that an option names the file of: its first line, whatever ends it.
#ifndef TABCAST_RELAY_SECRET_FILE_H
#define TABCAST_RELAY_SECRET_FILE_H

#include <stdbool.h>

#define SECRET_FILE_BYTES 256

// False: `error` says what is wrong, and `out` is "".
bool secret_file_read(char out[SECRET_FILE_BYTES], const char *path, char error[256]);

#endif
