// SPDX-License-Identifier: MIT
#include "relay/insiders.h"

#include "relay/presence.h"
#include "relay/room.h"
#include "relay/session.h"
#include "relay/session_door.h"
#include "relay/show_door.h"

// Something has changed about those who are inside by an account.
struct change {
    enum { BANNED, SIGNED_OUT, HAS_ROLE } kind;
    const char *account_id;
    const char *session_id; // by this session of it; "" = by any
    const char *kept_id;    // but this one; "" = none
    enum account_role role; // HAS_ROLE
};

static bool is_about(const struct change *c, const struct person *person, const char *session_id) {
    return strcmp(person->id, c->account_id) == 0 &&
           (!c->session_id[0] || strcmp(session_id, c->session_id) == 0) &&
           (!c->kept_id[0] || strcmp(session_id, c->kept_id) != 0);
}

// NULL: not a plain one.
static struct plain_insider *plain_of(struct viewer *v) {
    return v->is_plain ? (struct plain_insider *)v : NULL; // its first member
}

// What the show's door says to somebody: REFUSAL_NONE, or why they may not be inside any more.
static enum refusal ask(const struct room *room, const struct person *person, const char *pass,
                        uint64_t now_us) {
    struct show_visitor visitor = {.pass = pass ? pass : "",
                                   .unix_us = relay_unix_us(room->relay, now_us)};
    struct show_door door;
    if (person)
        visitor.person = *person;
    show_door_of(&door, room->show);
    return session_door_answer(&door, &visitor);
}

static void change_session(struct session *s, const struct change *c, uint64_t now_us) {
    enum refusal why = REFUSAL_BANNED;
    if (c->kind == HAS_ROLE)
        s->member->person.role = c->role;
    if (c->kind != BANNED)
        why = ask(s->room, c->kind == HAS_ROLE ? &s->member->person : NULL, s->pass, now_us);
    if (why != REFUSAL_NONE)
        session_turn_out(s, why, now_us);
    else if (c->kind == SIGNED_OUT)
        presence_become_guest(s, now_us);
}

static void change_plain(struct plain_insider *p, const struct change *c, uint64_t now_us) {
    if (c->kind == HAS_ROLE)
        p->person.role = c->role;
    else
        p->person = (struct person){0};
    if (c->kind == BANNED || ask(p->viewer.room, &p->person, p->pass, now_us) != REFUSAL_NONE)
        p->viewer.is_turned_out = true; // it notices with the next message
}

static void change_all(struct relay *r, const struct change *c, uint64_t now_us) {
    r->identity_changes++;
    for (struct room *room = r->rooms; room; room = room->next) {
        for (struct session *s = room->sessions; s; s = s->room_next)
            if (s->member && s->state != SESSION_CLOSING &&
                is_about(c, &s->member->person, s->member->session_id))
                change_session(s, c, now_us);
        for (struct branch *b = room->branches; b; b = b->next)
            for (uint32_t i = 0; i < b->count; i++) {
                struct plain_insider *const p = plain_of(b->viewers[i]);
                if (p && is_about(c, &p->person, p->session_id))
                    change_plain(p, c, now_us);
            }
    }
}

void insiders_banned(struct relay *r, const char *account_id, uint64_t now_us) {
    const struct change c = {BANNED, account_id, "", "", ROLE_MEMBER};
    change_all(r, &c, now_us);
    for (struct room *room = r->rooms; room; room = room->next)
        if (room->publisher && strcmp(room->show->account_id, account_id) == 0)
            session_turn_out(room->publisher, REFUSAL_BANNED, now_us);
}

void insiders_signed_out(struct relay *r, const char *account_id, const char *session_id,
                         const char *kept_id, uint64_t now_us) {
    const struct change c = {SIGNED_OUT, account_id, session_id, kept_id, ROLE_MEMBER};
    change_all(r, &c, now_us);
}

void insiders_have_role(struct relay *r, const char *account_id, enum account_role role,
                        uint64_t now_us) {
    const struct change c = {HAS_ROLE, account_id, "", "", role};
    change_all(r, &c, now_us);
}

const char *insiders_find(const struct relay *r, const char *account_id) {
    for (const struct room *room = r->rooms; room; room = room->next) {
        for (const struct session *s = room->sessions; s; s = s->room_next)
            if (s->member && strcmp(s->member->person.id, account_id) == 0)
                return s->member->person.canonical;
        for (const struct branch *b = room->branches; b; b = b->next)
            for (uint32_t i = 0; i < b->count; i++) {
                const struct plain_insider *const p = plain_of(b->viewers[i]);
                if (p && strcmp(p->person.id, account_id) == 0)
                    return p->person.canonical;
            }
    }
    return NULL;
}

void insiders_door_changed(struct room *room, uint64_t now_us) {
    for (struct session *s = room->sessions; s; s = s->room_next) {
        if (s->is_publisher || s->state == SESSION_CLOSING)
            continue;
        const enum refusal why = ask(room, s->member ? &s->member->person : NULL, s->pass, now_us);
        if (why != REFUSAL_NONE)
            session_turn_out(s, why, now_us);
    }
    for (struct branch *b = room->branches; b; b = b->next)
        for (uint32_t i = 0; i < b->count; i++) {
            struct plain_insider *const p = plain_of(b->viewers[i]);
            if (p && ask(room, &p->person, p->pass, now_us) != REFUSAL_NONE)
                p->viewer.is_turned_out = true;
        }
}
