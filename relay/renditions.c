// SPDX-License-Identifier: MIT
#include "relay/renditions.h"

#include "relay/control.h"
#include "relay/relay.h"
#include "relay/room.h"
#include "relay/session.h"
#include <string.h>

void renditions_dispose(struct room *room) {
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++)
        message_unref(room->renditions.init[i]);
}

bool renditions_has(const struct room *room, uint8_t rendition) {
    return room->renditions.init[rendition] != NULL;
}

uint8_t renditions_nearest(const struct room *room, uint8_t rendition) {
    for (int r = rendition; r >= 0; r--)
        if (renditions_has(room, (uint8_t)r))
            return (uint8_t)r;
    for (uint8_t r = rendition; r < LIMIT_RENDITIONS_COUNT; r++)
        if (renditions_has(room, r))
            return r;
    return 0;
}

static void forget(struct room *room, uint8_t rendition) {
    struct renditions *const all = &room->renditions;
    message_unref(all->init[rendition]);
    all->init[rendition] = NULL;
    all->tracks[rendition] = (struct webm_tracks){0};
    ring_forget_key(&room->media, rendition);
}

void renditions_begin(struct room *room) {
    room->renditions.tracks[0] = (struct webm_tracks){0};
    for (uint8_t r = 1; r < LIMIT_RENDITIONS_COUNT; r++)
        forget(room, r);
    room->renditions.told_wanted = 1;
    memset(room->renditions.awaited_us, 0, sizeof(room->renditions.awaited_us));
    memset(room->renditions.answer_us, 0, sizeof(room->renditions.answer_us));
}

static struct message *list_of(const struct room *room) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    return message_create_text(json,
                               control_write_renditions(json, sizeof(json), room->renditions.told));
}

// To all, when it is not what they know.
static void tell_changes(struct room *room, uint64_t now_us) {
    struct renditions *const all = &room->renditions;
    bool has_changed = false;
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++) {
        const struct webm_tracks now = all->init[i] ? all->tracks[i] : (struct webm_tracks){0};
        has_changed |= now.width != all->told[i].width || now.height != all->told[i].height;
        all->told[i] = now;
    }
    if (has_changed)
        room_tell(room, list_of(room), now_us);
}

void renditions_tell(struct room *room, struct session *s) {
    for (unsigned i = 0; i < LIMIT_RENDITIONS_COUNT; i++) {
        if (room->renditions.told[i].width) {
            session_tell(s, list_of(room));
            return;
        }
    }
}

void renditions_offer(struct room *room, struct message *init, uint64_t now_us) {
    struct renditions *const all = &room->renditions;
    const uint8_t rendition = init->header.rendition;
    message_unref(all->init[rendition]);
    all->init[rendition] = message_ref(init);
    all->init_index[rendition] = room->media.next;
    ring_forget_key(&room->media, rendition);
    tell_changes(room, now_us);
}

void renditions_withdraw(struct room *room, uint8_t rendition, uint64_t now_us) {
    forget(room, rendition);
    tell_changes(room, now_us);
}

void renditions_asked(struct room *room, uint8_t rendition, uint64_t now_us) {
    room->renditions.asked_us[rendition] = room->renditions.awaited_us[rendition] = now_us;
}

void renditions_key_came(struct room *room, uint8_t rendition, uint64_t now_us) {
    struct renditions *const all = &room->renditions;
    if (!all->awaited_us[rendition])
        return;
    all->answer_us[rendition] = now_us - all->awaited_us[rendition] + 1;
    all->awaited_us[rendition] = 0;
}

// By what the last one took, and a half, and a picture's time. An encoder elsewhere answers no
// wishes: its next key frame comes when it comes, which is learned as well.
uint64_t renditions_key_due_us(const struct room *room, uint8_t rendition, uint64_t now_us) {
    const struct renditions *const all = &room->renditions;
    const uint64_t answer_us = all->answer_us[rendition];
    const uint64_t due_us =
        all->awaited_us[rendition] + answer_us + answer_us / 2 + LIMIT_KEYFRAME_JITTER_US;
    const bool is_soon = answer_us && answer_us <= LIMIT_KEYFRAME_SOON_US && due_us > now_us;
    return all->awaited_us[rendition] && room->publisher && is_soon ? due_us : 0;
}

void renditions_count(struct room *room, const struct viewer *v, int by) {
    if (v->choice != CHOICE_AUDIO)
        room->renditions.wanting[v->wanted_rendition] += (uint32_t)by;
}

void renditions_tick(struct room *room, uint64_t now_us) {
    struct renditions *const all = &room->renditions;
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    uint8_t wanted = 1;
    for (uint8_t r = 1; r < LIMIT_RENDITIONS_COUNT; r++) {
        if (!renditions_has(room, r))
            continue;
        if (all->wanting[r])
            all->wanted_us[r] = now_us;
        const bool is_told = all->told_wanted >> r & 1;
        if (all->wanting[r] || (is_told && now_us - all->wanted_us[r] < LIMIT_RENDITION_IDLE_US))
            wanted |= (uint8_t)(1U << r);
    }
    if (wanted == all->told_wanted || !room->publisher ||
        room->publisher->state != SESSION_PUBLISHING)
        return;
    const size_t len = control_write_wanted(json, sizeof(json), wanted);
    if (session_tell(room->publisher, message_create_text(json, len)))
        all->told_wanted = wanted;
}
