// SPDX-License-Identifier: MIT
// What can be set, in one table: flag, environment variable, line of the config file, default and
// help text are all read from it. Later ones win: default, config file, environment, command line.
// Pure but for getenv and reading the config file.
#ifndef TABCAST_RELAY_OPTIONS_H
#define TABCAST_RELAY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPTION_TEXT_BYTES 256

struct options {
    char listen[OPTION_TEXT_BYTES];
    char data[OPTION_TEXT_BYTES];
    char public_url[OPTION_TEXT_BYTES];
    char tls_cert[OPTION_TEXT_BYTES];
    char tls_key[OPTION_TEXT_BYTES];
    char web[OPTION_TEXT_BYTES];
    char log_format[OPTION_TEXT_BYTES];
    char log_level[OPTION_TEXT_BYTES];
    char fanout[OPTION_TEXT_BYTES];
    char ride[OPTION_TEXT_BYTES];
    char tcp_congestion[OPTION_TEXT_BYTES];
    char registration[OPTION_TEXT_BYTES];
    char creators[OPTION_TEXT_BYTES];
    uint32_t threads; // 0: one per core
    uint32_t max_rooms;
    uint32_t max_members;
    uint32_t max_connections;
    uint32_t max_per_address;
    uint32_t shows_per_minute;
    uint32_t accounts_per_minute;
    uint32_t sign_ins_per_minute;
    uint32_t publisher_kbps;
    uint32_t recorder_queue_mb;
    char push_contact[OPTION_TEXT_BYTES];
    char oidc_issuer[OPTION_TEXT_BYTES];
    char oidc_client_id[OPTION_TEXT_BYTES];
    char oidc_client_secret_file[OPTION_TEXT_BYTES];
    char oidc_name[OPTION_TEXT_BYTES];
    char smtp_url[OPTION_TEXT_BYTES];
    char smtp_user[OPTION_TEXT_BYTES];
    char smtp_password_file[OPTION_TEXT_BYTES];
    char smtp_ca[OPTION_TEXT_BYTES];
    char mail_from[OPTION_TEXT_BYTES];
    bool trust_proxy;
    bool push_anywhere;
};

void options_init(struct options *o); // the defaults

// Each returns true, or writes what is wrong to `error`.
bool options_read_config(struct options *o, const char *text, size_t len, char *error,
                         size_t error_cap);
bool options_read_config_file(struct options *o, const char *path, char *error, size_t error_cap);
// `get`: getenv, or a test's.
bool options_read_environment(struct options *o, char *(*get)(const char *name), char *error,
                              size_t error_cap);
// argv without program and command. `--config FILE` is read before all others.
bool options_read_arguments(struct options *o, int argc, char **argv, char *error,
                            size_t error_cap);
// What only shows when all are known: a listen address that is none, a key without a certificate.
bool options_check(const struct options *o, char *error, size_t error_cap);

// Splits "HOST:PORT", "[IPV6]:PORT" or ":PORT"; "localhost" becomes 127.0.0.1. False when it is
// none of these.
bool listen_address_read(const char *text, char host[OPTION_TEXT_BYTES], uint16_t *port);

void options_print_help(FILE *out);

#endif
