// SPDX-License-Identifier: MIT
#include "relay/session_door.h"

#include "relay/presence.h"
#include "relay/relay.h"
#include "relay/show_door.h"
#include "relay/show_pass.h"
#include <stdlib.h>
#include <string.h>

// A question to the store outlives a session that goes away meanwhile.
struct question {
    struct session *session; // NULL: it is gone
};

struct session_papers {
    char token[LIMIT_KEY_CHARS + 1];
    struct session_member *member; // whose token it is; NULL = a guest
    uint64_t asked_at;             // relay->identity_changes then
    bool is_asked, is_identified;
    struct question *question;     // asked and not answered
    struct control_message *hello; // what waits for the answer
    char cookies[];
};

void session_door_bring(struct session *s, const char *authorization, const char *cookies) {
    char token[LIMIT_KEY_CHARS + 1];
    const char *const passes = strstr(cookies, SHOW_PASS_COOKIE) ? cookies : "";
    http_token_read(token, authorization, cookies);
    if (!token[0] && !passes[0])
        return;
    struct session_papers *const papers = calloc(1, sizeof(*papers) + strlen(passes) + 1);
    if (!papers)
        return;
    memcpy(papers->token, token, sizeof(token));
    strcpy(papers->cookies, passes);
    s->papers = papers;
}

static struct session_member *member_of(const struct store_session *found,
                                        const struct store_account *account) {
    struct session_member *const member = malloc(sizeof(*member));
    if (!member)
        return NULL;
    member->person = person_of(account);
    memcpy(member->session_id, found->id, sizeof(member->session_id));
    memcpy(member->name, account->name, sizeof(member->name));
    memcpy(member->display_name, account->display_name, sizeof(member->display_name));
    member->is_invisible = found->is_invisible;
    return member;
}

static void on_session(void *ctx, enum store_status status, const struct store_session *found,
                       const struct store_account *account) {
    struct question *const question = ctx;
    struct session *const s = question->session;
    free(question);
    if (!s)
        return;
    s->papers->question = NULL;
    s->papers->is_asked = true;
    s->papers->member = status == STORE_OK ? member_of(found, account) : NULL;
    s->papers->is_identified = s->papers->member || status == STORE_NOT_FOUND;
    s->relay->wake(s->conn); // session_pull goes on, on the session's own loop
}

// False: it cannot be asked now; then the session is a guest's.
static bool identify(struct session *s, const struct control_message *hello, int64_t unix_us) {
    struct session_papers *const papers = s->papers;
    struct question *const question = malloc(sizeof(*question));
    uint8_t hash[SECRET_HASH_LEN];
    papers->hello = malloc(sizeof(*papers->hello));
    papers->asked_at = s->relay->identity_changes;
    secret_hash(hash, papers->token);
    if (question && papers->hello) {
        question->session = s;
        if (store_session_find(s->relay->store, hash, unix_us, on_session, question) == STORE_OK) {
            *papers->hello = *hello;
            papers->question = question;
            return true;
        }
    }
    free(question);
    free(papers->hello);
    papers->hello = NULL;
    return false;
}

enum refusal session_door_answer(const struct show_door *door, const struct show_visitor *visitor) {
    const enum show_entry entry = show_door_entry(door, visitor);
    if (entry == SHOW_ENTRY_OPEN)
        return REFUSAL_NONE;
    return entry == SHOW_ENTRY_HIDDEN ? REFUSAL_NOT_FOUND : REFUSAL_LOCKED;
}

// What was found may be so no more.
static void forget_if_old(struct session *s) {
    struct session_papers *const papers = s->papers;
    if (!papers->is_asked || papers->asked_at == s->relay->identity_changes)
        return;
    papers->is_asked = papers->is_identified = false;
    free(papers->member);
    papers->member = NULL;
}

enum refusal session_door_ask(struct session *s, const struct show *show,
                              const struct control_message *hello, uint64_t now_us) {
    struct session_papers *const papers = s->papers;
    char pass[SHOW_PASS_CHARS + 1] = "";
    struct show_visitor visitor = {.pass = pass, .unix_us = relay_unix_us(s->relay, now_us)};
    struct show_door door;
    if (papers)
        forget_if_old(s);
    if (papers && papers->token[0] && !papers->is_asked && s->relay->accounts &&
        identify(s, hello, visitor.unix_us))
        return REFUSAL_NONE;
    show_door_of(&door, show);
    if (papers) {
        show_pass_find(pass, papers->cookies, show->id);
        if (papers->member)
            visitor.person = papers->member->person;
    }
    return session_door_answer(&door, &visitor);
}

void session_door_keep(struct session *s, const struct show *show) {
    char pass[SHOW_PASS_CHARS + 1];
    if (!s->papers)
        return;
    s->member = s->papers->member;
    s->papers->member = NULL;
    show_pass_find(pass, s->papers->cookies, show->id);
    if (pass[0])
        s->pass = strdup(pass); // out of memory: it is asked for once more when that matters
}

bool session_door_is_sure(const struct session *s) {
    return !s->papers || !s->papers->token[0] || s->papers->is_identified || !s->relay->accounts;
}

bool session_door_waits(const struct session *s) { return s->papers && s->papers->hello; }

bool session_door_is_ready(const struct session *s) {
    return session_door_waits(s) && !s->papers->question;
}

bool session_door_take_hello(struct session *s, struct control_message *out) {
    if (!session_door_is_ready(s))
        return false;
    *out = *s->papers->hello;
    free(s->papers->hello);
    s->papers->hello = NULL;
    return true;
}

void session_door_dispose(struct session *s) {
    struct session_papers *const papers = s->papers;
    if (!papers)
        return;
    if (papers->question)
        papers->question->session = NULL;
    free(papers->hello);
    free(papers->member);
    free(papers);
    s->papers = NULL;
}
