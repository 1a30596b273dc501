// SPDX-License-Identifier: MIT
// What kind of picture some bytes are, and how large: JPEG (ITU-T T.81), PNG (RFC 2083) or WebP
// (RFC 9649), by their heads. Of JPEGs only those that browsers show: no lossless, no arithmetic
// coding, 8 bits. Nothing is decoded: browsers do that, and are told the type. Pure.
#ifndef TABCAST_RELAY_IMAGE_CHECK_H
#define TABCAST_RELAY_IMAGE_CHECK_H

#include <stddef.h>
#include <stdint.h>

enum image_kind { IMAGE_NONE, IMAGE_JPEG, IMAGE_PNG, IMAGE_WEBP };

struct image_info {
    enum image_kind kind; // IMAGE_NONE: none of these, or its head is not whole
    uint32_t width, height;
    uint32_t components; // of a JPEG: 1 grey, 3 colours, 4 for print; else 0
};

struct image_info image_check(const uint8_t *bytes, size_t len);
const char *image_type(enum image_kind kind); // "image/jpeg" …; NULL for IMAGE_NONE

#endif
