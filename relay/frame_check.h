// SPDX-License-Identifier: MIT
// Looks over the frames which one WebSocket client sends, before the socket library reads them:
// what RFC 6455 5 demands of their heads and that library forgives (masks, shortest lengths) or
// answers in other ways. Payloads are counted, not read. Pure.
#ifndef TABCAST_RELAY_FRAME_CHECK_H
#define TABCAST_RELAY_FRAME_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_fault {
    FRAME_FINE,
    FRAME_UNMASKED, // 5.1: a client masks
    FRAME_LENGTH,   // 5.2: not the shortest form, beyond 63 bits, or a control frame over 125 bytes
    FRAME_BITS,     // 5.2: reserved bits or opcodes, a control frame in pieces
    FRAME_ORDER,    // 5.4: a piece of no message, or a message within another
    FRAME_FAULT_COUNT
};

struct frame_check {
    uint64_t left; // of the length, while it is read; then of mask and payload
    uint8_t state;
    uint8_t length_left; // bytes of the extended length to come
    bool is_long;        // that is eight bytes
    bool is_control;
    bool is_in_message; // a message's last piece has not come
};

void frame_check_init(struct frame_check *f);

// Looks at `len` bytes; returns how many of them the library may have: all, or with a fault those
// before the byte that has it. After a fault nothing of the connection may be read any more.
// *control_count: PINGs, PONGs and CLOSEs that began here.
size_t frame_check_take(struct frame_check *f, const uint8_t *bytes, size_t len,
                        unsigned *control_count, enum frame_fault *fault);

#endif
