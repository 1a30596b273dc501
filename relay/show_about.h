// SPDX-License-Identifier: MIT
// What a show's maker says of it, and the words that are allowed for it. Pure.
#ifndef TABCAST_RELAY_SHOW_ABOUT_H
#define TABCAST_RELAY_SHOW_ABOUT_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stdint.h>

// Who finds it: unlisted ones are for those who have the address.
enum show_visibility { SHOW_PUBLIC, SHOW_UNLISTED, SHOW_VISIBILITY_COUNT };

struct show_about {
    char title[LIMIT_TITLE_BYTES + 1];
    char description[LIMIT_DESCRIPTION_BYTES + 1]; // Markdown
    char category[LIMIT_CATEGORY_BYTES + 1];       // "" = none
    char tags[LIMIT_TAGS_BYTES + 1];               // " one two ", each between blanks; "" = none
    int64_t starts_us;                             // Unix; when it shall begin; 0 = not said
    enum show_visibility visibility;
    bool is_unrecorded;
};

const char *show_visibility_name(enum show_visibility visibility);
bool show_visibility_read(enum show_visibility *out, const char *name);

// True for one of the categories there are, and "".
bool show_category_is_known(const char *name);

// Adds a tag in the form in which all are kept: ASCII in lower case, blanks inside as '-'. One that
// is there already is not added again. False: empty, too long, too many, or with characters no tag
// has.
bool show_tags_add(char tags[LIMIT_TAGS_BYTES + 1], const char *tag);
bool show_has_tag(const struct show_about *about, const char *tag); // as it is kept

// The text that follows the blank at *at up to the next one, NULL at the end; moves *at.
const char *show_tags_next(const char **at, char out[LIMIT_TAG_BYTES + 1]);

#endif
