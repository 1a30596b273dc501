// SPDX-License-Identifier: MIT
// Accounts' pictures: set, removed, served. Who has none is shown the first letter of their name on
// a colour of their own, so that a page can ask for anybody's.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/image_check.h"
#include "relay/presence.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A new picture is seen by others so soon.
#define CACHE "public, max-age=60"
#define SVG_BYTES 512

// --- Served

static uint64_t hash_of(const void *bytes, size_t len) { // FNV-1a: to tell apart, not to keep out
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
    return hash;
}

// The first character, which may be of any script, as XML's text.
static void first_letter(char out[16], const char *name) {
    size_t len = 1;
    while (len < 4 && ((unsigned char)name[len] & 0xc0) == 0x80)
        len++;
    const char c = name[0];
    if (c == '<' || c == '&' || c == '>' || c == '"' || c == '\'')
        snprintf(out, 16, "&#%d;", c);
    else if (c >= 'a' && c <= 'z')
        snprintf(out, 16, "%c", c - 'a' + 'A');
    else
        snprintf(out, 16, "%.*s", (int)len, name);
}

// Dark enough for white letters (WCAG 1.4.3), all equally light.
static size_t draw_letter(char *out, size_t cap, const char *canonical, const char *display_name) {
    char letter[16];
    first_letter(letter, display_name);
    return (size_t)snprintf(
        out, cap,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><path "
        "fill=\"hsl(%u 45%% 32%%)\" d=\"M0 0h64v64H0z\"/><text x=\"32\" y=\"33\" "
        "fill=\"#fff\" font-family=\"sans-serif\" font-size=\"30\" font-weight=\"600\" "
        "text-anchor=\"middle\" dominant-baseline=\"central\">%s</text></svg>",
        (unsigned)(hash_of(canonical, strlen(canonical)) % 360), letter);
}

static void on_face(void *ctx, enum store_status status, const char *display_name,
                    const uint8_t *bytes, size_t len) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "There is nobody of this name."))
        return;
    struct http_response *const out = http_later_take(&a->later);
    char *const body = out ? malloc(bytes ? len : SVG_BYTES) : NULL;
    if (body && bytes)
        memcpy(body, bytes, len);
    else if (body)
        len = draw_letter(body, SVG_BYTES, a->canonical, display_name);
    if (body) {
        out->status = 200;
        out->content_type = bytes ? "image/jpeg" : "image/svg+xml";
        out->cache_control = CACHE;
        out->kind = HTTP_BODY_OWNED;
        out->bytes = (const uint8_t *)body;
        out->body_len = len;
        snprintf(out->etag, sizeof(out->etag), "\"%016" PRIx64 "\"", hash_of(body, len));
        if (http_etag_matches(a->if_none_match, out->etag)) {
            out->status = 304;
            out->body_sent = out->body_len;
        }
    } else if (out) {
        http_problem(out, 503, "Out of memory", "The relay is short of memory; please try again.");
    }
    account_call_end(a);
}

void face_get(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    snprintf(a->if_none_match, sizeof(a->if_none_match), "%s", c->request->if_none_match);
    (void)account_name_read(a->canonical, c->id);
    account_call_failed(a, store_face_find(a->accounts->store, a->canonical, on_face, a), "");
}

// --- One's own

static void on_done(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    presence_renew_face(a->relay, &a->account, a->now_us);
    account_call_log(a, "face-changed");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void set(struct account_call *a) {
    account_call_failed(a,
                        store_face_set(a->accounts->store, a->account.id, (uint8_t *)a->blob,
                                       a->blob_len, on_done, a),
                        "");
}

void face_set(struct call *c) {
    const struct image_info info = image_check((const uint8_t *)c->body, c->body_len);
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (!a)
        return;
    if (strcasecmp(c->request->content_type, "image/jpeg") != 0) {
        account_call_problem(a, 415, "Unsupported media type", "A picture is image/jpeg.", 0);
    } else if (c->body_len > LIMIT_FACE_BYTES) {
        account_call_problem(a, 413, "Content too large", "A picture is 48 KiB at most.", 0);
    } else if (info.kind != IMAGE_JPEG || info.components > 3 || info.width != LIMIT_FACE_PIXELS ||
               info.height != LIMIT_FACE_PIXELS) {
        account_call_problem(a, 422, "Unprocessable content",
                             "A picture is one JPEG of 256 by 256 pixels.", 0);
    } else if (!(a->blob = malloc(c->body_len))) {
        account_call_busy(a);
    } else {
        memcpy(a->blob, c->body, c->body_len);
        a->blob_len = c->body_len;
        account_call_authenticate(a, c->request->token, set);
    }
}

static void remove_own(struct account_call *a) {
    account_call_failed(a, store_face_delete(a->accounts->store, a->account.id, on_done, a), "");
}

void face_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, remove_own);
}
