// SPDX-License-Identifier: MIT
#include "relay/show_about.h"

#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>

static const char *const visibilities[SHOW_VISIBILITY_COUNT] = {"public", "unlisted"};

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
    // web/ui/account-words.js says them; a test compares the two lists.
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

bool show_tags_add(char tags[LIMIT_TAGS_BYTES + 1], const char *tag) {
    char folded[LIMIT_TAG_BYTES + 1], between[LIMIT_TAG_BYTES + 3];
    unsigned count = 0;
    if (!fold_tag(folded, tag))
        return false;
    snprintf(between, sizeof(between), " %s ", folded);
    if (strstr(tags, between))
        return true;
    for (const char *c = tags; *c; c++)
        count += *c == ' ';
    if (count > LIMIT_TAGS_COUNT) // n tags stand between n + 1 blanks
        return false;
    const size_t len = strlen(tags);
    snprintf(tags + len, LIMIT_TAGS_BYTES + 1 - len, "%s%s ", len ? "" : " ", folded);
    return true;
}

bool show_has_tag(const struct show_about *about, const char *tag) {
    char between[LIMIT_TAG_BYTES + 3];
    snprintf(between, sizeof(between), " %s ", tag);
    return strstr(about->tags, between) != NULL;
}

const char *show_tags_next(const char **at, char out[LIMIT_TAG_BYTES + 1]) {
    if (**at != ' ' || !(*at)[1])
        return NULL;
    const char *const from = *at + 1;
    const size_t len = strcspn(from, " ");
    snprintf(out, LIMIT_TAG_BYTES + 1, "%.*s", (int)len, from);
    *at = from + len;
    return out;
}
