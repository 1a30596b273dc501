// SPDX-License-Identifier: MIT
#include "relay/jpeg_head.h"

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, SOF0 = 0xc0, SOF2 = 0xc2, TEM = 0x01 };

// Bytes from the front; past the end `is_over` is set and zeros come.
struct cursor {
    const uint8_t *at, *end;
    bool is_over;
};

static unsigned take_u8(struct cursor *c) {
    if (c->at == c->end) {
        c->is_over = true;
        return 0;
    }
    return *c->at++;
}

static unsigned take_u16(struct cursor *c) {
    const unsigned high = take_u8(c);
    return high << 8 | take_u8(c);
}

// The next marker's code; fill bytes (0xff) may stand before it. 0: there is none.
static unsigned take_marker(struct cursor *c) {
    if (take_u8(c) != 0xff)
        return 0;
    unsigned code = 0xff;
    while (code == 0xff && !c->is_over)
        code = take_u8(c);
    return c->is_over ? 0 : code;
}

bool jpeg_head_read(struct jpeg_head *out, const uint8_t *bytes, size_t len) {
    if (len < 4 || bytes[0] != 0xff || bytes[1] != SOI || bytes[len - 2] != 0xff ||
        bytes[len - 1] != EOI)
        return false;
    struct cursor c = {.at = bytes + 2, .end = bytes + len - 2};
    for (;;) {
        const unsigned code = take_marker(&c);
        // What has no length here, or pictures before a frame, is no JPEG.
        if (code == 0 || code == TEM || code == SOS || (code >= 0xd0 && code <= EOI))
            return false;
        const unsigned segment = take_u16(&c);
        if (c.is_over || segment < 2 || segment - 2 > (size_t)(c.end - c.at))
            return false;
        const bool is_frame = code >= SOF0 && code <= 0xcf && code != 0xc4 && code != 0xc8 &&
                              code != 0xcc; // tables and extensions between them
        if (!is_frame) {
            c.at += segment - 2;
            continue;
        }
        const unsigned bits = take_u8(&c);
        out->height = take_u16(&c);
        out->width = take_u16(&c);
        out->components = take_u8(&c);
        return !c.is_over && code <= SOF2 && bits == 8 && out->width && out->height &&
               segment == 8 + 3 * out->components && (out->components == 1 || out->components == 3);
    }
}
