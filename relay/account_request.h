// SPDX-License-Identifier: MIT
// The JSON bodies about accounts and sessions as one struct. Read by json_jansson_requests.c,
// strictly as control.h says. Pure.
#ifndef TABCAST_RELAY_ACCOUNT_REQUEST_H
#define TABCAST_RELAY_ACCOUNT_REQUEST_H

#include "relay/store.h"
#include <stdbool.h>
#include <stddef.h>

enum account_request_kind {
    ACCOUNT_SIGN_UP,
    ACCOUNT_SIGN_IN,
    ACCOUNT_NEW_PASSWORD,
    ACCOUNT_PROFILE,
    ACCOUNT_FOLLOW,
    ACCOUNT_RESET,
    ACCOUNT_FACTOR_BEGIN,
    ACCOUNT_FACTOR_CONFIRM,
    ACCOUNT_FACTOR_OFF,
    ACCOUNT_EMAIL,         // an address for one's account
    ACCOUNT_EMAIL_AGAIN,   // its link once more
    ACCOUNT_EMAIL_END,     // none any more
    ACCOUNT_EMAIL_CONFIRM, // by its link
    ACCOUNT_FORGOTTEN,     // a link for a new password, by mail
    ACCOUNT_PUSH_ADD,
    ACCOUNT_PUSH_END,
    ACCOUNT_SETTINGS,
    ACCOUNT_ADMIN, // an admin changes somebody's
    ACCOUNT_REQUEST_COUNT
};

struct account_request {
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1]; // sign up, sign in, follow; not yet checked
    char password[LIMIT_PASSWORD_BYTES + 1]; // sign up, sign in; new password: the one to be
    char current[LIMIT_PASSWORD_BYTES + 1];  // new password, second factor, e-mail
    // Sign up and profile.
    bool has_display_name, has_bio, has_links;
    char display_name[LIMIT_NAME_BYTES + 1];
    char bio[LIMIT_BIO_BYTES + 1];
    char links[LIMIT_LINKS_BYTES + 1];    // one a line
    char invitation[LIMIT_KEY_CHARS + 1]; // sign up; "" = not given
    char code[LIMIT_KEY_CHARS + 1];       // reset, second factor, e-mail; sign in: "" = not given
    char email[LIMIT_EMAIL_BYTES + 1];    // forgotten: or a name; not yet checked
    char language[LIMIT_LANGUAGE_BYTES + 1]; // of what is mailed; "" = not said, or none of ours
    struct store_push push;                  // its texts; not yet checked
    // What is given of the settings.
    bool has_invisible, has_mutes_invitations;
    struct store_settings settings;
    // By an admin.
    bool has_role, has_ban;
    enum account_role role;
    bool is_banned;
};

// Returns NULL, or the name of the member that is missing or wrong ("" = not a JSON object at all).
// A name that is too long for anybody reads as one that nobody has when signing in.
const char *account_request_read(struct account_request *out, enum account_request_kind kind,
                                 const char *json, size_t len);

#endif
