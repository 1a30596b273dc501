// SPDX-License-Identifier: MIT
// The relay's side of the text messages: structs to JSON. See control.h.
#include "relay/control.h"

#include "relay/json_writer.h"

static void begin(struct json_writer *w, char *out, size_t cap, const char *type) {
    json_writer_init(w, out, cap);
    json_object_begin(w, NULL);
    json_text(w, "type", type);
}

static size_t end(struct json_writer *w) {
    json_object_end(w);
    return w->is_overflown ? 0 : w->len;
}

static void put_epoch(struct json_writer *w, bool has_epoch, int64_t epoch_us) {
    if (has_epoch)
        json_ms_of_us(w, "epochMs", epoch_us);
    else
        json_none(w, "epochMs");
}

static void put_account(struct json_writer *w, const char *account) {
    if (account && account[0])
        json_text(w, "account", account);
}

static size_t write_welcome(char *out, size_t cap, const struct control_welcome *m,
                            const char *description) {
    struct json_writer w;
    begin(&w, out, cap, "welcome");
    json_u64(&w, "version", 1);
    json_text(&w, "session", m->session);
    json_text(&w, "role", m->role);
    json_text(&w, "name", m->name);
    if (m->account && m->account[0]) {
        put_account(&w, m->account);
        json_bool(&w, "isInvisible", m->is_invisible);
    }
    json_object_begin(&w, "show");
    json_text(&w, "id", m->show);
    json_text(&w, "title", m->title);
    json_text(&w, "description", description);
    json_text(&w, "state", m->state);
    json_object_end(&w);
    json_ms_of_us(&w, "now", m->now_us);
    put_epoch(&w, m->has_epoch, m->epoch_us);
    json_ms_of_us(&w, "mediaTimeMs", (int64_t)m->media_time_us);
    json_u64(&w, "viewers", m->viewers);
    json_object_begin(&w, "limits");
    json_u64(&w, "mediaMessageBytes", LIMIT_MEDIA_MESSAGE_BYTES);
    json_u64(&w, "chatTextBytes", LIMIT_CHAT_TEXT_BYTES);
    json_object_end(&w);
    return end(&w);
}

size_t control_write_welcome(char *out, size_t cap, const struct control_welcome *m) {
    const size_t len = write_welcome(out, cap, m, m->description);
    return len ? len : write_welcome(out, cap, m, "");
}

size_t control_write_chat(char *out, size_t cap, const struct control_chat_line *m) {
    struct json_writer w;
    begin(&w, out, cap, "chat");
    json_u64(&w, "id", m->id);
    json_text(&w, "session", m->session);
    json_text(&w, "name", m->name);
    put_account(&w, m->account);
    json_text(&w, "text", m->text);
    json_ms_of_us(&w, "at", m->at_us);
    json_ms_of_us(&w, "sentAt", m->sent_at_us);
    json_text(&w, "role", m->role);
    return end(&w);
}

size_t control_write_state(char *out, size_t cap, const char *state, bool has_epoch,
                           int64_t epoch_us) {
    struct json_writer w;
    begin(&w, out, cap, "state");
    json_text(&w, "state", state);
    put_epoch(&w, has_epoch, epoch_us);
    return end(&w);
}

size_t control_write_presence(char *out, size_t cap, uint32_t viewers) {
    struct json_writer w;
    begin(&w, out, cap, "presence");
    json_u64(&w, "viewers", viewers);
    return end(&w);
}

static void put_person(struct json_writer *w, const struct control_person *person) {
    json_text(w, "session", person->session);
    json_text(w, "name", person->name);
    put_account(w, person->account);
}

size_t control_write_coming(char *out, size_t cap, bool is_join,
                            const struct control_person *person) {
    struct json_writer w;
    begin(&w, out, cap, is_join ? "join" : "leave");
    put_person(&w, person);
    return end(&w);
}

size_t control_write_people(char *out, size_t cap, const struct control_person *people,
                            size_t count) {
    struct json_writer w;
    begin(&w, out, cap, "people");
    json_array_begin(&w, "people");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&w, NULL);
        put_person(&w, &people[i]);
        json_object_end(&w);
    }
    json_array_end(&w);
    return end(&w);
}

size_t control_write_you(char *out, size_t cap, const struct control_person *you,
                         bool is_invisible) {
    struct json_writer w;
    begin(&w, out, cap, "you");
    put_person(&w, you);
    json_bool(&w, "isInvisible", is_invisible);
    return end(&w);
}

size_t control_write_face(char *out, size_t cap, const char *account, uint64_t version) {
    struct json_writer w;
    begin(&w, out, cap, "face");
    json_text(&w, "account", account);
    json_u64(&w, "version", version);
    return end(&w);
}

size_t control_write_ack(char *out, size_t cap, uint64_t bytes, uint64_t timestamp_us,
                         const char *recording) {
    struct json_writer w;
    begin(&w, out, cap, "ack");
    json_u64(&w, "bytes", bytes);
    json_u64(&w, "timestampUs", timestamp_us);
    json_text(&w, "recording", recording);
    return end(&w);
}

size_t control_write_quality(char *out, size_t cap, const char *stage, unsigned rendition) {
    struct json_writer w;
    begin(&w, out, cap, "quality");
    json_text(&w, "stage", stage);
    json_u64(&w, "rendition", rendition);
    return end(&w);
}

size_t control_write_timing(char *out, size_t cap, int64_t capture_us, int64_t encode_us) {
    struct json_writer w;
    begin(&w, out, cap, "timing");
    json_ms_of_us(&w, "captureMs", capture_us);
    json_ms_of_us(&w, "encodeMs", encode_us);
    return end(&w);
}

size_t control_write_keyframe(char *out, size_t cap, unsigned rendition) {
    struct json_writer w;
    begin(&w, out, cap, "keyframe");
    json_u64(&w, "rendition", rendition);
    return end(&w);
}

size_t control_write_renditions(char *out, size_t cap, const struct webm_tracks *tracks) {
    struct json_writer w;
    begin(&w, out, cap, "renditions");
    json_array_begin(&w, "renditions");
    for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++) {
        if (!tracks[r].width)
            continue;
        json_object_begin(&w, NULL);
        json_u64(&w, "rendition", r);
        json_u64(&w, "width", tracks[r].width);
        json_u64(&w, "height", tracks[r].height);
        json_object_end(&w);
    }
    json_array_end(&w);
    return end(&w);
}

size_t control_write_wanted(char *out, size_t cap, unsigned renditions) {
    struct json_writer w;
    begin(&w, out, cap, "wanted");
    json_array_begin(&w, "renditions");
    for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
        if (renditions >> r & 1)
            json_u64(&w, NULL, r);
    json_array_end(&w);
    return end(&w);
}

size_t control_write_programme(char *out, size_t cap, const struct control_programme_item *items,
                               size_t count, bool is_whole) {
    static const char *const names[] = {"", "scheduled", "live", "reconnecting", "ended", "replay"};
    struct json_writer w;
    begin(&w, out, cap, "programme");
    json_bool(&w, "isWhole", is_whole);
    json_array_begin(&w, "shows");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&w, NULL);
        json_text(&w, "id", items[i].show);
        json_text(&w, "state", names[items[i].state]);
        json_u64(&w, "viewers", items[i].viewers);
        json_object_end(&w);
    }
    json_array_end(&w);
    return end(&w);
}

size_t control_write_time(char *out, size_t cap, double t, int64_t now_us) {
    struct json_writer w;
    begin(&w, out, cap, "time");
    json_double(&w, "t", t);
    json_ms_of_us(&w, "now", now_us);
    return end(&w);
}

size_t control_write_notice(char *out, size_t cap, const char *type, const char *code,
                            const char *message) {
    struct json_writer w;
    begin(&w, out, cap, type);
    json_text(&w, "code", code);
    json_text(&w, "message", message);
    return end(&w);
}
