// SPDX-License-Identifier: MIT
// Owns the reading of Range, entity tags and conditional dates, and the decision that follows from
// them. Refuses nothing: what it cannot read is treated as absent, as RFC 9110 asks. Pure; any
// thread.
#include "relay/http_range.h"

#include "relay/http_date.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *skip_blanks(const char *at) {
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

// --- Entity tags (RFC 9110 8.8.3)
// ------------------------------------------------------------------

struct entity_tag {
    const char *at; // the opening quote
    size_t len;     // both quotes included
    bool is_weak;
};

// Reads one tag; NULL when there is none here, else where it ends.
static const char *read_tag(struct entity_tag *out, const char *at) {
    out->is_weak = strncmp(at, "W/", 2) == 0;
    if (out->is_weak)
        at += 2;
    if (*at != '"')
        return NULL;
    out->at = at++;
    while (*at && *at != '"')
        at++;
    if (*at != '"')
        return NULL;
    out->len = (size_t)(at + 1 - out->at);
    return at + 1;
}

static bool tag_equals(const struct entity_tag *tag, const char *etag) {
    return strlen(etag) == tag->len && memcmp(etag, tag->at, tag->len) == 0;
}

// Is `etag` in the list, or the list `*`? A malformed rest of a list names nothing.
static bool list_names(const char *list, const char *etag, bool weak_allowed) {
    const char *at = skip_blanks(list);
    if (*at == '*')
        return *skip_blanks(at + 1) == '\0';
    for (;;) {
        while (*at == ',' || *at == ' ' || *at == '\t')
            at++;
        struct entity_tag tag;
        at = read_tag(&tag, at);
        if (!at)
            return false;
        if ((weak_allowed || !tag.is_weak) && tag_equals(&tag, etag))
            return true;
        at = skip_blanks(at);
        if (*at != ',')
            return false;
    }
}

// --- Range (RFC 9110 14.1.2)
// -----------------------------------------------------------------------

enum range_kind { RANGE_NONE, RANGE_ONE, RANGE_UNSATISFIABLE };

// Reads digits, saturating; NULL when there are none.
static const char *read_number(uint64_t *out, const char *at) {
    if (*at < '0' || *at > '9')
        return NULL;
    uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *out = value;
    return at;
}

static bool is_bytes_unit(const char *text) {
    // Range units are case-insensitive (14.1).
    static const char unit[] = "bytes=";
    for (size_t i = 0; unit[i]; i++) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        if (c != unit[i])
            return false;
    }
    return true;
}

static enum range_kind read_suffix(const char *at, uint64_t size, uint64_t *first, uint64_t *last) {
    uint64_t len;
    at = read_number(&len, at);
    if (!at || *skip_blanks(at))
        return RANGE_NONE;
    if (len == 0)
        return RANGE_UNSATISFIABLE;
    if (size == 0)
        return RANGE_NONE; // satisfiable by the letter, but 206 cannot express it
    *first = len < size ? size - len : 0;
    *last = size - 1;
    return RANGE_ONE;
}

static enum range_kind read_range(const char *text, uint64_t size, uint64_t *first,
                                  uint64_t *last) {
    if (!is_bytes_unit(text))
        return RANGE_NONE;
    const char *at = skip_blanks(text + strlen("bytes="));
    if (*at == '-')
        return read_suffix(at + 1, size, first, last);
    at = read_number(first, at);
    if (!at || *at++ != '-')
        return RANGE_NONE;
    *last = UINT64_MAX;
    const char *const behind = read_number(last, at);
    if (*skip_blanks(behind ? behind : at) || *last < *first)
        return RANGE_NONE;
    if (*first >= size)
        return RANGE_UNSATISFIABLE;
    if (*last >= size)
        *last = size - 1;
    return RANGE_ONE;
}

// --- Decision
// ----------------------------------------------------------------------------------------

// RFC 9110 13.2.2, steps 1 to 4: 412, 304, or 0 to go on.
static int check_preconditions(const struct http_range_request *q,
                               const struct http_range_file *f) {
    if (q->if_match) {
        if (!list_names(q->if_match, f->etag, false))
            return 412;
    } else if (q->if_unmodified_since) {
        const int64_t since = http_date_read(q->if_unmodified_since);
        if (since >= 0 && f->mtime_s > since)
            return 412;
    }
    if (q->if_none_match)
        return list_names(q->if_none_match, f->etag, true) ? 304 : 0;
    if (q->if_modified_since) {
        const int64_t since = http_date_read(q->if_modified_since);
        if (since >= 0 && f->mtime_s <= since)
            return 304;
    }
    return 0;
}

// Step 5: may the Range be honoured?
static bool if_range_holds(const char *if_range, const struct http_range_file *f) {
    if (!if_range)
        return true;
    struct entity_tag tag;
    const char *const end = read_tag(&tag, if_range);
    if (end)
        return *end == '\0' && !tag.is_weak && tag_equals(&tag, f->etag);
    const int64_t date = http_date_read(if_range);
    return date >= 0 && date == f->mtime_s;
}

void http_range_evaluate(struct http_range_answer *out, const struct http_range_request *request,
                         const struct http_range_file *file) {
    *out = (struct http_range_answer){.status = check_preconditions(request, file)};
    if (out->status)
        return;
    uint64_t first, last;
    enum range_kind kind = RANGE_NONE;
    if (request->is_get && request->range && if_range_holds(request->if_range, file))
        kind = read_range(request->range, file->size, &first, &last);
    switch (kind) {
    case RANGE_NONE:
        *out = (struct http_range_answer){.status = 200, .first = 0, .len = file->size};
        break;
    case RANGE_ONE:
        *out = (struct http_range_answer){.status = 206, .first = first, .len = last - first + 1};
        break;
    case RANGE_UNSATISFIABLE:
        out->status = 416;
        break;
    }
}

int http_range_content_range(char out[HTTP_CONTENT_RANGE_LEN],
                             const struct http_range_answer *answer,
                             const struct http_range_file *file) {
    if (answer->status == 206)
        return snprintf(out, HTTP_CONTENT_RANGE_LEN, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                        answer->first, answer->first + answer->len - 1, file->size);
    if (answer->status == 416)
        return snprintf(out, HTTP_CONTENT_RANGE_LEN, "bytes */%" PRIu64, file->size);
    out[0] = '\0';
    return 0;
}
