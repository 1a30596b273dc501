// SPDX-License-Identifier: MIT
#include "relay/show_about.h"

#include "relay/account_names.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>

static const char *const visibilities[SHOW_VISIBILITY_COUNT] = {"public", "unlisted", "private",
                                                                "password"};

const char *show_visibility_name(enum show_visibility visibility) {
    return visibilities[visibility];
}

bool show_visibility_read(enum show_visibility *out, const char *name) {
    for (unsigned i = 0; i < SHOW_VISIBILITY_COUNT; i++)
        if (strcmp(visibilities[i], name) == 0) {
            *out = (enum show_visibility)i;
            return true;
        }
    return false;
}

bool show_category_is_known(const char *name) {
    // web/words/en/account.js says them; a test compares the two lists.
    static const char *const names[] = {"",      "talk",     "music",    "art",   "theatre",
                                        "games", "learning", "outdoors", "sport", "other"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

// The form in which a tag is kept; false when there is none.
static bool fold_tag(char out[LIMIT_TAG_BYTES + 1], const char *tag) {
    size_t len = 0;
    if (!utf8_is_line((const uint8_t *)tag, strlen(tag)))
        return false;
    for (; *tag; tag++) {
        char c = *tag;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == ' ')
            c = '-';
        if (len == LIMIT_TAG_BYTES || strchr("\"'<>&,;#/\\", c))
            return false;
        out[len++] = c;
    }
    out[len] = '\0';
    return strspn(out, "-") < len;
}

// Adds a word to those between blanks, unless it is there. False: there are as many as may be.
static bool add_between(char *list, size_t cap, const char *word, unsigned limit_count) {
    char between[LIMIT_ACCOUNT_NAME_BYTES + LIMIT_TAG_BYTES + 3];
    unsigned count = 0;
    snprintf(between, sizeof(between), " %s ", word);
    if (strstr(list, between))
        return true;
    for (const char *c = list; *c; c++)
        count += *c == ' ';
    if (count > limit_count) // n words stand between n + 1 blanks
        return false;
    const size_t len = strlen(list);
    snprintf(list + len, cap - len, "%s%s ", len ? "" : " ", word);
    return true;
}

bool show_tags_add(char tags[LIMIT_TAGS_BYTES + 1], const char *tag) {
    char folded[LIMIT_TAG_BYTES + 1];
    return fold_tag(folded, tag) &&
           add_between(tags, LIMIT_TAGS_BYTES + 1, folded, LIMIT_TAGS_COUNT);
}

bool show_has_tag(const struct show_about *about, const char *tag) {
    char between[LIMIT_TAG_BYTES + 3];
    snprintf(between, sizeof(between), " %s ", tag);
    return strstr(about->tags, between) != NULL;
}

static const char *next_between(const char **at, char *out, size_t cap) {
    if (**at != ' ' || !(*at)[1])
        return NULL;
    const char *const from = *at + 1;
    const size_t len = strcspn(from, " ");
    snprintf(out, cap, "%.*s", (int)len, from);
    *at = from + len;
    return out;
}

const char *show_tags_next(const char **at, char out[LIMIT_TAG_BYTES + 1]) {
    return next_between(at, out, LIMIT_TAG_BYTES + 1);
}

bool show_is_closed(enum show_visibility visibility) {
    return visibility == SHOW_PRIVATE || visibility == SHOW_PASSWORD;
}

bool show_language_is_sane(const char *name) {
    const size_t len = strlen(name);
    return !len || (len >= 2 && len <= LIMIT_LANGUAGE_BYTES &&
                    strspn(name, "abcdefghijklmnopqrstuvwxyz") == len);
}

bool show_invite(char invited[LIMIT_INVITED_BYTES + 1], const char *name) {
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    return account_name_read(canonical, name) &&
           (show_is_invited(invited, canonical) ||
            add_between(invited, LIMIT_INVITED_BYTES + 1, name, LIMIT_INVITED_COUNT));
}

bool show_is_invited(const char *invited, const char *canonical) {
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1], folded[LIMIT_ACCOUNT_NAME_BYTES + 1];
    while (canonical[0] && show_invited_next(&invited, name))
        if (account_name_read(folded, name) && strcmp(folded, canonical) == 0)
            return true;
    return false;
}

const char *show_invited_next(const char **at, char out[LIMIT_ACCOUNT_NAME_BYTES + 1]) {
    return next_between(at, out, LIMIT_ACCOUNT_NAME_BYTES + 1);
}

void show_about_settle(struct show_about *about) {
    if (about->visibility != SHOW_PRIVATE)
        about->invited[0] = '\0';
    if (about->visibility != SHOW_PASSWORD)
        about->password_hash[0] = '\0';
}
