// SPDX-License-Identifier: MIT
// Puts WebSocket messages together which a socket hands over in parts, never more than the session
// takes. Pure.
#ifndef TABCAST_RELAY_MESSAGE_PARTS_H
#define TABCAST_RELAY_MESSAGE_PARTS_H

#include "relay/session.h"

struct message_parts {
    uint8_t *bytes;    // grows to the longest message that came in parts
    uint32_t len, cap; // no more than a session takes
    bool is_text;
    bool is_refused; // the rest of a message that is too long
};

struct message_part {
    const uint8_t *bytes;
    size_t len;
    size_t announced; // bytes of the same frame that will follow
    bool is_text, is_first, is_final;
};

// Gives whole messages to the session. One that came in one part is not copied.
void message_parts_take(struct message_parts *p, struct session *s, const struct message_part *part,
                        uint64_t now_us);
void message_parts_dispose(struct message_parts *p);

#endif
