// SPDX-License-Identifier: MIT
// What only a publisher may say, and its media on its way in: nothing reaches a viewer or the disk
// that is not the WebM we speak, described truthfully by its header. Part of session.h. No parsing
// here: wire.h and webm_check.h look into the bytes.
#include "relay/publish.h"

#include "relay/relay.h"
#include "relay/room.h"
#include "relay/session.h"
#include <string.h>

enum refusal publisher_admit(const struct control_message *m, const struct show *show,
                             uint64_t now_us) {
    uint8_t hash[SECRET_HASH_LEN];
    secret_hash(hash, m->hello.key);
    if (!secret_hash_equals(hash, show->key_hash))
        return REFUSAL_WRONG_KEY;
    struct session *const other = show->room ? show->room->publisher : NULL;
    if (!other)
        return REFUSAL_NONE;
    if (now_us - other->heard_us < LIMIT_PUBLISHER_SILENT_US)
        return REFUSAL_ALREADY_PUBLISHING;
    session_refuse(other, REFUSAL_REPLACED, now_us);
    return REFUSAL_NONE;
}

enum refusal publisher_starts(struct session *s, const struct control_message *m, uint64_t now_us) {
    struct room *const room = s->room;
    const uint64_t timestamp_us = (uint64_t)m->start.timestamp_us;
    uint64_t newest_us = room->newest_audio_us;
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++)
        if (room->newest_us[i] > newest_us)
            newest_us = room->newest_us[i];
    if (timestamp_us > LIMIT_TIMESTAMP_US ||
        (room->show->started_unix_us && timestamp_us < newest_us))
        return REFUSAL_START_TIME;
    room_start(room, timestamp_us, now_us);
    return REFUSAL_NONE;
}

// For the viewers' statistics. What comes more often than it may is left out, no more.
enum refusal publisher_times(struct session *s, const struct control_message *m, uint64_t now_us) {
    struct room *const room = s->room;
    char json[128];
    if (room->timing_told_us && now_us - room->timing_told_us < LIMIT_TIMING_INTERVAL_US)
        return REFUSAL_NONE;
    room->timing_told_us = now_us;
    const size_t len =
        control_write_timing(json, sizeof(json), m->timing.capture_us, m->timing.encode_us);
    room_tell(room, message_create_text(json, len), now_us);
    return REFUSAL_NONE;
}

bool jpeg_is_whole(const uint8_t *bytes, size_t len) {
    return len >= 4 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff &&
           bytes[len - 2] == 0xff && bytes[len - 1] == 0xd9;
}

enum refusal media_check(struct webm_tracks *tracks, const struct wire_header *h,
                         const uint8_t *payload, size_t len) {
    struct webm_block block;
    switch (h->kind) {
    case WIRE_INIT:
        return webm_init_check(tracks, payload, len, NULL) == WEBM_OK ? REFUSAL_NONE
                                                                      : REFUSAL_MEDIA_WEBM;
    case WIRE_POSTER:
        return jpeg_is_whole(payload, len) ? REFUSAL_NONE : REFUSAL_POSTER;
    default:
        break;
    }
    if (webm_cluster_check(&block, payload, len, NULL) != WEBM_OK)
        return REFUSAL_MEDIA_WEBM;
    const uint8_t track = h->kind == WIRE_VIDEO ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO;
    const bool is_key = (h->flags & WIRE_KEY) != 0;
    if (block.track != track || (block.is_keyframe != 0) != is_key ||
        block.timestamp_ms != h->timestamp_us / 1000 || (h->kind == WIRE_AUDIO && !is_key))
        return REFUSAL_MEDIA_DISAGREES;
    return REFUSAL_NONE;
}

static bool has_any_sound(const struct room *room) {
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++)
        if (room->renditions.tracks[i].channels)
            return true;
    return false;
}

// What the message means in this room: init before media, time forward only, posters seldom.
static enum refusal place(struct session *s, const struct wire_header *h,
                          const struct webm_tracks *tracks, uint64_t now_us) {
    struct room *const room = s->room;
    uint64_t *newest_us = NULL;
    switch (h->kind) {
    case WIRE_INIT:
        room->renditions.tracks[h->rendition] = *tracks;
        return REFUSAL_NONE;
    case WIRE_POSTER:
        if (s->publishing->poster_us &&
            now_us - s->publishing->poster_us < LIMIT_POSTER_INTERVAL_US)
            return REFUSAL_RATE_MEDIA;
        s->publishing->poster_us = now_us;
        return REFUSAL_NONE;
    case WIRE_VIDEO:
        if (!room->renditions.tracks[h->rendition].width)
            return REFUSAL_MEDIA_NO_INIT;
        newest_us = &room->newest_us[h->rendition];
        break;
    default:
        if (!has_any_sound(room))
            return REFUSAL_MEDIA_NO_INIT;
        newest_us = &room->newest_audio_us;
        break;
    }
    if (h->timestamp_us < *newest_us)
        return REFUSAL_MEDIA_TIME;
    *newest_us = h->timestamp_us;
    return REFUSAL_NONE;
}

static enum refusal publish(struct session *s, const uint8_t *bytes, size_t len, uint64_t now_us) {
    struct relay *const relay = s->relay;
    const uint64_t bytes_per_second = relay->config.publisher_bps / 8;
    struct wire_header header;
    struct webm_tracks tracks = {0};

    if (session_next_state(s->state, SESSION_ON_MEDIA) == SESSION_STATE_COUNT)
        return s->state == SESSION_WATCHING ? REFUSAL_VIEWER_PUBLISHES : REFUSAL_MEDIA_EARLY;
    struct publishing *const p = s->publishing;
    if (!rate_limit_take(&p->media, now_us, 1, LIMIT_MEDIA_PER_SECOND, LIMIT_MEDIA_BURST))
        return REFUSAL_RATE_MEDIA;
    // Ten seconds' worth at once: what a tab held back while its network was away.
    if (!rate_limit_take(&p->bytes, now_us, len, bytes_per_second, 10 * bytes_per_second))
        return REFUSAL_RATE_BYTES;
    if (wire_header_read(&header, bytes, len) != WIRE_OK || (header.flags & WIRE_GAP))
        return REFUSAL_MEDIA_HEADER;
    enum refusal why =
        media_check(&tracks, &header, bytes + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN);
    if (why == REFUSAL_NONE)
        why = place(s, &header, &tracks, now_us);
    if (why != REFUSAL_NONE)
        return why;

    relay->metrics.media_messages_in[header.kind]++;
    relay->metrics.media_bytes_in += len;
    p->media_bytes += len;
    if (header.timestamp_us > p->newest_us)
        p->newest_us = header.timestamp_us;
    struct message *const m = message_create_media(&header, bytes, len);
    if (!m)
        return REFUSAL_TOO_LONG; // no memory for it; closing this connection alone is the way out
    room_publish(s->room, m, now_us);
    message_unref(m);
    return REFUSAL_NONE;
}

void session_media(struct session *s, const uint8_t *bytes, size_t len, uint64_t now_us) {
    if (s->state == SESSION_CLOSING)
        return;
    s->heard_us = now_us;
    const enum refusal why = publish(s, bytes, len, now_us);
    if (why != REFUSAL_NONE)
        session_refuse(s, why, now_us);
}
