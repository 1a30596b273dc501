// SPDX-License-Identifier: MIT
// Paths, queries and headers of HTTP requests, up to the response's head, against a relay with one
// live show and no files. Input: lines of path?query, method letter, Accept-Encoding,
// If-None-Match, Range, Origin, Content-Length, body.
#include "relay/api.h"
#include "relay/api_json.h"
#include "relay/net_http.h"
#include "relay/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void wake(struct viewer *v) { (void)v; }

// Takes the next line into a field, cut to its size.
static void take(const char **at, const char *end, char *out, size_t cap) {
    const char *const stop = memchr(*at, '\n', (size_t)(end - *at));
    size_t len = (size_t)((stop ? stop : end) - *at);
    const size_t kept = len < cap ? len : cap - 1;
    memcpy(out, *at, kept);
    out[kept] = '\0';
    *at += len + (stop != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct relay relay;
    static struct api api = {.relay = &relay, .recordings_fd = -1};
    static bool is_ready;
    if (!is_ready) {
        const struct relay_config config = {.rooms_count = 10,
                                            .members_count = 10,
                                            .shows_per_minute = 60000,
                                            .publisher_bps = 1,
                                            .public_url = "",
                                            .version = ""};
        if (random_start() != 0 || relay_init(&relay, &config, 1, 1) != 0)
            abort();
        api.assets = assets_create(NULL);
        is_ready = true;
    }
    struct http_request r = {.host = "h"};
    struct net_http_framing framing = {.version = "HTTP/1.1"};
    struct net_http_plan plan;
    struct http_response response;
    char target[LIMIT_HTTP_PATH_BYTES], method[2], head[HTTP_HEAD_BYTES], id[PATH_WORD_BYTES];
    const char *at = (const char *)data, *const end = at + len;
    take(&at, end, target, sizeof(target));
    take(&at, end, method, sizeof(method));
    take(&at, end, r.accept_encoding, sizeof(r.accept_encoding));
    take(&at, end, r.if_none_match, sizeof(r.if_none_match));
    take(&at, end, r.range, sizeof(r.range));
    take(&at, end, r.origin, sizeof(r.origin));
    take(&at, end, framing.content_length, sizeof(framing.content_length));
    const size_t path_len = strcspn(target, "?");
    memcpy(r.path, target, path_len);
    strcpy(r.query, target[path_len] ? target + path_len + 1 : "");
    strcpy(r.content_type, "application/json");
    r.method = method[0] == 'P'   ? HTTP_POST
               : method[0] == 'H' ? HTTP_HEAD
               : method[0] == 'C' ? HTTP_PATCH
               : method[0] == 'D' ? HTTP_DELETE
                                  : HTTP_GET;
    net_http_plan(&plan, &r, &framing, 0);
    assert(plan.body_len <= LIMIT_HTTP_BODY_BYTES);
    if (path_matches("/replays/ID/chat.json", r.path, id))
        assert(show_id_is_valid(id, strlen(id)));
    if (relay.shows.count > 1000)
        shows_forget_old(&relay.shows, UINT64_MAX);
    api_handle(&api, &r, at, (size_t)(end - at), wake, NULL, 1, &response);
    assert(response.status >= 200 && response.status < 600);
    const size_t head_len = http_head_write(head, sizeof(head), &response, 0);
    assert(head_len);
    // Nothing from outside starts a line of its own.
    for (size_t i = 0; i + 1 < head_len; i++)
        assert((head[i] == '\r') == (head[i + 1] == '\n') && head[i] != '\0');
    http_response_dispose(&response);
    return 0;
}
