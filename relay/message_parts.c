// SPDX-License-Identifier: MIT
#include "relay/message_parts.h"

#include <stdlib.h>
#include <string.h>

static void deliver(const struct message_parts *p, struct session *s, const uint8_t *bytes,
                    size_t len, uint64_t now_us) {
    if (p->is_text)
        session_text(s, (const char *)bytes, len, now_us);
    else
        session_media(s, bytes, len, now_us);
}

void message_parts_take(struct message_parts *p, struct session *s, const struct message_part *part,
                        uint64_t now_us) {
    if (part->is_first) {
        p->is_text = part->is_text;
        p->is_refused = false;
        p->len = 0;
    }
    if (p->is_refused)
        return;
    const size_t needed = (size_t)p->len + part->len + part->announced;
    if (needed > session_limit_bytes(s, p->is_text)) {
        p->is_refused = true;
        session_oversize(s, p->is_text, now_us);
        return;
    }
    if (part->is_first && part->is_final) {
        deliver(p, s, part->bytes, part->len, now_us);
        return;
    }
    if (needed > p->cap) {
        uint8_t *const grown = realloc(p->bytes, needed);
        if (!grown) { // out of memory closes this connection alone
            p->is_refused = true;
            session_refuse(s, REFUSAL_TOO_LONG, now_us);
            return;
        }
        p->bytes = grown;
        p->cap = (uint32_t)needed;
    }
    if (part->len)
        memcpy(p->bytes + p->len, part->bytes, part->len);
    p->len += (uint32_t)part->len;
    if (!part->is_final)
        return;
    deliver(p, s, p->bytes, p->len, now_us);
    if (p->cap <= LIMIT_TEXT_MESSAGE_BYTES) // who speaks seldom keeps nothing for it
        message_parts_dispose(p);
}

void message_parts_dispose(struct message_parts *p) {
    free(p->bytes);
    *p = (struct message_parts){0};
}
