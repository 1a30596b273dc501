// SPDX-License-Identifier: MIT
#include "relay/account_names.h"

#include <string.h>
#include <strings.h>

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What looks alike in most typefaces is one: 0 and o, 1, i and l; and marks between letters are
// overlooked.
static char fold(char c) {
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c == '0' ? 'o' : c == '1' || c == 'i' ? 'l' : c;
}

bool account_name_read(char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1], const char *name) {
    const size_t len = strlen(name);
    size_t out = 0;
    canonical[0] = '\0';
    if (len < LIMIT_ACCOUNT_NAME_LEAST_BYTES || len > LIMIT_ACCOUNT_NAME_BYTES ||
        !is_letter_or_digit(name[0]) || !is_letter_or_digit(name[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_letter_or_digit(name[i]) && !strchr("._-", name[i]))
            return false;
    for (size_t i = 0; i < len; i++)
        if (is_letter_or_digit(name[i]))
            canonical[out++] = fold(name[i]);
    canonical[out] = '\0';
    return true;
}

const char *account_password_fault(const char *password, const char *name) {
    const size_t len = strlen(password);
    if (len < LIMIT_PASSWORD_LEAST_BYTES)
        return "password: at least 8 bytes are needed.";
    if (strspn(password, (const char[]){password[0], '\0'}) == len)
        return "password: more than one letter over and over is needed.";
    if (name[0] && strcasecmp(password, name) == 0)
        return "password: something else than the name is needed.";
    return NULL;
}

static const char *const roles[ROLE_COUNT] = {"member", "moderator", "admin"};

const char *account_role_name(enum account_role role) { return roles[role]; }

bool account_role_read(enum account_role *out, const char *name) {
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i], name) == 0) {
            *out = (enum account_role)i;
            return true;
        }
    return false;
}
