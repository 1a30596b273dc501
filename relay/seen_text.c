// SPDX-License-Identifier: MIT
#include "relay/seen_text.h"

#include <stddef.h>
#include <stdint.h>

struct range {
    uint32_t first, last;
};

// Bidi_Control but the marks (U+200E, U+200F, U+061C), which turn nothing; and Unicode's own ends
// of lines and paragraphs.
static const struct range turning[] = {{0x2028, 0x202e}, {0x2066, 0x2069}};

// Blanks, and characters without ink: White_Space, Default_Ignorable_Code_Point, and the blank of
// Braille.
static const struct range blank[] = {
    {0x0020, 0x0020},   {0x00a0, 0x00a0},   {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c},
    {0x115f, 0x1160},   {0x1680, 0x1680},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},
    {0x202f, 0x202f},   {0x205f, 0x206f},   {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfff8}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code) {
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}
#define IS_IN(ranges, code) is_in(ranges, sizeof(ranges) / sizeof((ranges)[0]), code)

// The character at *at, which moves behind it.
static uint32_t next_code(const char **at) {
    const uint8_t lead = (uint8_t) * (*at)++;
    unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    uint32_t code = more == 3 ? lead & 0x07 : more == 2 ? lead & 0x0f : more ? lead & 0x1f : lead;
    for (; more && **at; more--)
        code = code << 6 | ((uint8_t) * (*at)++ & 0x3f);
    return code;
}

bool seen_text_is_plain(const char *line) {
    bool is_seen = false;
    while (*line) {
        const uint32_t code = next_code(&line);
        if (IS_IN(turning, code))
            return false;
        is_seen = is_seen || !IS_IN(blank, code);
    }
    return is_seen;
}
