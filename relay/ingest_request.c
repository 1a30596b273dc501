// SPDX-License-Identifier: MIT
#include "relay/ingest_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PREFIX "/ingest/"
#define PREFIX_LEN (sizeof(PREFIX) - 1)

bool ingest_request_is_ours(const char *path) { return strncmp(path, PREFIX, PREFIX_LEN) == 0; }

static void refuse(struct ingest_plan *out, uint16_t status, const char *title,
                   const char *detail) {
    out->problem.status = status;
    out->problem.title = title;
    snprintf(out->problem.detail, sizeof(out->problem.detail), "%s", detail);
}

// 43 characters of base64url: all other text is no key of any show.
static bool read_key(char key[LIMIT_KEY_CHARS + 1], const char *path) {
    const char *const text = path + PREFIX_LEN;
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (strlen(text) != LIMIT_KEY_CHARS || strspn(text, alphabet) != LIMIT_KEY_CHARS)
        return false;
    memcpy(key, text, LIMIT_KEY_CHARS + 1);
    return true;
}

static void plan_body(struct ingest_plan *out, const struct ingest_head *head) {
    const char *const digits = head->content_length;
    const bool closes = strcmp(head->version, "HTTP/1.0") == 0
                            ? !strcasestr(head->connection, "keep-alive")
                            : strcasestr(head->connection, "close") != NULL;
    if (head->transfer_encoding[0] && (digits[0] || strcmp(head->version, "HTTP/1.0") == 0)) {
        refuse(out, 400, "Bad request", "The body's length is said in two ways.");
    } else if (head->transfer_encoding[0]) {
        out->framing = INGEST_BY_CHUNKS;
        if (strcasecmp(head->transfer_encoding, "chunked") != 0)
            refuse(out, 501, "Not implemented", "The only transfer coding here is chunked.");
    } else if (digits[0]) {
        out->framing = INGEST_BY_LENGTH;
        out->len = strtoull(digits, NULL, 10);
        if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 15)
            refuse(out, 400, "Bad request", "Content-Length is no number.");
        else if (!out->len)
            refuse(out, 400, "Bad request", "The body is empty; send a stream of WebM.");
    } else {
        // Without any framing only the connection's end can be the body's.
        out->framing = INGEST_UNTIL_CLOSE;
        if (!closes)
            refuse(out, 411, "Length required",
                   "Send the stream chunked (with ffmpeg: -chunked_post 1), or with Connection: "
                   "close.");
    }
}

void ingest_request_plan(struct ingest_plan *out, const struct ingest_head *head) {
    *out = (struct ingest_plan){0};
    if (!read_key(out->key, head->path))
        refuse(out, 404, "Not found", "This is no stream key; send to /ingest/STREAM_KEY.");
    else if (head->method == INGEST_OTHER)
        refuse(out, 405, "Method not allowed", "PUT or POST a stream of WebM, or DELETE the show.");
    else if (head->content_encoding[0] && strcasecmp(head->content_encoding, "identity") != 0)
        refuse(out, 415, "Unsupported media type", "Send the stream without Content-Encoding.");
    else if (head->method != INGEST_DELETE)
        plan_body(out, head);
    else if (head->transfer_encoding[0] ||
             strspn(head->content_length, "0") != strlen(head->content_length))
        refuse(out, 400, "Bad request", "DELETE takes no body here.");
}
