// SPDX-License-Identifier: MIT
#include "relay/store_sql.h"

#include <string.h>

// CMake gives STORE_SQL_PATH.
__asm__(".pushsection .rodata\nstore_sql_text:\n.incbin \"" STORE_SQL_PATH
        "\"\n.byte 0\n.popsection");
extern const char store_sql_text[] __attribute__((visibility("hidden")));

#define MARK "\n-- name: "

const char *store_sql_find(const char *name, size_t *len) {
    const size_t name_len = strlen(name);
    for (const char *at = strstr(store_sql_text, MARK); at; at = strstr(at, MARK)) {
        at += sizeof(MARK) - 1;
        if (strncmp(at, name, name_len) != 0 || at[name_len] != '\n')
            continue;
        const char *const text = at + name_len + 1, *const end = strstr(at, MARK);
        *len = end ? (size_t)(end - text) : strlen(text);
        return text;
    }
    return NULL;
}
