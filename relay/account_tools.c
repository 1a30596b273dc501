// SPDX-License-Identifier: MIT
#include "relay/account_tools.h"

#include "relay/account_names.h"
#include "relay/password_hash.h"
#include "relay/store_tools.h"
#include "relay/time_text.h"
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int complain(const char *what) {
    fprintf(stderr, "tabcast: %s\n", what);
    return 1;
}

// A line from standard input, which is not shown if it is a terminal's.
static bool read_password(char out[LIMIT_PASSWORD_BYTES + 2], const char *name) {
    struct termios shown, hidden;
    const bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (is_terminal) {
        fprintf(stderr, "Password for %s: ", name);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    const bool has_line = fgets(out, LIMIT_PASSWORD_BYTES + 2, stdin) != NULL;
    if (is_terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    const size_t len = has_line ? strcspn(out, "\n") : 0;
    if (!has_line || len > LIMIT_PASSWORD_BYTES) {
        complain("a password of at most 200 bytes is needed on standard input");
        return false;
    }
    out[len] = '\0';
    const char *const fault = account_password_fault(out, name);
    if (fault)
        complain(fault);
    return !fault;
}

static bool read_hash(char hash[LIMIT_PASSWORD_HASH_BYTES + 1], const char *name) {
    char password[LIMIT_PASSWORD_BYTES + 2];
    const bool is_fine = read_password(password, name);
    const bool is_hashed = is_fine && password_hash(hash, password, strlen(password));
    password_forget(password, sizeof(password));
    if (is_fine && !is_hashed)
        complain("out of memory");
    return is_hashed;
}

struct answer {
    enum store_status status;
    struct store_account account;
};
static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    struct answer *const answer = ctx;
    (void)is_known_address;
    answer->status = status;
    if (account)
        answer->account = *account;
}
static void on_done(void *ctx, enum store_status status) {
    ((struct answer *)ctx)->status = status;
}

static int outcome(const struct answer *answer, const char *name) {
    switch (answer->status) {
    case STORE_OK:
        return 0;
    case STORE_NOT_FOUND:
        fprintf(stderr, "tabcast: there is no account %s\n", name);
        return 1;
    case STORE_TAKEN:
        fprintf(stderr, "tabcast: there is an account %s, or one like it\n", name);
        return 1;
    default:
        return complain("the store cannot be written");
    }
}

// Of what was done to answer->account a relay that serves the store hears by an errand.
static void tell_relay(struct store *s, struct answer *answer, enum store_errand_kind kind) {
    struct store_errand errand = {.kind = kind};
    memcpy(errand.subject, answer->account.id, sizeof(errand.subject));
    answer->status = STORE_FAILED;
    if (store_errand_add(s, &errand, on_done, answer) == STORE_OK)
        store_drain(s);
}

// Finds the account and leaves the store open; NULL: complained, or there is none.
static struct store *open_with(struct answer *answer, const char *data_dir, const char *name) {
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    *answer = (struct answer){.status = STORE_FAILED};
    (void)account_name_read(canonical, name);
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return NULL;
    if (store_account_find(s, canonical, "", on_account, answer) == STORE_OK)
        store_drain(s);
    if (answer->status == STORE_OK)
        return s;
    store_close(s);
    outcome(answer, name);
    return NULL;
}

int account_tools_create(const char *data_dir, const char *name) {
    struct answer answer = {.status = STORE_FAILED};
    struct store_account account = {.role = ROLE_MEMBER,
                                    .created_us = (int64_t)time(NULL) * 1000000};
    if (!account_name_read(account.canonical, name))
        return complain("a name is 2 to 32 letters and digits, with . _ - in between");
    if (!read_hash(account.password_hash, name))
        return 1;
    random_id(account.id);
    snprintf(account.name, sizeof(account.name), "%s", name);
    snprintf(account.display_name, sizeof(account.display_name), "%s", name);
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    if (store_account_create(s, &account, NULL, on_account, &answer) == STORE_OK)
        store_drain(s);
    store_close(s);
    if (answer.status == STORE_OK)
        printf("%s\t%s\t%s\n", answer.account.id, answer.account.name,
               account_role_name(answer.account.role));
    return outcome(&answer, name);
}

int account_tools_passwd(const char *data_dir, const char *name) {
    struct answer answer;
    char hash[LIMIT_PASSWORD_HASH_BYTES + 1];
    if (!read_hash(hash, name))
        return 1;
    struct store *const s = open_with(&answer, data_dir, name);
    if (!s)
        return 1;
    answer.status = STORE_FAILED;
    if (store_account_set_password(s, answer.account.id, hash, "", on_done, &answer) == STORE_OK)
        store_drain(s);
    if (answer.status == STORE_OK)
        tell_relay(s, &answer, ERRAND_SIGN_OUT);
    store_close(s);
    return outcome(&answer, name);
}

int account_tools_grant(const char *data_dir, const char *name, const char *role_name) {
    struct answer answer;
    enum account_role role;
    if (!account_role_read(&role, role_name))
        return complain("a role is member, moderator or admin");
    struct store *const s = open_with(&answer, data_dir, name);
    if (!s)
        return 1;
    answer.status = STORE_FAILED;
    if (store_account_set_role(s, answer.account.canonical, role, on_done, &answer) == STORE_OK)
        store_drain(s);
    if (answer.status == STORE_OK)
        tell_relay(s, &answer, ERRAND_FIND_ROLE);
    store_close(s);
    return outcome(&answer, name);
}

// --- Links, bans, lists

static int64_t now_us(void) { return (int64_t)time(NULL) * 1000000; }

int account_tools_reset(const char *data_dir, const char *name, const char *public_url) {
    struct answer answer;
    char code[LIMIT_KEY_CHARS + 1], until[TIME_TEXT_LEN + 1];
    struct store_reset reset = {.created_us = now_us()};
    struct store *const s = open_with(&answer, data_dir, name);
    if (!s)
        return 1;
    if (answer.account.banned_us) {
        store_close(s);
        return complain("the account is banned; take that back first");
    }
    random_key(code);
    secret_hash(reset.code_hash, code);
    memcpy(reset.account_id, answer.account.id, sizeof(reset.account_id));
    reset.expires_us = reset.created_us + LIMIT_RESET_S * 1000000LL;
    answer.status = STORE_FAILED;
    if (store_reset_create(s, &reset, on_done, &answer) == STORE_OK)
        store_drain(s);
    store_close(s);
    time_text_write(until, reset.expires_us);
    if (answer.status == STORE_OK)
        printf("%s/reset#%s\t%s\n", public_url, code, until);
    return outcome(&answer, name);
}

int account_tools_ban(const char *data_dir, const char *name, bool is_banned) {
    struct answer answer;
    struct store *const s = open_with(&answer, data_dir, name);
    if (!s)
        return 1;
    answer.status = STORE_FAILED;
    if (store_account_set_banned(s, answer.account.id, is_banned ? now_us() : 0, on_done,
                                 &answer) == STORE_OK)
        store_drain(s);
    if (answer.status == STORE_OK && is_banned)
        tell_relay(s, &answer, ERRAND_BAN);
    store_close(s);
    return outcome(&answer, name);
}

struct listing {
    enum store_status status;
    size_t count;
    char last[LIMIT_ACCOUNT_NAME_BYTES + 1];
};

static void print_accounts(void *ctx, enum store_status status, const struct store_account *rows,
                           size_t count) {
    struct listing *const l = ctx;
    char created[TIME_TEXT_LEN + 1];
    l->status = status;
    l->count = count;
    for (size_t i = 0; i < count; i++) {
        time_text_write(created, rows[i].created_us);
        printf("%s\t%s\t%s\t%s\t%s\t%s\n", rows[i].id, rows[i].name,
               account_role_name(rows[i].role), rows[i].banned_us ? "banned" : "-", created,
               rows[i].display_name);
    }
    if (count)
        memcpy(l->last, rows[count - 1].canonical, sizeof(l->last));
}

int account_tools_list(const char *data_dir) {
    struct store_account_query query = {.limit = 500};
    struct listing l = {.status = STORE_OK, .count = query.limit};
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    while (l.status == STORE_OK && l.count == query.limit) {
        memcpy(query.after, l.last, sizeof(query.after));
        l.status = STORE_FAILED;
        if (store_account_list(s, &query, print_accounts, &l) == STORE_OK)
            store_drain(s);
    }
    store_close(s);
    return l.status == STORE_OK ? 0 : complain("the store cannot be read");
}

// --- Invitations

static void print_invitations(void *ctx, enum store_status status,
                              const struct store_invitation *rows, size_t count) {
    char created[TIME_TEXT_LEN + 1], expires[TIME_TEXT_LEN + 1];
    *(enum store_status *)ctx = status;
    for (size_t i = 0; i < count; i++) {
        time_text_write(created, rows[i].created_us);
        time_text_write(expires, rows[i].expires_us);
        printf("%s\t%s\t%s\t%s\n", rows[i].id, created, expires,
               rows[i].creator_name[0] ? rows[i].creator_name : "-");
    }
}

int account_tools_invitations(const char *data_dir) {
    enum store_status status = STORE_FAILED;
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    if (store_invitation_list(s, now_us(), print_invitations, &status) == STORE_OK)
        store_drain(s);
    store_close(s);
    return status == STORE_OK ? 0 : complain("the store cannot be read");
}

int account_tools_invite(const char *data_dir) {
    struct answer answer = {.status = STORE_FAILED};
    struct store_invitation invitation = {.created_us = now_us()};
    char code[LIMIT_KEY_CHARS + 1];
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    random_id(invitation.id);
    random_key(code);
    secret_hash(invitation.code_hash, code);
    invitation.expires_us = invitation.created_us + LIMIT_INVITATION_S * 1000000LL;
    if (store_invitation_create(s, &invitation, on_done, &answer) == STORE_OK)
        store_drain(s);
    store_close(s);
    if (answer.status == STORE_OK)
        printf("%s\t%s\n", invitation.id, code);
    return answer.status == STORE_OK     ? 0
           : answer.status == STORE_BUSY ? complain("too many invitations are open")
                                         : complain("the store cannot be written");
}

int account_tools_revoke(const char *data_dir, const char *id) {
    struct answer answer = {.status = STORE_FAILED};
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    if (store_invitation_delete(s, id, on_done, &answer) == STORE_OK)
        store_drain(s);
    store_close(s);
    return answer.status == STORE_OK          ? 0
           : answer.status == STORE_NOT_FOUND ? complain("there is no such invitation")
                                              : complain("the store cannot be written");
}
