// SPDX-License-Identifier: MIT
#include "relay/chat.h"

#include "relay/json_writer.h"
#include "relay/relay_limits.h"
#include <assert.h>
#include <stdlib.h>

static const char *line_json(const struct message *m) {
    return (const char *)m->bytes + m->frame_head_len;
}

static size_t line_len(const struct message *m) { return m->framed_len - m->frame_head_len; }

static void keep(struct chat *c, struct message *m) {
    struct message **const slot = &c->lines[c->count % LIMIT_CHAT_HISTORY_COUNT];
    message_unref(*slot);
    *slot = message_ref(m);
    c->count++;
}

struct message *chat_say(struct chat *c, struct control_chat_line *line) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    line->id = c->count + c->id_offset + 1;
    const size_t len = control_write_chat(json, sizeof(json), line);
    assert(len);
    struct message *const m = message_create_text(json, len);
    if (!m)
        return NULL;
    keep(c, m);
    return m;
}

void chat_take_back(struct chat *c, const char *json, size_t len) {
    struct message *const m = message_create_text(json, len);
    if (!m)
        return;
    keep(c, m);
    message_unref(m);
}

void chat_skip_ids(struct chat *c, uint64_t count) { c->id_offset += count; }

struct message *chat_history(const struct chat *c) {
    const size_t frame = 64; // {"type":"history","messages":[]}
    uint64_t first = c->count > LIMIT_CHAT_HISTORY_COUNT ? c->count - LIMIT_CHAT_HISTORY_COUNT : 0;
    size_t total = frame;
    for (uint64_t i = first; i < c->count; i++)
        total += line_len(c->lines[i % LIMIT_CHAT_HISTORY_COUNT]) + 1;
    for (; total > LIMIT_HISTORY_MESSAGE_BYTES; first++)
        total -= line_len(c->lines[first % LIMIT_CHAT_HISTORY_COUNT]) + 1;

    char *const json = malloc(total);
    if (!json)
        return NULL;
    struct json_writer w;
    json_writer_init(&w, json, total);
    json_object_begin(&w, NULL);
    json_text(&w, "type", "history");
    json_array_begin(&w, "messages");
    for (uint64_t i = first; i < c->count; i++) {
        const struct message *const m = c->lines[i % LIMIT_CHAT_HISTORY_COUNT];
        json_raw(&w, NULL, line_json(m), line_len(m));
    }
    json_array_end(&w);
    json_object_end(&w);
    assert(!w.is_overflown);
    struct message *const history = message_create_text(json, w.len);
    free(json);
    return history;
}

void chat_dispose(struct chat *c) {
    for (unsigned i = 0; i < LIMIT_CHAT_HISTORY_COUNT; i++) {
        message_unref(c->lines[i]);
        c->lines[i] = NULL;
    }
}
