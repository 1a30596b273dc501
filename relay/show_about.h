// SPDX-License-Identifier: MIT
// What a show's maker says of it, and the words that are allowed for it. Pure.
#ifndef TABCAST_RELAY_SHOW_ABOUT_H
#define TABCAST_RELAY_SHOW_ABOUT_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stdint.h>

// Who finds it, and who may watch: unlisted ones are for those who have the address, private ones
// for accounts that their maker names, the last for those who know the password as well.
enum show_visibility {
    SHOW_PUBLIC,
    SHOW_UNLISTED,
    SHOW_PRIVATE,
    SHOW_PASSWORD,
    SHOW_VISIBILITY_COUNT
};

struct show_about {
    char title[LIMIT_TITLE_BYTES + 1];
    char description[LIMIT_DESCRIPTION_BYTES + 1]; // Markdown
    char category[LIMIT_CATEGORY_BYTES + 1];       // "" = none
    char tags[LIMIT_TAGS_BYTES + 1];               // " one two ", each between blanks; "" = none
    int64_t starts_us;                             // Unix; when it shall begin; 0 = not said
    enum show_visibility visibility;
    bool is_unrecorded;
    uint32_t price_coins;                    // 0 = nothing
    int64_t cover_s;                         // Unix; when its cover was given; 0 = none
    uint16_t length_min;                     // as expected; 0 = not said
    char language[LIMIT_LANGUAGE_BYTES + 1]; // ISO 639, "" = not said
    // Of a private one: names of accounts as their maker wrote them, kept like tags; else "".
    char invited[LIMIT_INVITED_BYTES + 1];
    char password_hash[LIMIT_PASSWORD_HASH_BYTES + 1]; // of one with a password, else ""
};

const char *show_visibility_name(enum show_visibility visibility);
bool show_visibility_read(enum show_visibility *out, const char *name);

// True for one of the categories there are, and "".
bool show_category_is_known(const char *name);

// Private, or with a password: not for whoever has the address.
bool show_is_closed(enum show_visibility visibility);

// True for two or three letters of a to z, and "".
bool show_language_is_sane(const char *name);

// Invites the account of this name; one that is invited already is not added again. False: no such
// name can be, or too many are invited.
bool show_invite(char invited[LIMIT_INVITED_BYTES + 1], const char *name);
bool show_is_invited(const char *invited, const char *canonical); // account_names.h
// What belongs to another visibility is forgotten: invited names, a password.
void show_about_settle(struct show_about *about);

// Adds a tag in the form in which all are kept: ASCII in lower case, blanks inside as '-'. One that
// is there already is not added again. False: empty, too long, too many, or with characters no tag
// has.
bool show_tags_add(char tags[LIMIT_TAGS_BYTES + 1], const char *tag);
bool show_has_tag(const struct show_about *about, const char *tag); // as it is kept

// The text that follows the blank at *at up to the next one, NULL at the end; moves *at.
const char *show_tags_next(const char **at, char out[LIMIT_TAG_BYTES + 1]);
// The same for invited names.
const char *show_invited_next(const char **at, char out[LIMIT_ACCOUNT_NAME_BYTES + 1]);

#endif
