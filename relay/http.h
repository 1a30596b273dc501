// SPDX-License-Identifier: MIT
// HTTP requests and responses as structs, and the bytes of a response's head. Knows header rules,
// not routes (api.h) and not sockets (net_lws.c). Pure: no I/O; time is an argument.
#ifndef TABCAST_RELAY_HTTP_H
#define TABCAST_RELAY_HTTP_H

#include "relay/http_token.h"
#include "relay/message.h"
#include "relay/openid_flow.h"
#include "relay/person.h"
#include "relay/relay_limits.h"
#include "relay/show_pass.h"
#include "relay/viewer.h"
#include <stdbool.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_DELETE, HTTP_OTHER };

// What we read of a request; absent headers are "". Headers longer than LIMIT_HTTP_HEADER_BYTES
// never get here.
struct metrics;

struct http_request {
    enum http_method method;
    char path[LIMIT_HTTP_PATH_BYTES];   // percent-decoded, begins with '/'
    char query[LIMIT_HTTP_QUERY_BYTES]; // raw, without '?'
    char host[LIMIT_HTTP_HEADER_BYTES];
    char origin[LIMIT_HTTP_HEADER_BYTES];
    char accept_encoding[LIMIT_HTTP_HEADER_BYTES];
    char content_type[LIMIT_HTTP_HEADER_BYTES];
    char if_none_match[LIMIT_HTTP_HEADER_BYTES];
    char if_match[LIMIT_HTTP_HEADER_BYTES];
    char if_modified_since[LIMIT_HTTP_HEADER_BYTES];
    char if_unmodified_since[LIMIT_HTTP_HEADER_BYTES];
    char range[LIMIT_HTTP_HEADER_BYTES];
    char if_range[LIMIT_HTTP_HEADER_BYTES];
    char token[LIMIT_KEY_CHARS + 1];               // of a session (http_token.h); "" = none
    char request_key[LIMIT_REQUEST_KEY_BYTES + 1]; // Idempotency-Key; "" = none
    char pass[SHOW_PASS_CHARS + 1];                // of the show in the path; "" = none
    char openid[OPENID_PASS_CHARS + 1];            // of a way to the OpenID provider; "" = none
    struct person person;                          // whose token it is, once is_identified
    char session_id[LIMIT_ID_CHARS + 1];           // of that token
    uint64_t identified_at;                        // relay->identity_changes then
    bool is_identified;
    char agent[LIMIT_AGENT_BYTES + 1];
    char address[46];
    bool is_secure; // came over TLS
};

enum http_body_kind {
    HTTP_BODY_NONE,
    HTTP_BODY_STATIC,  // bytes that live as long as the program
    HTTP_BODY_OWNED,   // bytes from malloc
    HTTP_BODY_MESSAGE, // the payload of a message, by reference
    HTTP_BODY_FILE,    // a part of an open file
    HTTP_BODY_LIVE,    // a room's stream, without end
    HTTP_BODY_LATER,   // none yet: the answer is being made elsewhere (http_later)
    HTTP_BODY_AGAIN,   // none: who asks is known now (`person`), and the route is asked once more
};

struct http_response;

// An answer that cannot be given at once. The route that makes it owns this, as the first member of
// what it remembers: http_later_begin, then, exactly once and under the relay's lock,
// http_later_take, the response filled if there still is one, and http_later_done.
struct http_later {
    struct http_response *response; // NULL: nobody waits for it any more
    void (*ready)(void *conn);      // set by whoever asked the route
    void *conn;
};

// Which of the page's security headers a response carries.
enum http_policy {
    HTTP_POLICY_DATA, // API and media: nothing may run
    HTTP_POLICY_PAGE, // documents, scripts, workers: isolated, strict CSP
};

struct http_response {
    uint16_t status;
    enum http_policy policy;
    const char *content_type;     // NULL: none
    const char *content_encoding; // NULL: identity
    const char *cache_control;
    char etag[40];                          // with its quotes; "" = none
    char content_range[80];                 // "" = none
    int64_t last_modified_s;                // Unix; 0 = none
    char location[128];                     // "" = none
    char set_cookie[HTTP_SET_COOKIE_BYTES]; // "" = none
    const char *allow;                      // NULL, or methods (405)
    const char *page_host;                  // for CSP's connect-src; NULL: 'self' alone
    uint32_t retry_after_s;                 // 0: none
    bool varies;                            // by Accept-Encoding
    bool has_ranges;                        // Accept-Ranges: bytes
    bool closes;                            // the connection ends with this response
    bool is_https;                          // tell browsers to stay with TLS

    enum http_body_kind kind;
    uint64_t body_len; // not for HTTP_BODY_LIVE
    uint64_t body_sent;
    const uint8_t *bytes;    // STATIC, OWNED
    struct message *message; // MESSAGE; LIVE: the one being written
    int fd;                  // FILE
    uint64_t file_offset;
    struct viewer *viewer;    // LIVE: owned, joined to its room
    struct http_later *later; // LATER: not owned
    struct person person;     // AGAIN, as the two behind it; as in struct http_request
    char session_id[LIMIT_ID_CHARS + 1];
    uint64_t identified_at;
};

void http_response_init(struct http_response *r);
// Frees or closes the body; leaves the room (LIVE).
void http_response_dispose(struct http_response *r);

void http_later_begin(struct http_later *later, struct http_response *r);
// The response, as http_response_init leaves it; NULL when nobody waits.
struct http_response *http_later_take(struct http_later *later);
// It is filled. Also when nobody waits.
void http_later_done(struct http_later *later);

// Writes status line and headers. Returns the length, or 0 when `cap` is too small (HTTP_HEAD_BYTES
// is enough).
#define HTTP_HEAD_BYTES 2048
size_t http_head_write(char *out, size_t cap, const struct http_response *r, int64_t unix_us);

// The next body bytes. *bytes is either borrowed or filled in `scratch`; valid until the next call.
// Returns the length; 0 = no more for now; -1 = the body cannot be continued (a file that shrank):
// cut the connection. *is_end tells that the response is complete with these bytes.
int64_t http_body_next(struct http_response *r, const uint8_t **bytes, uint8_t *scratch, size_t cap,
                       struct metrics *metrics, uint64_t now_us, bool *is_end);

// A problem detail (RFC 9457) as the whole body. `detail` is plain text.
void http_problem(struct http_response *r, uint16_t status, const char *title, const char *detail);
// The same of a kind that programs tell apart: `type` is a URI.
void http_problem_of(struct http_response *r, uint16_t status, const char *type, const char *title,
                     const char *detail);

// A JSON body in a buffer from malloc, which it takes; NULL or empty: out of memory, a problem.
void http_json(struct http_response *r, uint16_t status, char *take_json, size_t len);

// Which coding Accept-Encoding allows: true when `coding` is listed and not with q=0.
bool http_accepts(const char *accept_encoding, const char *coding);
// Whether If-None-Match holds `etag` (weak comparison) or "*".
bool http_etag_matches(const char *if_none_match, const char *etag);
// Whether an Origin belongs to us: absent, the same host as Host, or the public URL's.
bool http_origin_is_ours(const char *origin, const char *host, const char *public_url);
// Host header: a name or address of safe characters with an optional port.
bool http_host_is_sane(const char *host);
// Value of a query parameter, percent-decoded, into out; false when absent or not decodable.
bool http_query_find(const char *query, const char *name, char *out, size_t cap);

#endif
