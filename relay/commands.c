// SPDX-License-Identifier: MIT
#include "relay/commands.h"

#include "relay/account_tools.h"
#include "relay/mail_tools.h"
#include "relay/site_tools.h"
#include "relay/store_tools.h"
#include "relay/tools.h"
#include <string.h>

static int account_create(const struct options *o, char **words) {
    return account_tools_create(o->data, words[0]);
}
static int account_passwd(const struct options *o, char **words) {
    return account_tools_passwd(o->data, words[0]);
}
static int account_reset(const struct options *o, char **words) {
    return account_tools_reset(o->data, words[0], o->public_url);
}
static int account_grant(const struct options *o, char **words) {
    return account_tools_grant(o->data, words[0], words[1]);
}
static int account_ban(const struct options *o, char **words) {
    return account_tools_ban(o->data, words[0], true);
}
static int account_unban(const struct options *o, char **words) {
    return account_tools_ban(o->data, words[0], false);
}
static int account_list(const struct options *o, char **words) {
    (void)words;
    return account_tools_list(o->data);
}
static int invitation_create(const struct options *o, char **words) {
    (void)words;
    return account_tools_invite(o->data);
}
static int invitation_list(const struct options *o, char **words) {
    (void)words;
    return account_tools_invitations(o->data);
}
static int invitation_revoke(const struct options *o, char **words) {
    return account_tools_revoke(o->data, words[0]);
}
static int show_list(const struct options *o, char **words) {
    (void)words;
    return site_tools_shows(o->data);
}
static int show_end(const struct options *o, char **words) {
    return site_tools_end_show(o->data, words[0]);
}
static int replay_list(const struct options *o, char **words) {
    (void)words;
    return tools_replay_list(o->data);
}
static int replay_repair(const struct options *o, char **words) {
    (void)words;
    return tools_replay_repair(o->data);
}
static int replay_delete(const struct options *o, char **words) {
    return site_tools_delete_replay(o->data, words[0]);
}
static int mail_test(const struct options *o, char **words) { return mail_tools_test(o, words[0]); }
static int storage(const struct options *o, char **words) {
    (void)words;
    return site_tools_storage(o->data);
}
static int backup(const struct options *o, char **words) {
    return store_tools_backup(o->data, words[0]);
}

static const struct command {
    const char *noun, *verb; // verb NULL: the noun alone
    int words;               // behind them
    const char *shown, *help;
    int (*run)(const struct options *o, char **words);
} table[] = {
    {"account", "list", 0, "", "everybody, with role and ban", account_list},
    {"account", "create", 1, "NAME", "the password is read from standard input", account_create},
    {"account", "passwd", 1, "NAME", "a new password; ends all sessions", account_passwd},
    {"account", "reset", 1, "NAME", "a link by which they set a new password", account_reset},
    {"account", "grant", 2, "NAME ROLE", "member, moderator or admin", account_grant},
    {"account", "ban", 1, "NAME", "ends sessions and shows, refuses sign-ins", account_ban},
    {"account", "unban", 1, "NAME", "takes that back", account_unban},
    {"invitation", "create", 0, "", "a code by which one person may sign up", invitation_create},
    {"invitation", "list", 0, "", "those that are open", invitation_list},
    {"invitation", "revoke", 1, "ID", "one of them", invitation_revoke},
    {"show", "list", 0, "", "what is live or announced", show_list},
    {"show", "end", 1, "ID", "ends a live show, cancels an announced one", show_end},
    {"replay", "list", 0, "", "the finished recordings", replay_list},
    {"replay", "delete", 1, "ID", "for good", replay_delete},
    {"replay", "repair", 0, "", "finalise what a crash left", replay_repair},
    {"mail", "test", 1, "ADDRESS", "tries the mail server's settings", mail_test},
    {"storage", NULL, 0, "", "bytes of replays and of the database", storage},
    {"backup", NULL, 1, "FILE", "copies accounts and shows", backup},
};
#define COMMAND_COUNT (sizeof(table) / sizeof(table[0]))

void commands_print_usage(FILE *out) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *const c = &table[i];
        const int width = fprintf(out, "       tabcast %s%s%s %s", c->noun, c->verb ? " " : "",
                                  c->verb ? c->verb : "", c->shown);
        fprintf(out, "%*s%s\n", width < 43 ? 44 - width : 1, "", c->help);
    }
}

int commands_run(int argc, char **argv, bool (*read)(struct options *o, int argc, char **argv)) {
    struct options options;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *const c = &table[i];
        const int head = c->verb ? 2 : 1;
        if (argc < head || strcmp(argv[0], c->noun) != 0 ||
            (c->verb && strcmp(argv[1], c->verb) != 0))
            continue;
        if (argc < head + c->words)
            break;
        if (!read(&options, argc - head - c->words, argv + head + c->words))
            return 2;
        return c->run(&options, argv + head);
    }
    return -1;
}
