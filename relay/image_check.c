// SPDX-License-Identifier: MIT
#include "relay/image_check.h"

#include <stdbool.h>
#include <string.h>

static uint32_t big(const uint8_t *at, size_t len) {
    uint32_t value = 0;
    while (len--)
        value = value << 8 | *at++;
    return value;
}

static uint32_t little(const uint8_t *at, size_t len) {
    uint32_t value = 0;
    while (len--)
        value = value << 8 | at[len];
    return value;
}

// SOF0 to SOF15 but DHT, JPG and DAC, which lie among them.
static bool is_frame_head(uint8_t marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// The frame's segment behind its length. False: not of a kind that browsers show: baseline,
// extended or progressive (the others are lossless, arithmetic, or parts of something), 8 bits.
static bool read_frame(struct image_info *info, uint8_t marker, const uint8_t *data, size_t len) {
    if (marker > 0xc2 || info->width || len < 6 || data[0] != 8)
        return false;
    info->height = big(data + 1, 2);
    info->width = big(data + 3, 2);
    info->components = data[5];
    return info->height && info->width && len == 6 + 3 * (size_t)info->components &&
           (info->components == 1 || info->components == 3 || info->components == 4);
}

// Walks the segments (annex B) in front of the picture's data.
static struct image_info check_jpeg(const uint8_t *bytes, size_t len) {
    static const struct image_info none = {IMAGE_NONE, 0, 0, 0};
    struct image_info info = none;
    for (size_t at = 2; at + 4 <= len;) {
        if (bytes[at] != 0xff)
            return none;
        if (bytes[at + 1] == 0xff) { // a fill byte
            at++;
            continue;
        }
        const uint8_t marker = bytes[at + 1];
        const size_t size = big(bytes + at + 2, 2);
        // What has no length, and so no place here; then what is cut off.
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || size < 2 || size > len - at - 2)
            return none;
        if (is_frame_head(marker) && !read_frame(&info, marker, bytes + at + 4, size - 2))
            return none;
        at += 2 + size;
        if (marker != 0xda)
            continue;
        // The data follows, up to the end of the picture.
        if (!info.width || bytes[len - 2] != 0xff || bytes[len - 1] != 0xd9 || at > len - 2)
            return none;
        info.kind = IMAGE_JPEG;
        return info;
    }
    return none;
}

static struct image_info check_png(const uint8_t *bytes, size_t len) {
    struct image_info info = {IMAGE_NONE, 0, 0, 0};
    static const uint8_t end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
    if (len < 8 + 25 + sizeof(end) || big(bytes + 8, 4) != 13 ||
        memcmp(bytes + 12, "IHDR", 4) != 0 ||
        memcmp(bytes + len - sizeof(end), end, sizeof(end)) != 0)
        return info;
    info.width = big(bytes + 16, 4);
    info.height = big(bytes + 20, 4);
    info.kind = info.width && info.height ? IMAGE_PNG : IMAGE_NONE;
    return info;
}

static struct image_info check_webp(const uint8_t *bytes, size_t len) {
    struct image_info info = {IMAGE_NONE, 0, 0, 0};
    const size_t padded = (size_t)little(bytes + 4, 4) + 8;
    if (padded != len || len < 30)
        return info;
    const uint8_t *const chunk = bytes + 12, *const data = bytes + 20;
    if (memcmp(chunk, "VP8 ", 4) == 0 && memcmp(data + 3, "\x9d\x01\x2a", 3) == 0) {
        info.width = little(data + 6, 2) & 0x3fff;
        info.height = little(data + 8, 2) & 0x3fff;
    } else if (memcmp(chunk, "VP8L", 4) == 0 && data[0] == 0x2f) {
        const uint32_t bits = little(data + 1, 4);
        info.width = (bits & 0x3fff) + 1;
        info.height = (bits >> 14 & 0x3fff) + 1;
    } else if (memcmp(chunk, "VP8X", 4) == 0) {
        info.width = little(data + 4, 3) + 1;
        info.height = little(data + 7, 3) + 1;
    }
    info.kind = info.width && info.height ? IMAGE_WEBP : IMAGE_NONE;
    return info;
}

struct image_info image_check(const uint8_t *bytes, size_t len) {
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (len >= 4 && bytes[0] == 0xff && bytes[1] == 0xd8)
        return check_jpeg(bytes, len);
    if (len >= sizeof(png) && memcmp(bytes, png, sizeof(png)) == 0)
        return check_png(bytes, len);
    if (len >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return check_webp(bytes, len);
    return (struct image_info){IMAGE_NONE, 0, 0, 0};
}

const char *image_type(enum image_kind kind) {
    static const char *const types[] = {NULL, "image/jpeg", "image/png", "image/webp"};
    return types[kind];
}
