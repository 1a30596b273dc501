// SPDX-License-Identifier: MIT
// Sends Web Push messages on threads of its own, behind a bounded queue: encrypts, signs, posts.
// (The fan-out of media to viewers is push.h; these two have nothing in common but the word.)
#ifndef TABCAST_RELAY_WEBPUSH_H
#define TABCAST_RELAY_WEBPUSH_H

#include "relay/relay_limits.h"
#include "relay/webpush_crypto.h"

struct webpush;

struct webpush_target {
    char endpoint[LIMIT_ENDPOINT_BYTES + 1];
    uint8_t point[WEBPUSH_POINT_LEN]; // the browser's
    uint8_t auth[WEBPUSH_AUTH_LEN];
};

struct webpush_config {
    struct webpush_key key;
    const char *subject;     // whom push services ask; outlives this
    bool is_anywhere;        // http and private addresses, too
    int64_t (*unix_s)(void); // from any thread
    void (*wake)(void *ctx); // from any thread: webpush_poll has something to do; may be NULL
    void *wake_ctx;
};

// Longest text: one record of RFC 8188.
#define WEBPUSH_TEXT_BYTES 3000

// Reads the key in `path`, or makes one there that its owner alone can read. False: errno says why.
bool webpush_key_load(struct webpush_key *out, const char *path);

// https (or, when anywhere, http), a host, nothing that could end a header. Writes its origin.
bool webpush_endpoint_read(char origin[256], const char *endpoint, bool is_anywhere);

struct webpush *webpush_create(const struct webpush_config *config); // NULL: memory or threads
// Gives up what waits. Also NULL.
void webpush_destroy(struct webpush *w);

// False: too much waits, memory is out, or the text is too long; nothing is sent.
bool webpush_send(struct webpush *w, const struct webpush_target *target, const char *text);

// Calls on_gone for each endpoint that the service does not know any more.
void webpush_poll(struct webpush *w, void (*on_gone)(void *ctx, const char *endpoint), void *ctx);

struct webpush_counts {
    uint64_t sent, gone, failed;
};
struct webpush_counts webpush_count(struct webpush *w);

#endif
