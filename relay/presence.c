// SPDX-License-Identifier: MIT
#include "relay/presence.h"

#include "relay/room.h"
#include "relay/seen_text.h"
#include "relay/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *presence_account(const struct session *s) {
    if (s->is_publisher)
        return s->room ? s->room->show->creator_name : "";
    return s->member && !s->member->is_invisible ? s->member->name : "";
}

const char *presence_name(const struct session *s, const struct show *show, const char *name,
                          char made_up[PRESENCE_NAME_BYTES]) {
    const bool is_invisible = s->member && s->member->is_invisible;
    if (!is_invisible && seen_text_is_plain(name))
        return name;
    if (s->member && !is_invisible)
        return s->member->display_name;
    if (s->is_publisher)
        return show->creator_display_name[0] ? show->creator_display_name : "Host";
    snprintf(made_up, PRESENCE_NAME_BYTES, "Guest %04u", random_below(10000));
    return made_up;
}

void presence_coming(struct room *room, const struct session *s, bool is_join, uint64_t now_us) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    if (!room->publisher || room->is_over)
        return;
    if (!rate_limit_take(&room->coming, now_us, 1, LIMIT_JOINS_PER_SECOND,
                         LIMIT_JOINS_PER_SECOND)) {
        room->relay->metrics.notices_left_out++;
        room->has_untold_coming = true;
        return;
    }
    const struct control_person person = {s->id, s->name, presence_account(s)};
    const size_t len = control_write_coming(json, sizeof(json), is_join, &person);
    session_tell(room->publisher, message_create_text(json, len));
}

void presence_tell_people(struct session *publisher) {
    struct control_person people[LIMIT_PEOPLE_COUNT];
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    size_t count = 0;
    const struct session *s = publisher->room->sessions;
    for (; s && count < LIMIT_PEOPLE_COUNT; s = s->room_next)
        if (!s->is_publisher)
            people[count++] = (struct control_person){s->id, s->name, presence_account(s)};
    const size_t len = control_write_people(json, sizeof(json), people, count);
    session_tell(publisher, message_create_text(json, len));
}

void presence_tell(struct room *room, uint64_t now_us) {
    char json[64];
    if ((room->presence_told == room->viewer_count && !room->has_untold_coming) ||
        now_us - room->presence_told_us < LIMIT_PRESENCE_US)
        return;
    if (room->has_untold_coming && room->publisher)
        presence_tell_people(room->publisher);
    room->has_untold_coming = false;
    room->presence_told = room->viewer_count;
    room->presence_told_us = now_us;
    room_tell(
        room,
        message_create_text(json, control_write_presence(json, sizeof(json), room->viewer_count)),
        now_us);
}

static void tell_you(struct session *s) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    const struct control_person you = {s->id, s->name,
                                       s->member ? s->member->name : presence_account(s)};
    const bool is_invisible = s->member && s->member->is_invisible;
    session_tell(
        s, message_create_text(json, control_write_you(json, sizeof(json), &you, is_invisible)));
}

// As if one had gone and another had come: its lines of before and of now have nothing in common.
static void come_as_another(struct session *s, uint64_t now_us) {
    char made_up[PRESENCE_NAME_BYTES];
    random_id(s->id);
    if (!session_take_name(s, presence_name(s, s->room->show, "", made_up))) {
        session_close(s, 1001, now_us); // without memory for another name it comes back for one
        return;
    }
    presence_coming(s->room, s, true, now_us);
    tell_you(s);
}

static void show_session(struct session *s, bool is_invisible, uint64_t now_us) {
    if (s->member->is_invisible == is_invisible)
        return;
    presence_coming(s->room, s, false, now_us);
    s->member->is_invisible = is_invisible;
    come_as_another(s, now_us);
}

void presence_show_account(struct relay *r, const char *account_id, bool is_invisible,
                           uint64_t now_us) {
    r->identity_changes++;
    for (struct room *room = r->rooms; room; room = room->next)
        for (struct session *s = room->sessions; s; s = s->room_next)
            if (s->member && strcmp(s->member->person.id, account_id) == 0)
                show_session(s, is_invisible, now_us);
}

void presence_become_guest(struct session *s, uint64_t now_us) {
    presence_coming(s->room, s, false, now_us);
    free(s->member);
    s->member = NULL;
    come_as_another(s, now_us);
}

// By the same id: who it is does not change. A publisher is called what its show says.
static void rename_session(struct session *s, const char *before, const char *after,
                           uint64_t now_us) {
    const bool is_called_so = strcmp(s->name, before) == 0 && strcmp(before, after) != 0;
    if (!is_called_so || s->state == SESSION_CLOSING || !session_take_name(s, after))
        return;
    if (!s->is_publisher)
        presence_coming(s->room, s, true, now_us);
    tell_you(s);
}

void presence_rename_account(struct relay *r, const struct store_account *account,
                             uint64_t now_us) {
    char before[LIMIT_NAME_BYTES + 1];
    r->identity_changes++;
    for (struct room *room = r->rooms; room; room = room->next) {
        struct session *const publisher = room->publisher;
        if (publisher && strcmp(room->show->account_id, account->id) == 0)
            rename_session(publisher, room->show->creator_display_name, account->display_name,
                           now_us);
        for (struct session *s = room->sessions; s; s = s->room_next) {
            if (!s->member || strcmp(s->member->person.id, account->id) != 0)
                continue;
            memcpy(before, s->member->display_name, sizeof(before));
            memcpy(s->member->display_name, account->display_name, sizeof(before));
            if (!s->member->is_invisible)
                rename_session(s, before, account->display_name, now_us);
        }
    }
    for (size_t i = 0; i < r->shows.count; i++)
        if (strcmp(r->shows.by_id[i]->account_id, account->id) == 0)
            memcpy(r->shows.by_id[i]->creator_display_name, account->display_name,
                   sizeof(account->display_name));
}

static bool is_seen(const struct room *room, const char *account_id) {
    for (const struct session *s = room->sessions; s; s = s->room_next)
        if (s->is_publisher ? strcmp(room->show->account_id, account_id) == 0
                            : s->member && !s->member->is_invisible &&
                                  strcmp(s->member->person.id, account_id) == 0)
            return true;
    return false;
}

void presence_renew_face(struct relay *r, const struct store_account *account, uint64_t now_us) {
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    const uint64_t version = (uint64_t)relay_unix_us(r, now_us) / 1000;
    const size_t len = control_write_face(json, sizeof(json), account->name, version);
    for (struct room *room = r->rooms; room; room = room->next)
        if (!room->is_over && is_seen(room, account->id))
            room_tell(room, message_create_text(json, len), now_us);
}
