// SPDX-License-Identifier: MIT
// Where a response's bytes come from: memory, a message, a part of a file, a room's live stream.
// The one place of http.h that reads files: by pread, a chunk at a time, never more than the socket
// asked for.
#include "relay/http.h"

#include "relay/metrics.h"
#include "relay/room.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void http_response_init(struct http_response *r) {
    memset(r, 0, sizeof(*r));
    r->status = 200;
    r->cache_control = "no-store";
    r->fd = -1;
}

void http_response_dispose(struct http_response *r) {
    if (r->later)
        r->later->response = NULL;
    if (r->kind == HTTP_BODY_OWNED)
        free((void *)(uintptr_t)r->bytes);
    message_unref(r->message);
    if (r->fd >= 0)
        close(r->fd);
    if (r->viewer) {
        if (r->viewer->room)
            room_remove_viewer(r->viewer->room, r->viewer);
        free(r->viewer);
    }
    http_response_init(r);
}

static int64_t file_next(struct http_response *r, uint8_t *scratch, size_t cap) {
    const uint64_t left = r->body_len - r->body_sent;
    const size_t wanted = left < cap ? (size_t)left : cap;
    const ssize_t got = pread(r->fd, scratch, wanted, (off_t)(r->file_offset + r->body_sent));
    return got > 0 ? got : -1; // an end before Content-Length: the promise cannot be kept
}

static int64_t live_next(struct http_response *r, const uint8_t **bytes, struct metrics *metrics,
                         uint64_t now_us, bool *is_end) {
    message_unref(r->message); // the one lent by the last call
    r->message = viewer_take(r->viewer, metrics, now_us);
    if (!r->message) {
        *is_end =
            !r->viewer->room || r->viewer->room->is_over || r->viewer->slow.stage == SLOW_CLOSED;
        return 0;
    }
    *bytes = message_payload(r->message);
    metrics->media_messages_out++;
    metrics->media_bytes_out += message_payload_len(r->message);
    return (int64_t)message_payload_len(r->message);
}

int64_t http_body_next(struct http_response *r, const uint8_t **bytes, uint8_t *scratch, size_t cap,
                       struct metrics *metrics, uint64_t now_us, bool *is_end) {
    *is_end = false;
    if (r->kind == HTTP_BODY_LIVE)
        return live_next(r, bytes, metrics, now_us, is_end);
    const uint64_t left = r->body_len - r->body_sent;
    int64_t len = left < cap ? (int64_t)left : (int64_t)cap;
    if (len && r->kind == HTTP_BODY_FILE) {
        len = file_next(r, scratch, cap);
        if (len < 0)
            return -1;
        *bytes = scratch;
    } else if (len) {
        const uint8_t *const start =
            r->kind == HTTP_BODY_MESSAGE ? message_payload(r->message) : r->bytes;
        *bytes = start + r->body_sent;
    }
    r->body_sent += (uint64_t)len;
    *is_end = r->body_sent == r->body_len;
    metrics->http_bytes_out += (uint64_t)len;
    return len;
}
