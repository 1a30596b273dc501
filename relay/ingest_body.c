// SPDX-License-Identifier: MIT
// Strict: sizes of 1 to 15 hexadecimal digits, lines end with CR LF.
#include "relay/ingest_body.h"

#include "relay/ingest_limits.h"

#define SIZE_MAX_BYTES (1ULL << 60)

enum state {
    STATE_SIZE,       // digits
    STATE_EXTENSION,  // behind them, up to CR
    STATE_SIZE_LF,    // LF of the size line
    STATE_DATA,       // `left` bytes
    STATE_DATA_CR,    // CR behind them
    STATE_DATA_LF,    //
    STATE_LINE,       // first byte of a trailer line
    STATE_TRAILER,    // inside one
    STATE_TRAILER_LF, // its end
    STATE_LAST_LF,    // end of the body
    STATE_DONE,
    STATE_BAD
};

void ingest_body_init(struct ingest_body *b, enum ingest_framing framing, uint64_t len) {
    *b = (struct ingest_body){.framing = framing, .left = len};
    if (framing == INGEST_BY_CHUNKS) {
        b->state = STATE_SIZE;
        b->left = 0;
    } else {
        b->state = framing == INGEST_BY_LENGTH && len == 0 ? STATE_DONE : STATE_DATA;
    }
}

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum state on_size(struct ingest_body *b, uint8_t c) {
    const int digit = hex_digit(c);
    if (digit >= 0 && b->left < SIZE_MAX_BYTES / 16) {
        b->left = b->left * 16 + (unsigned)digit;
        b->has_digit = true;
        return STATE_SIZE;
    }
    if (digit >= 0 || !b->has_digit)
        return STATE_BAD;
    if (c == '\r')
        return STATE_SIZE_LF;
    return c == ';' || c == ' ' || c == '\t' ? STATE_EXTENSION : STATE_BAD;
}

static enum state on_size_end(struct ingest_body *b, uint8_t c) {
    if (c != '\n')
        return STATE_BAD;
    b->has_digit = false;
    b->spent_bytes = 0;
    return b->left ? STATE_DATA : STATE_LINE;
}

// One byte of the framing.
static enum state step(struct ingest_body *b, uint8_t c) {
    const uint32_t limit_bytes =
        b->state >= STATE_LINE ? LIMIT_INGEST_TRAILER_BYTES : LIMIT_INGEST_CHUNK_LINE_BYTES;
    if (++b->spent_bytes > limit_bytes)
        return STATE_BAD;
    switch (b->state) {
    case STATE_SIZE:
        return on_size(b, c);
    case STATE_EXTENSION:
        return c == '\r' ? STATE_SIZE_LF : c == '\n' ? STATE_BAD : STATE_EXTENSION;
    case STATE_SIZE_LF:
        return on_size_end(b, c);
    case STATE_DATA_CR:
        return c == '\r' ? STATE_DATA_LF : STATE_BAD;
    case STATE_DATA_LF:
        b->spent_bytes = 0;
        return c == '\n' ? STATE_SIZE : STATE_BAD;
    case STATE_LINE:
        return c == '\r' ? STATE_LAST_LF : c == '\n' ? STATE_BAD : STATE_TRAILER;
    case STATE_TRAILER:
        return c == '\r' ? STATE_TRAILER_LF : c == '\n' ? STATE_BAD : STATE_TRAILER;
    case STATE_TRAILER_LF:
        return c == '\n' ? STATE_LINE : STATE_BAD;
    case STATE_LAST_LF:
        return c == '\n' ? STATE_DONE : STATE_BAD;
    default:
        return STATE_BAD;
    }
}

int ingest_body_next(struct ingest_body *b, const uint8_t *bytes, size_t len, size_t *consumed,
                     const uint8_t **media, size_t *media_len) {
    size_t at = 0;
    *media = bytes;
    *media_len = 0;
    while (at < len && b->state != STATE_DATA && b->state < STATE_DONE)
        b->state = (uint8_t)step(b, bytes[at++]);
    if (b->state == STATE_DATA && at < len) {
        const bool is_endless = b->framing == INGEST_UNTIL_CLOSE;
        *media = bytes + at;
        *media_len = !is_endless && b->left < len - at ? (size_t)b->left : len - at;
        at += *media_len;
        if (!is_endless && (b->left -= *media_len) == 0)
            b->state = b->framing == INGEST_BY_CHUNKS ? STATE_DATA_CR : STATE_DONE;
    }
    *consumed = at;
    if (b->state == STATE_BAD)
        return INGEST_BODY_BAD;
    return b->state == STATE_DONE && !*media_len ? INGEST_BODY_DONE : INGEST_BODY_OK;
}
