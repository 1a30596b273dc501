// SPDX-License-Identifier: MIT
#include "relay/http.h"

#include "relay/json_writer.h"
#include "relay/time_text.h"
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *status_text(uint16_t status) {
    static const struct {
        uint16_t status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "Unknown";
}

struct head {
    char *out;
    size_t cap;
    size_t len;
    bool is_overflown;
};

__attribute__((format(printf, 2, 3))) static void put(struct head *h, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(h->out + h->len, h->cap - h->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= h->cap - h->len)
        h->is_overflown = true;
    else
        h->len += (size_t)len;
}

static void put_policy(struct head *h, const struct http_response *r) {
    put(h, "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n"
           "Referrer-Policy: same-origin\r\n");
    if (r->is_https)
        put(h, "Strict-Transport-Security: max-age=31536000\r\n");
    if (r->policy == HTTP_POLICY_DATA) {
        put(h, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
        return;
    }
    // Not every browser lets 'self' stand for ws: and wss: of the same host, so they are named.
    char sockets[2 * LIMIT_HTTP_HEADER_BYTES + 32] = "";
    if (r->page_host && *r->page_host)
        snprintf(sockets, sizeof(sockets), " ws://%s wss://%s", r->page_host, r->page_host);
    // 'wasm-unsafe-eval': the codec. style 'unsafe-inline': the media controls' shadow roots carry
    // <style> elements.
    put(h,
        "Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
        "worker-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'%s; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'\r\n",
        sockets);
    put(h,
        "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n"
        "Permissions-Policy: camera=(self), microphone=(self), display-capture=(self), "
        "geolocation=(), "
        "payment=(), usb=()\r\n");
}

size_t http_head_write(char *out, size_t cap, const struct http_response *r, int64_t unix_us) {
    struct head h = {.out = out, .cap = cap};
    char date[TIME_HTTP_LEN + 1];
    time_http_write(date, unix_us);
    put(&h, "HTTP/1.1 %u %s\r\nDate: %s\r\n", r->status, status_text(r->status), date);
    if (r->content_type)
        put(&h, "Content-Type: %s\r\n", r->content_type);
    if (r->content_encoding)
        put(&h, "Content-Encoding: %s\r\n", r->content_encoding);
    if (r->kind != HTTP_BODY_LIVE && r->status != 304 && r->status != 204)
        put(&h, "Content-Length: %" PRIu64 "\r\n", r->body_len);
    if (r->etag[0])
        put(&h, "ETag: %s\r\n", r->etag);
    if (r->last_modified_s) {
        time_http_write(date, r->last_modified_s * 1000000);
        put(&h, "Last-Modified: %s\r\n", date);
    }
    if (r->content_range[0])
        put(&h, "Content-Range: %s\r\n", r->content_range);
    if (r->has_ranges)
        put(&h, "Accept-Ranges: bytes\r\n");
    if (r->location[0])
        put(&h, "Location: %s\r\n", r->location);
    if (r->set_cookie[0])
        put(&h, "Set-Cookie: %s\r\n", r->set_cookie);
    if (r->status == 401)
        put(&h, "WWW-Authenticate: Bearer realm=\"tabcast\"\r\n");
    if (r->allow)
        put(&h, "Allow: %s\r\n", r->allow);
    if (r->retry_after_s)
        put(&h, "Retry-After: %" PRIu32 "\r\n", r->retry_after_s);
    if (r->varies)
        put(&h, "Vary: Accept-Encoding\r\n");
    put(&h, "Cache-Control: %s\r\n", r->cache_control);
    put_policy(&h, r);
    put(&h, "Connection: %s\r\n\r\n", r->closes ? "close" : "keep-alive");
    return h.is_overflown ? 0 : h.len;
}

void http_later_begin(struct http_later *later, struct http_response *r) {
    *later = (struct http_later){.response = r};
    r->kind = HTTP_BODY_LATER;
    r->later = later;
}

struct http_response *http_later_take(struct http_later *later) {
    if (later->response) {
        later->response->kind = HTTP_BODY_NONE;
        later->response->later = NULL;
    }
    return later->response;
}

void http_later_done(struct http_later *later) {
    if (later->response && later->ready)
        later->ready(later->conn);
}

void http_problem(struct http_response *r, uint16_t status, const char *title, const char *detail) {
    http_problem_of(r, status, "about:blank", title, detail);
}

void http_problem_of(struct http_response *r, uint16_t status, const char *type, const char *title,
                     const char *detail) {
    const size_t cap = 1024;
    char *const json = malloc(cap);
    http_response_dispose(r);
    r->status = status;
    r->content_type = "application/problem+json";
    if (!json)
        return;
    struct json_writer w;
    json_writer_init(&w, json, cap);
    json_object_begin(&w, NULL);
    json_text(&w, "type", type);
    json_text(&w, "title", title);
    json_u64(&w, "status", status);
    json_text(&w, "detail", detail);
    json_object_end(&w);
    assert(!w.is_overflown);
    r->kind = HTTP_BODY_OWNED;
    r->bytes = (const uint8_t *)json;
    r->body_len = w.len;
}

void http_json(struct http_response *r, uint16_t status, char *take_json, size_t len) {
    if (!take_json || !len) {
        free(take_json);
        http_problem(r, 503, "Out of memory", "The relay is short of memory; please try again.");
        return;
    }
    r->status = status;
    r->content_type = "application/json";
    r->kind = HTTP_BODY_OWNED;
    r->bytes = (const uint8_t *)take_json;
    r->body_len = len;
}

// Calls `visit` for each element of a comma-separated list, blanks trimmed.
static bool list_any(const char *list,
                     bool (*visit)(const char *item, size_t len, const char *wanted),
                     const char *wanted) {
    while (*list) {
        const size_t len = strcspn(list, ",");
        const char *item = list;
        size_t item_len = len;
        while (item_len && (*item == ' ' || *item == '\t'))
            item++, item_len--;
        while (item_len && (item[item_len - 1] == ' ' || item[item_len - 1] == '\t'))
            item_len--;
        if (item_len && visit(item, item_len, wanted))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

static bool is_coding(const char *item, size_t len, const char *coding) {
    const size_t name_len = strlen(coding);
    if (len < name_len || strncasecmp(item, coding, name_len) != 0)
        return false;
    // Behind the name: nothing, or ";q=" with a weight that is not zero.
    const char *p = item + name_len, *const end = item + len;
    while (p < end && (*p == ' ' || *p == ';'))
        p++;
    if (p == end)
        return true;
    if (end - p < 3 || (*p != 'q' && *p != 'Q') || p[1] != '=')
        return false;
    for (p += 2; p < end; p++)
        if (*p >= '1' && *p <= '9')
            return true;
    return false;
}

bool http_accepts(const char *accept_encoding, const char *coding) {
    return list_any(accept_encoding, is_coding, coding);
}

static bool is_etag(const char *item, size_t len, const char *etag) {
    if (len == 1 && *item == '*')
        return true;
    if (len > 2 && item[0] == 'W' && item[1] == '/')
        item += 2, len -= 2;
    if (etag[0] == 'W' && etag[1] == '/')
        etag += 2;
    return len == strlen(etag) && memcmp(item, etag, len) == 0;
}

bool http_etag_matches(const char *if_none_match, const char *etag) {
    return *etag && list_any(if_none_match, is_etag, etag);
}

static const char *host_of_url(const char *url) {
    const char *const scheme_end = strstr(url, "://");
    return scheme_end ? scheme_end + 3 : url;
}

bool http_origin_is_ours(const char *origin, const char *host, const char *public_url) {
    if (!*origin)
        return true;
    if (strncmp(origin, "http://", 7) != 0 && strncmp(origin, "https://", 8) != 0)
        return false; // "null" and the like
    const char *const origin_host = host_of_url(origin);
    if (*host && strcasecmp(origin_host, host) == 0)
        return true;
    if (!*public_url)
        return false;
    const size_t len = strcspn(host_of_url(public_url), "/");
    const size_t whole = (size_t)(host_of_url(public_url) - public_url) + len;
    return strlen(origin) == whole && strncasecmp(origin, public_url, whole) == 0;
}

bool http_host_is_sane(const char *host) {
    const size_t len = strlen(host);
    return len && len < 200 &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") ==
               len;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool percent_decode(const char *text, size_t len, char *out, size_t cap) {
    size_t written = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            const bool is_whole = len - i > 2;
            const int high = is_whole ? hex_value(text[i + 1]) : -1;
            const int low = is_whole ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0 || (!high && !low))
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (written + 1 >= cap)
            return false;
        out[written++] = c;
    }
    out[written] = '\0';
    return true;
}

bool http_query_find(const char *query, const char *name, char *out, size_t cap) {
    const size_t name_len = strlen(name);
    while (*query) {
        const size_t len = strcspn(query, "&");
        if (len > name_len && query[name_len] == '=' && strncmp(query, name, name_len) == 0)
            return percent_decode(query + name_len + 1, len - name_len - 1, out, cap);
        query += len + (query[len] == '&');
    }
    return false;
}
