// SPDX-License-Identifier: MIT
#include "relay/options.h"

#include "relay/mail_address.h"
#include "relay/openid_trust.h"
#include "relay/relay_limits.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { OPTION_TEXT, OPTION_NUMBER, OPTION_SWITCH };

struct option {
    const char *name; // --name; TABCAST_NAME with _ for -; `name = value` in the config file
    const char *argument;
    enum option_kind kind;
    size_t offset;
    const char *text;                 // default
    uint32_t number, lowest, highest; // default and range
    const char *help;
};

#define TEXT(name_, field, argument_, default_, help_)                                             \
    {                                                                                              \
        .name = name_, .argument = argument_, .kind = OPTION_TEXT,                                 \
        .offset = offsetof(struct options, field), .text = default_, .help = help_                 \
    }
#define NUMBER(name_, field, default_, lowest_, highest_, help_)                                   \
    {                                                                                              \
        .name = name_, .argument = "N", .kind = OPTION_NUMBER,                                     \
        .offset = offsetof(struct options, field), .number = default_, .lowest = lowest_,          \
        .highest = highest_, .help = help_                                                         \
    }
#define SWITCH(name_, field, help_)                                                                \
    {                                                                                              \
        .name = name_, .argument = "", .kind = OPTION_SWITCH,                                      \
        .offset = offsetof(struct options, field), .help = help_                                   \
    }

// clang-format off
static const struct option table[] = {
    TEXT("listen", listen, "HOST:PORT", "127.0.0.1:8080", "address to serve; port 0 picks a free one, host 0.0.0.0 is all"),
    TEXT("data", data, "DIR", "./data", "folder of recordings, made when missing"),
    TEXT("public-url", public_url, "URL", "", "what people type, when a proxy stands in front"),
    TEXT("tls-cert", tls_cert, "FILE", "", "certificate chain (PEM); needs --tls-key"),
    TEXT("tls-key", tls_key, "FILE", "", "private key (PEM)"),
    SWITCH("trust-proxy", trust_proxy, "take the peer's address from X-Forwarded-For"),
    TEXT("web", web, "DIR", "", "serve the page from this folder instead of the built-in one (development)"),
    TEXT("log-format", log_format, "text|json", "text", "one line per event, for people or programs"),
    TEXT("log-level", log_level, "LEVEL", "info", "debug, info, warn or error"),
    NUMBER("threads", threads, 0, 0, LIMIT_LOOPS_COUNT, "event loops; 0 is one per core"),
    TEXT("fanout", fanout, "auto|io_uring|send", "auto", "how media goes to many sockets; auto is io_uring where it works"),
    TEXT("ride", ride, "auto|always|never", "auto", "sound waits up to 40 ms for the next picture, at half the work; auto is when a core is busy"),
    TEXT("tcp-congestion", tcp_congestion, "NAME", "", "how TCP shares a line: cubic, bbr, … as the kernel has it; else the system's"),
    NUMBER("max-rooms", max_rooms, LIMIT_ROOMS_DEFAULT_COUNT, 1, 100000, "rooms open at once"),
    NUMBER("max-members", max_members, LIMIT_MEMBERS_DEFAULT_COUNT, 1, 1000000, "members of one room"),
    NUMBER("max-connections", max_connections, LIMIT_CONNECTIONS_DEFAULT_COUNT, 16, 1000000, "connections at once; the limit of open files is raised for them"),
    NUMBER("max-per-address", max_per_address, LIMIT_PER_ADDRESS_DEFAULT_COUNT, 1, 1000000, "connections of one address (IPv6: one /64); not with --trust-proxy"),
    NUMBER("shows-per-minute", shows_per_minute, LIMIT_SHOWS_PER_MINUTE_DEFAULT, 1, 60000, "shows one address may make in a minute"),
    TEXT("registration", registration, "open|invitation|closed", "open", "who may sign up; an admin invites, and `tabcast account create` always works"),
    TEXT("creators", creators, "anybody|accounts", "anybody", "who may make shows: guests too, or only who has signed in"),
    NUMBER("accounts-per-minute", accounts_per_minute, LIMIT_ACCOUNTS_PER_MINUTE_DEFAULT, 1, 60000, "accounts one address may make in a minute"),
    NUMBER("sign-ins-per-minute", sign_ins_per_minute, LIMIT_SIGN_INS_PER_MINUTE_DEFAULT, 1, 60000, "wrong passwords one address may send in a minute"),
    TEXT("push-contact", push_contact, "URL", "", "whom push services ask about us: mailto:… or https:…; else --public-url"),
    TEXT("smtp-url", smtp_url, "URL", "", "mail server: smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT; without it no mail is sent"),
    TEXT("smtp-user", smtp_user, "NAME", "", "signs in to the mail server; needs --smtp-password-file"),
    TEXT("smtp-password-file", smtp_password_file, "FILE", "", "whose first line is the password"),
    TEXT("smtp-ca", smtp_ca, "FILE", "", "authorities (PEM) for the mail server's certificate, instead of the system's"),
    TEXT("mail-from", mail_from, "MAILBOX", "", "whom mail comes from: shows@example.org, or Shows <shows@example.org>"),
    SWITCH("push-anywhere", push_anywhere, "Web Push to plain http and private addresses, too; for tests"),
    TEXT("oidc-issuer", oidc_issuer, "URL", "", "OpenID provider to sign in at, too; it sends people back to PUBLIC-URL/sign-in"),
    TEXT("oidc-client-id", oidc_client_id, "ID", "", "what that provider calls this site"),
    TEXT("oidc-client-secret-file", oidc_client_secret_file, "FILE", "", "what this site shows it; without one PKCE alone"),
    TEXT("oidc-name", oidc_name, "NAME", "", "what people are shown of it; else its host"),
    NUMBER("publisher-kbps", publisher_kbps, LIMIT_PUBLISHER_DEFAULT_BPS / 1000, 100, 1000000, "most kbit/s one show may send"),
    NUMBER("recorder-queue-mb", recorder_queue_mb, 32, 1, 4096, "MiB that may wait for a slow disk"),
};
// clang-format on
#define OPTION_COUNT (sizeof(table) / sizeof(table[0]))

static void *field_of(struct options *o, const struct option *option) {
    return (char *)o + option->offset;
}

void options_init(struct options *o) {
    memset(o, 0, sizeof(*o));
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (table[i].kind == OPTION_TEXT)
            snprintf(field_of(o, &table[i]), OPTION_TEXT_BYTES, "%s", table[i].text);
        else if (table[i].kind == OPTION_NUMBER)
            memcpy(field_of(o, &table[i]), &table[i].number, sizeof(uint32_t));
    }
}

static bool set_number(struct options *o, const struct option *option, const char *value) {
    char *end;
    errno = 0;
    const unsigned long number = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end || errno || number < option->lowest ||
        number > option->highest)
        return false;
    const uint32_t stored = (uint32_t)number;
    memcpy(field_of(o, option), &stored, sizeof(stored));
    return true;
}

static bool set_switch(struct options *o, const struct option *option, const char *value) {
    const bool is_on = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
    if (!is_on && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
        return false;
    memcpy(field_of(o, option), &is_on, sizeof(is_on));
    return true;
}

static bool set(struct options *o, const struct option *option, const char *value, char *error,
                size_t error_cap) {
    switch (option->kind) {
    case OPTION_TEXT:
        if (strlen(value) < OPTION_TEXT_BYTES) {
            snprintf(field_of(o, option), OPTION_TEXT_BYTES, "%s", value);
            return true;
        }
        snprintf(error, error_cap, "%s: longer than %d bytes", option->name, OPTION_TEXT_BYTES - 1);
        return false;
    case OPTION_NUMBER:
        if (set_number(o, option, value))
            return true;
        snprintf(error, error_cap, "%s: a number from %u to %u is needed, not \"%.40s\"",
                 option->name, option->lowest, option->highest, value);
        return false;
    case OPTION_SWITCH:
        if (set_switch(o, option, value))
            return true;
        snprintf(error, error_cap, "%s: true or false is needed, not \"%.40s\"", option->name,
                 value);
        return false;
    }
    return false;
}

static const struct option *find(const char *name, size_t len) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(table[i].name) == len && strncmp(table[i].name, name, len) == 0)
            return &table[i];
    return NULL;
}

// One line: `name = value`, a comment behind '#' at its start, or nothing.
static bool read_line(struct options *o, const char *line, size_t len, char *error,
                      size_t error_cap) {
    char value[OPTION_TEXT_BYTES];
    while (len && isspace((unsigned char)line[0]))
        line++, len--;
    while (len && isspace((unsigned char)line[len - 1]))
        len--;
    if (!len || line[0] == '#')
        return true;
    const char *const equals = memchr(line, '=', len);
    size_t name_len = equals ? (size_t)(equals - line) : len;
    while (name_len && isspace((unsigned char)line[name_len - 1]))
        name_len--;
    const struct option *const option = find(line, name_len);
    if (!option || !equals) {
        snprintf(error, error_cap, "config: \"%.*s\" is no `name = value` of an option",
                 (int)(len < 60 ? len : 60), line);
        return false;
    }
    const char *from = equals + 1;
    while (from < line + len && isspace((unsigned char)*from))
        from++;
    const size_t value_len = (size_t)(line + len - from);
    if (value_len >= sizeof(value) || memchr(from, '\0', value_len)) {
        snprintf(error, error_cap, "%s: too long, or not text", option->name);
        return false;
    }
    memcpy(value, from, value_len);
    value[value_len] = '\0';
    return set(o, option, value, error, error_cap);
}

bool options_read_config(struct options *o, const char *text, size_t len, char *error,
                         size_t error_cap) {
    for (size_t start = 0; start < len;) {
        const char *const end = memchr(text + start, '\n', len - start);
        const size_t line_len = end ? (size_t)(end - (text + start)) : len - start;
        if (!read_line(o, text + start, line_len, error, error_cap))
            return false;
        start += line_len + 1;
    }
    return true;
}

bool options_read_config_file(struct options *o, const char *path, char *error, size_t error_cap) {
    char text[16384];
    FILE *const file = fopen(path, "rb");
    if (!file) {
        snprintf(error, error_cap, "%.120s: %s", path, strerror(errno));
        return false;
    }
    const size_t len = fread(text, 1, sizeof(text), file);
    fclose(file);
    if (len == sizeof(text)) {
        snprintf(error, error_cap, "%.120s: longer than 16 KiB", path);
        return false;
    }
    return options_read_config(o, text, len, error, error_cap);
}

bool options_read_environment(struct options *o, char *(*get)(const char *name), char *error,
                              size_t error_cap) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof(name), "TABCAST_%s", table[i].name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        const char *const value = get(name);
        if (value && *value && !set(o, &table[i], value, error, error_cap))
            return false;
    }
    return true;
}

bool options_read_arguments(struct options *o, int argc, char **argv, char *error,
                            size_t error_cap) {
    for (int i = 0; i < argc; i++) {
        const char *const argument = argv[i];
        const char *const name = strncmp(argument, "--", 2) == 0 ? argument + 2 : "";
        const size_t len = strcspn(name, "=");
        const char *value = name[len] == '=' ? name + len + 1 : NULL;
        const bool is_config = len == 6 && strncmp(name, "config", 6) == 0;
        const struct option *const option = find(name, len);
        if (!option && !is_config) {
            snprintf(error, error_cap, "unknown argument \"%.60s\"; see --help", argument);
            return false;
        }
        if (!value && option && option->kind == OPTION_SWITCH)
            value = "true";
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (!value) {
            snprintf(error, error_cap, "%.60s needs a value", argument);
            return false;
        }
        if (option && !set(o, option, value, error, error_cap))
            return false;
    }
    return true;
}

bool listen_address_read(const char *text, char host[OPTION_TEXT_BYTES], uint16_t *port) {
    uint8_t address[16];
    char *end;
    const char *const colon = strrchr(text, ':');
    if (!colon || !isdigit((unsigned char)colon[1]) || strlen(text) >= OPTION_TEXT_BYTES)
        return false;
    const unsigned long number = strtoul(colon + 1, &end, 10);
    if (*end || number > UINT16_MAX)
        return false;
    size_t len = (size_t)(colon - text);
    if (len > 1 && text[0] == '[' && text[len - 1] == ']')
        text++, len -= 2;
    memcpy(host, text, len);
    host[len] = '\0';
    if (strcmp(host, "localhost") == 0)
        snprintf(host, OPTION_TEXT_BYTES, "127.0.0.1");
    *port = (uint16_t)number;
    return !host[0] || inet_pton(AF_INET, host, address) == 1 ||
           inet_pton(AF_INET6, host, address) == 1;
}

static bool is_one_of(const char *value, const char *a, const char *b, const char *c) {
    return strcmp(value, a) == 0 || strcmp(value, b) == 0 || strcmp(value, c) == 0;
}

static const char *openid_fault(const struct options *o) {
    if (!o->oidc_issuer[0])
        return o->oidc_client_id[0] || o->oidc_client_secret_file[0] || o->oidc_name[0]
                   ? "oidc-client-id, oidc-client-secret-file and oidc-name need oidc-issuer"
                   : NULL;
    if (!openid_url_is_safe(o->oidc_issuer, true) || strchr(o->oidc_issuer, '?'))
        return "oidc-issuer: begins with https:// (http:// on this machine alone), without ? and #";
    if (!o->oidc_client_id[0])
        return "oidc-issuer needs oidc-client-id";
    return strlen(o->oidc_name) > LIMIT_NAME_BYTES ? "oidc-name: at most 64 bytes" : NULL;
}

static const char *mail_fault(const struct options *o) {
    struct mail_server server;
    struct mailbox from;
    if (!o->smtp_url[0])
        return NULL;
    if (!mail_server_read(&server, o->smtp_url))
        return "smtp-url: smtp://HOST:PORT or smtps://HOST:PORT";
    if (!mailbox_read(&from, o->mail_from))
        return "mail-from: shows@example.org, or Shows <shows@example.org>; smtp-url needs it";
    if (!o->smtp_user[0] != !o->smtp_password_file[0])
        return "smtp-user and smtp-password-file belong together";
    // Never out of a request's Host, which anybody may write.
    return o->public_url[0] ? NULL : "smtp-url: needs public-url, for the links in mail";
}

bool options_check(const struct options *o, char *error, size_t error_cap) {
    char host[OPTION_TEXT_BYTES];
    uint16_t port;
    const char *wrong = NULL;
    if (!listen_address_read(o->listen, host, &port))
        wrong = "listen: HOST:PORT is needed, with a numeric address";
    else if (!o->data[0])
        wrong = "data: a folder is needed";
    else if (!o->tls_cert[0] != !o->tls_key[0])
        wrong = "tls-cert and tls-key belong together";
    else if (strcmp(o->log_format, "text") != 0 && strcmp(o->log_format, "json") != 0)
        wrong = "log-format: text or json";
    else if (strcmp(o->log_level, "debug") != 0 && strcmp(o->log_level, "info") != 0 &&
             strcmp(o->log_level, "warn") != 0 && strcmp(o->log_level, "error") != 0)
        wrong = "log-level: debug, info, warn or error";
    else if (!is_one_of(o->fanout, "auto", "io_uring", "send"))
        wrong = "fanout: auto, io_uring or send";
    else if (!is_one_of(o->registration, "open", "invitation", "closed"))
        wrong = "registration: open, invitation or closed";
    else if (!is_one_of(o->creators, "anybody", "accounts", "accounts"))
        wrong = "creators: anybody or accounts";
    else if (!is_one_of(o->ride, "auto", "always", "never"))
        wrong = "ride: auto, always or never";
    else if (o->public_url[0] && strncmp(o->public_url, "http://", 7) != 0 &&
             strncmp(o->public_url, "https://", 8) != 0)
        wrong = "public-url: begins with http:// or https://";
    if (!wrong)
        wrong = openid_fault(o);
    if (!wrong)
        wrong = mail_fault(o);
    if (wrong)
        snprintf(error, error_cap, "%s", wrong);
    return !wrong;
}

void options_print_help(FILE *out) {
    fprintf(out, "  --config FILE             lines of `name = value`, names as below; `#` begins "
                 "a comment\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const int width = fprintf(out, "  --%s %s", table[i].name, table[i].argument);
        fprintf(out, "%*s%s", width < 27 ? 28 - width : 1, "", table[i].help);
        if (table[i].kind == OPTION_NUMBER)
            fprintf(out, " (%u)", table[i].number);
        else if (table[i].kind == OPTION_TEXT && table[i].text[0])
            fprintf(out, " (%s)", table[i].text);
        fputc('\n', out);
    }
    fprintf(out, "Each may also be set in the environment: --max-rooms is TABCAST_MAX_ROOMS. Flags "
                 "win over the\n"
                 "environment, the environment over the file.\n");
}
