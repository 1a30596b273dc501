// SPDX-License-Identifier: MIT
#include "relay/net_http.h"

#include "relay/api.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void refuse(struct net_http_plan *out, uint16_t status, const char *title,
                   const char *detail) {
    out->status = status;
    out->title = title;
    out->detail = detail;
    out->closes = true; // after a head we do not trust, nothing on this connection is
}

static bool wants_close(const struct net_http_framing *f) {
    if (strcasestr(f->connection, "close"))
        return true;
    return strcmp(f->version, "HTTP/1.0") == 0 && !strcasestr(f->connection, "keep-alive");
}

void net_http_plan(struct net_http_plan *out, const struct http_request *request,
                   const struct net_http_framing *framing, uint16_t status) {
    const char *const digits = framing->content_length;
    memset(out, 0, sizeof(*out));
    if (status == 414) {
        refuse(out, 414, "URI too long", "The path is longer than this relay reads.");
        return;
    }
    if (status == 431) {
        refuse(out, 431, "Header too large", "A header is longer than this relay reads.");
        return;
    }
    if (status ||
        (strcmp(framing->version, "HTTP/1.1") != 0 && strcmp(framing->version, "HTTP/1.0") != 0)) {
        refuse(out, 400, "Bad request", "The request is not HTTP/1.1.");
        return;
    }
    // Two Host headers arrive joined by a comma, which no host has.
    if (!http_host_is_sane(request->host) &&
        !(strcmp(framing->version, "HTTP/1.0") == 0 && !request->host[0])) {
        refuse(out, 400, "Bad request", "Exactly one valid Host header is needed.");
        return;
    }
    if (framing->has_transfer_encoding || strspn(digits, "0123456789") != strlen(digits) ||
        strlen(digits) > 12) {
        refuse(out, 400, "Bad request", "A body needs one plain Content-Length.");
        return;
    }
    const unsigned long long len = strtoull(digits, NULL, 10);
    out->closes = wants_close(framing);
    if (!api_takes_body(request)) {
        out->closes |= len > 0; // unread bytes must not be taken for the next request
        return;
    }
    if (!digits[0]) {
        refuse(out, 411, "Length required", "Say how long the body is (Content-Length).");
        return;
    }
    if (len > api_body_limit(request)) {
        refuse(out, 413, "Content too large",
               api_body_limit(request) == LIMIT_COVER_BYTES ? "A cover has at most 256 KiB."
                                                            : "The body is longer than 64 KiB.");
        return;
    }
    out->body_len = (size_t)len;
}

bool net_http_query_add(char *query, size_t cap, const char *piece) {
    size_t len = strlen(query);
    if (len + 2 > cap)
        return false;
    if (len)
        query[len++] = '&';
    for (; *piece; piece++) {
        const unsigned char c = (unsigned char)*piece;
        const bool is_special = c <= ' ' || strchr("&%+#", c) || c >= 0x7f;
        if (len + 4 > cap)
            return false;
        len += (size_t)snprintf(query + len, 4, is_special ? "%%%02X" : "%c", c);
    }
    query[len] = '\0';
    return true;
}

void net_http_last_address(const char *list, char out[46]) {
    uint8_t address[16];
    const char *const comma = strrchr(list, ',');
    const char *last = comma ? comma + 1 : list;
    last += strspn(last, " \t");
    const size_t len = strcspn(last, " \t");
    out[0] = '\0';
    if (len >= 46)
        return;
    memcpy(out, last, len);
    out[len] = '\0';
    if (inet_pton(AF_INET, out, address) != 1 && inet_pton(AF_INET6, out, address) != 1)
        out[0] = '\0';
}
