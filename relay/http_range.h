// SPDX-License-Identifier: MIT
// Which part of a file a request gets: preconditions and Range, in the order of RFC 9110 13.2.2, as
// one pure function. No I/O, no library; any thread.
//
// Choices where the RFC leaves one: several ranges are served as the whole file (14.2 lets a server
// ignore them; players never ask so). HEAD ignores Range, as only GET defines it. A malformed Range
// or a unit other than bytes is ignored. A date in If-Range must be exactly the file's (13.1.5);
// our files never change once they are there.
#ifndef TABCAST_RELAY_HTTP_RANGE_H
#define TABCAST_RELAY_HTTP_RANGE_H

#include <stdint.h>

// Header values as zero-ended text without surrounding blanks; NULL when absent.
struct http_range_request {
    int is_get; // 1 GET, 0 HEAD
    const char *range;
    const char *if_range;
    const char *if_match;
    const char *if_none_match;
    const char *if_modified_since;
    const char *if_unmodified_since;
};

struct http_range_file {
    uint64_t size;
    const char *etag; // quoted and strong, e.g. "\"5f-1a2b\""
    int64_t mtime_s;  // Unix time, what Last-Modified says
};

struct http_range_answer {
    int status;     // 200, 206, 304, 412 or 416
    uint64_t first; // 200, 206: first byte to send
    uint64_t len;   // 200, 206: bytes of the body (HEAD: what Content-Length says)
};

void http_range_evaluate(struct http_range_answer *out, const struct http_range_request *request,
                         const struct http_range_file *file);

// "bytes 0-499/1234" and, for 416, "bytes */1234".
#define HTTP_CONTENT_RANGE_LEN 72
// Writes the value of Content-Range for 206 or 416; returns its length, or 0 when the answer has
// none.
int http_range_content_range(char out[HTTP_CONTENT_RANGE_LEN],
                             const struct http_range_answer *answer,
                             const struct http_range_file *file);

#endif
