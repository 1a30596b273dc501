// SPDX-License-Identifier: MIT
#include "relay/frame_check.h"

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define OPCODE_CONTINUATION 0
#define OPCODE_BINARY 2
#define OPCODE_CLOSE 8
#define OPCODE_PONG 10
#define MASKED 0x80
#define LENGTH 0x7f
#define MASK_LEN 4

enum state { FIRST_BYTE, SECOND_BYTE, EXTENDED_LENGTH, PAYLOAD };

void frame_check_init(struct frame_check *f) { *f = (struct frame_check){.state = FIRST_BYTE}; }

static enum frame_fault on_first(struct frame_check *f, uint8_t byte) {
    const unsigned opcode = byte & OPCODE;
    const bool is_last = (byte & FIN) != 0;
    f->is_control = opcode >= OPCODE_CLOSE;
    f->state = SECOND_BYTE;
    if (byte & RESERVED || opcode > OPCODE_PONG || (opcode > OPCODE_BINARY && !f->is_control) ||
        (f->is_control && !is_last))
        return FRAME_BITS;
    if (f->is_control)
        return FRAME_FINE;
    if ((opcode == OPCODE_CONTINUATION) != f->is_in_message)
        return FRAME_ORDER;
    f->is_in_message = !is_last;
    return FRAME_FINE;
}

static void begin_payload(struct frame_check *f, uint64_t len) {
    f->left = len + MASK_LEN;
    f->state = PAYLOAD;
}

static enum frame_fault on_second(struct frame_check *f, uint8_t byte) {
    const unsigned len = byte & LENGTH;
    if (!(byte & MASKED))
        return FRAME_UNMASKED;
    if (len < 126) {
        begin_payload(f, len);
        return FRAME_FINE;
    }
    f->left = 0;
    f->is_long = len == 127;
    f->length_left = f->is_long ? 8 : 2;
    f->state = EXTENDED_LENGTH;
    return f->is_control ? FRAME_LENGTH : FRAME_FINE;
}

static enum frame_fault on_length(struct frame_check *f, uint8_t byte) {
    if (f->length_left == 8 && byte & 0x80)
        return FRAME_LENGTH;
    f->left = f->left << 8 | byte;
    if (--f->length_left)
        return FRAME_FINE;
    if (f->left < (f->is_long ? UINT16_MAX + 1U : 126U))
        return FRAME_LENGTH;
    begin_payload(f, f->left);
    return FRAME_FINE;
}

static enum frame_fault on_head(struct frame_check *f, uint8_t byte) {
    return f->state == FIRST_BYTE    ? on_first(f, byte)
           : f->state == SECOND_BYTE ? on_second(f, byte)
                                     : on_length(f, byte);
}

size_t frame_check_take(struct frame_check *f, const uint8_t *bytes, size_t len,
                        unsigned *control_count, enum frame_fault *fault) {
    size_t at = 0;
    *control_count = 0;
    *fault = FRAME_FINE;
    while (at < len) {
        if (f->state == PAYLOAD) {
            const size_t rest = len - at;
            const size_t taken = f->left < rest ? (size_t)f->left : rest;
            at += taken;
            f->left -= taken;
            if (!f->left)
                f->state = FIRST_BYTE;
            continue;
        }
        const bool is_first = f->state == FIRST_BYTE;
        *fault = on_head(f, bytes[at]);
        if (*fault != FRAME_FINE)
            return at;
        *control_count += is_first && f->is_control;
        at++;
    }
    return at;
}
