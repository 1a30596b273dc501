// SPDX-License-Identifier: MIT
// What the head of a JPEG says (ITU-T T.81 annex B): its size. Walks the markers up to the frame's,
// decodes nothing. Pure.
#ifndef TABCAST_RELAY_JPEG_HEAD_H
#define TABCAST_RELAY_JPEG_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jpeg_head {
    unsigned width, height;
    unsigned components; // 1 grey, 3 colours, 4 print
};

// False: not one whole JPEG, or of a kind that browsers do not show (arithmetic, lossless).
bool jpeg_head_read(struct jpeg_head *out, const uint8_t *bytes, size_t len);

#endif
