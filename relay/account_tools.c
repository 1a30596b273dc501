// SPDX-License-Identifier: MIT
#include "relay/account_tools.h"

#include "relay/account_names.h"
#include "relay/password_hash.h"
#include "relay/store_sqlite.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int complain(const char *what) {
    fprintf(stderr, "tabcast: %s\n", what);
    return 1;
}

static struct store *open_store(const char *data_dir) {
    const struct store_config config = {0};
    char path[512], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof(path), "%s/" STORE_FILE, data_dir);
    if (mkdir(data_dir, 0755) != 0 && errno != EEXIST) {
        fprintf(stderr, "tabcast: %s: %s\n", data_dir, strerror(errno));
        return NULL;
    }
    struct store *const s = store_sqlite_open(&config, path, error);
    if (!s)
        complain(error);
    return s;
}

static void drain(struct store *s) {
    while (store_wait(s))
        store_poll(s);
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
    struct store *const s = open_store(data_dir);
    if (!s)
        return 1;
    if (store_account_create(s, &account, NULL, on_account, &answer) == STORE_OK)
        drain(s);
    store_close(s);
    if (answer.status == STORE_OK)
        printf("%s\t%s\t%s\n", answer.account.id, answer.account.name,
               account_role_name(answer.account.role));
    return outcome(&answer, name);
}

int account_tools_passwd(const char *data_dir, const char *name) {
    struct answer answer = {.status = STORE_FAILED};
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1], hash[LIMIT_PASSWORD_HASH_BYTES + 1];
    (void)account_name_read(canonical, name);
    if (!read_hash(hash, name))
        return 1;
    struct store *const s = open_store(data_dir);
    if (!s)
        return 1;
    if (store_account_find(s, canonical, "", on_account, &answer) == STORE_OK)
        drain(s);
    if (answer.status == STORE_OK) {
        answer.status = STORE_FAILED;
        if (store_account_set_password(s, answer.account.id, hash, "", on_done, &answer) ==
            STORE_OK)
            drain(s);
    }
    store_close(s);
    return outcome(&answer, name);
}

int account_tools_grant(const char *data_dir, const char *name, const char *role_name) {
    struct answer answer = {.status = STORE_FAILED};
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    enum account_role role;
    (void)account_name_read(canonical, name);
    if (!account_role_read(&role, role_name))
        return complain("a role is member, moderator or admin");
    struct store *const s = open_store(data_dir);
    if (!s)
        return 1;
    if (store_account_set_role(s, canonical, role, on_done, &answer) == STORE_OK)
        drain(s);
    store_close(s);
    return outcome(&answer, name);
}
