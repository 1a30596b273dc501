// SPDX-License-Identifier: MIT
// Where messages begin in what a viewer reads, for each kind of server: WebSocket frames, WebM,
// FLV, RTMP chunks. Every frame's head is checked; whatever cannot be is an error.
#include "bench.h"

#include "shared/wire.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NEEDS_MORE = 0, BROKEN = -1 };

static uint32_t get_be(const uint8_t *p, int n) {
    uint32_t value = 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static void note_wire(const struct bench_reader *r, const uint8_t *wire) {
    if (wire[0] == WIRE_VIDEO || wire[0] == WIRE_AUDIO)
        r->on_message(r->ctx, wire[0], get_be(wire + 4, 4));
}

static void answer(const struct bench_reader *r, const uint8_t *frame, size_t len) {
    (void)!bench_send(r->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// "#0000123#" somewhere in the first bytes of a text.
static void note_text(const struct bench_reader *r, const uint8_t *text, size_t len) {
    for (size_t i = 0; i + 9 <= len; i++)
        if (text[i] == '#' && text[i + 8] == '#') {
            r->on_message(r->ctx, BENCH_CHAT_KIND,
                          (uint32_t)strtoul((const char *)text + i + 1, NULL, 10));
            return;
        }
}

static int take_payload(const struct bench_reader *r, unsigned opcode, const uint8_t *payload,
                        size_t len, size_t head_part) {
    static const uint8_t pong[] = {0x8a, 0x81, 0, 0, 0, 0, 'p'};
    static const uint8_t engine_pong[] = {0x81, 0x81, 0, 0, 0, 0, '3'};
    if (opcode == 9)
        answer(r, pong, sizeof(pong)); // or the server takes us for dead
    else if (opcode == 1 && r->kind == BENCH_SOCKETIO && len == 1 && payload[0] == '2')
        answer(r, engine_pong, sizeof(engine_pong));
    else if (r->is_chat && (opcode == 1 || opcode == 2))
        note_text(r, payload, head_part);
    else if (!r->is_chat && (opcode == 1 || opcode == 2) && len >= WIRE_HEADER_LEN)
        note_wire(r, payload);
    return 0;
}

// Returns the bytes of head that are needed before the rest may be skipped; NEEDS_MORE or BROKEN.
static int read_ws(struct bench_stream *s, const struct bench_reader *r) {
    if (s->head_len < 2)
        return NEEDS_MORE;
    const uint8_t first = s->head[1] & 0x7f, opcode = s->head[0] & 0x0f;
    const size_t n = first < 126 ? 2 : first == 126 ? 4 : 10;
    // A server's frame is unmasked, has no reserved bits and a known opcode.
    if ((s->head[0] & 0x70) || (s->head[1] & 0x80) || (opcode > 2 && opcode < 8) || opcode > 10)
        return BROKEN;
    if (s->head_len < n)
        return NEEDS_MORE;
    const size_t len = n == 2 ? first : get_be(s->head + n - 4 + (n == 4 ? 2 : 0), n == 4 ? 2 : 4);
    const size_t most = r->is_chat ? 300 : WIRE_HEADER_LEN;
    const size_t part = len < most ? len : most;
    if (s->head_len < n + part)
        return NEEDS_MORE;
    s->skip_len = len - part;
    return take_payload(r, opcode, s->head + n, len, part) == 0 ? 1 : BROKEN;
}

static size_t vint_len(uint8_t first) {
    size_t n = 1;
    while (n < 8 && !(first & (0x80 >> (n - 1))))
        n++;
    return n;
}

// EBML: elements but Segment are skipped whole; of a Cluster the SimpleBlock's first bytes are
// read.
static int read_webm(struct bench_stream *s, const struct bench_reader *r) {
    if (s->phase == 0) { // the answer's head
        if (s->head_len >= 4 && memcmp(s->head + s->head_len - 4, "\r\n\r\n", 4) == 0) {
            s->phase = 1;
            return memcmp(s->head + 9, "200", 3) == 0 ? 1 : BROKEN;
        }
        return s->head_len < sizeof(s->head) ? NEEDS_MORE : BROKEN;
    }
    if (s->head_len < 1 || s->head_len < vint_len(s->head[0]) + 1)
        return NEEDS_MORE;
    const size_t id_len = vint_len(s->head[0]), size_len = vint_len(s->head[id_len]);
    if (s->head_len < id_len + size_len)
        return NEEDS_MORE;
    uint64_t size = s->head[id_len] & (0xff >> size_len);
    for (size_t i = 1; i < size_len; i++)
        size = size << 8 | s->head[id_len + i];
    const uint32_t id = get_be(s->head, (int)id_len);
    if (id == 0x18538067) // Segment
        return 1;
    if (id != 0x1f43b675) {
        s->skip_len = (size_t)size;
        return id == 0x1a45dfa3 || id == 0x1549a966 || id == 0x1654ae6b ? 1 : BROKEN;
    }
    const size_t part = size < 64 ? (size_t)size : 64, start = id_len + size_len;
    if (s->head_len < start + part)
        return NEEDS_MORE;
    s->skip_len = (size_t)size - part;
    const uint8_t *p = s->head + start;
    p += 2 + (p[1] & 0x7f); // Timestamp
    if (p[0] != 0xa3)
        return BROKEN;
    note_wire(r, p + 1 + vint_len(p[1]) + 4);
    return 1;
}

static int read_flv(struct bench_stream *s, const struct bench_reader *r) {
    if (s->phase == 0) {
        if (s->head_len >= 4 && memcmp(s->head + s->head_len - 4, "\r\n\r\n", 4) == 0) {
            s->phase = 1;
            return memcmp(s->head + 9, "200", 3) == 0 ? 1 : BROKEN;
        }
        return s->head_len < sizeof(s->head) ? NEEDS_MORE : BROKEN;
    }
    if (s->phase == 1) {
        if (s->head_len < 13)
            return NEEDS_MORE;
        s->phase = 2;
        return memcmp(s->head, "FLV", 3) == 0 ? 1 : BROKEN;
    }
    if (s->head_len < 11)
        return NEEDS_MORE;
    const size_t len = get_be(s->head + 1, 3), codec = s->head[0] == 9 ? 5 : 2;
    const size_t part = len < 32 ? len : 32;
    if (s->head_len < 11 + part)
        return NEEDS_MORE;
    s->skip_len = len - part + 4;
    if (s->head[0] != 8 && s->head[0] != 9 && s->head[0] != 18)
        return BROKEN;
    if (s->head[0] != 18 && part >= codec + WIRE_HEADER_LEN)
        note_wire(r, s->head + 11 + codec);
    return 1;
}

// Chunks of one message follow each other here, for the server has only one thing to say at a time.
static int read_rtmp(struct bench_stream *s, const struct bench_reader *r) {
    if (!s->chunk_size)
        s->chunk_size = 128;
    if (s->head_len < 1)
        return NEEDS_MORE;
    const unsigned format = s->head[0] >> 6;
    static const size_t lens[] = {11, 7, 3, 0};
    size_t head = 1 + lens[format];
    if ((s->head[0] & 0x3f) < 2)
        return BROKEN; // long chunk stream ids are not used by anyone here
    if (s->head_len < head)
        return NEEDS_MORE;
    if (format < 3 && get_be(s->head + 1, 3) == 0xffffff)
        head += 4;
    if (format < 2) {
        s->message_len = get_be(s->head + 4, 3);
        s->message_type = s->head[7];
    }
    const int is_start = s->chunk_left == 0;
    const uint32_t left = is_start ? s->message_len : s->chunk_left;
    const size_t size = left < s->chunk_size ? left : s->chunk_size, part = size < 32 ? size : 32;
    if (s->head_len < head + part)
        return NEEDS_MORE;
    s->chunk_left = left - (uint32_t)size;
    s->skip_len = size - part;
    const uint8_t *const body = s->head + head;
    if (is_start && s->message_type == 1 && part >= 4)
        s->chunk_size = get_be(body, 4);
    const size_t codec = s->message_type == 9 ? 5 : 2;
    if (is_start && (s->message_type == 8 || s->message_type == 9) &&
        part >= codec + WIRE_HEADER_LEN)
        note_wire(r, body + codec);
    return 1;
}

int bench_read_stream(struct bench_stream *s, const struct bench_reader *r, const uint8_t *bytes,
                      size_t len) {
    int (*const read)(struct bench_stream *, const struct bench_reader *) =
        r->kind == BENCH_ICECAST ? read_webm
        : r->kind == BENCH_FLV   ? read_flv
        : r->kind == BENCH_RTMP  ? read_rtmp
                                 : read_ws;
    while (len) {
        if (s->skip_len) {
            const size_t n = s->skip_len < len ? s->skip_len : len;
            s->skip_len -= n;
            bytes += n;
            len -= n;
            continue;
        }
        if (s->head_len == sizeof(s->head))
            return -1;
        s->head[s->head_len++] = *bytes++;
        len--;
        const int got = read(s, r);
        if (got == BROKEN)
            return -1;
        if (got != NEEDS_MORE)
            s->head_len = 0;
    }
    return 0;
}
