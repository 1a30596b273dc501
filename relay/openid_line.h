// SPDX-License-Identifier: MIT
// One worker's connection to the OpenID provider. Implemented by openid_curl.c: no redirects are
// followed, no answer is longer than LIMIT_OPENID_ANSWER_BYTES, none takes longer than some
// seconds. Belongs to one thread.
#ifndef TABCAST_RELAY_OPENID_LINE_H
#define TABCAST_RELAY_OPENID_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct openid_line;

// Once, before any thread of ours. May be called again.
void openid_line_start(void);
// `is_loopback`: the provider is on this machine; plain http is allowed, and no proxy is asked.
struct openid_line *openid_line_create(bool is_loopback); // NULL: memory
void openid_line_destroy(struct openid_line *line);       // also NULL

struct openid_answer {
    unsigned status;  // of HTTP; 0: none came
    const char *text; // of the line; until the next request
    size_t len;
};

// `token`: shown as a bearer's; NULL = none.
struct openid_answer openid_line_get(struct openid_line *line, const char *url, const char *token);
// `user` and `password` as HTTP has them; NULL = none.
struct openid_answer openid_line_post(struct openid_line *line, const char *url, const char *form,
                                      const char *user, const char *password);

#endif
