// SPDX-License-Identifier: MIT
#include "relay/api.h"

#include "relay/api_call.h"
#include "relay/api_json.h"
#include "relay/insiders.h"
#include "relay/openapi.h"
#include "relay/replay_files.h"
#include "relay/room.h"
#include "relay/show_entry.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void not_found(struct call *c, const char *what) {
    http_problem(c->out, 404, "Not found", what);
}

static void answer_json(struct call *c, uint16_t status, char *json, size_t len) {
    http_json(c->out, status, json, len);
}

static void answer_text(struct call *c, uint16_t status, const char *text) {
    c->out->status = status;
    c->out->content_type = "text/plain; charset=utf-8";
    c->out->kind = HTTP_BODY_STATIC;
    c->out->bytes = (const uint8_t *)text;
    c->out->body_len = strlen(text);
}

static void list_replays(struct call *c) {
    struct api_page page;
    size_t len = 0;
    if (!api_page_read(&page, c->request->query)) {
        http_problem(c->out, 400, "Bad request", "limit is 1 to 100; cursor is what `next` said.");
        return;
    }
    char *const json = api_json_replays(&c->api->relay->replays, &page, false, &len);
    answer_json(c, 200, json, len);
}

static void get_replay(struct call *c) {
    const struct replay *const replay = replays_find(&c->api->relay->replays, c->id);
    size_t len = 0;
    if (!replay) {
        show_entry_missing(c->out);
        return;
    }
    if (!show_entry_lets(c, replay->door))
        return;
    char *const json = api_json_replay(replay, &len);
    answer_json(c, 200, json, len);
}

static void get_openapi(struct call *c) {
    c->out->content_type = "application/json";
    c->out->cache_control = "no-cache";
    c->out->kind = HTTP_BODY_STATIC;
    c->out->bytes = openapi_json;
    c->out->body_len = openapi_json_len;
}

static void get_poster(struct call *c) {
    const struct show *const show = shows_find(&c->api->relay->shows, c->id);
    const struct replay *const replay = replays_find(&c->api->relay->replays, c->id);
    if (!show && !replay) {
        show_entry_missing(c->out);
        return;
    }
    if (!show_entry_lets_to(c, show, replay))
        return;
    if (show && show->poster) {
        c->out->content_type = "image/jpeg";
        c->out->cache_control = "no-cache";
        c->out->kind = HTTP_BODY_MESSAGE;
        c->out->message = message_ref(show->poster);
        c->out->body_len = message_payload_len(show->poster);
        snprintf(c->out->etag, sizeof(c->out->etag), "\"%s-%" PRIx64 "\"", show->id,
                 show->poster->header.timestamp_us);
        return;
    }
    if (!replay || !replay->has_poster ||
        replay_file_serve(c->api->recordings_fd, replay->id, ".jpg", "image/jpeg", c->request,
                          c->out) != 0)
        not_found(c, "There is no picture yet.");
}

// The one in the path. NULL: answered.
static const struct replay *enter_replay(struct call *c) {
    const struct replay *const replay = replays_find(&c->api->relay->replays, c->id);
    if (!replay)
        show_entry_missing(c->out);
    return replay && show_entry_lets(c, replay->door) ? replay : NULL;
}

static void get_replay_media(struct call *c) {
    const struct replay *const replay = enter_replay(c);
    if (!replay)
        return;
    if (replay_file_serve(c->api->recordings_fd, replay->id, ".webm", "video/webm", c->request,
                          c->out) != 0)
        not_found(c, "There is no such replay.");
}

static void get_replay_chat(struct call *c) {
    const struct replay *const replay = enter_replay(c);
    if (!replay)
        return;
    size_t len = 0;
    char *const json = replay_chat_read(c->api->recordings_fd, replay->id, &len);
    answer_json(c, 200, json, len);
    c->out->cache_control = "no-cache";
}

static void get_live(struct call *c) {
    const struct show *const show = shows_find(&c->api->relay->shows, c->id);
    if (!show) {
        show_entry_missing(c->out);
        return;
    }
    if (!show_entry_lets_to(c, show, NULL))
        return;
    if (!show->room || (show->state != SHOW_LIVE && show->state != SHOW_RECONNECTING)) {
        not_found(c, "The show is not live.");
        return;
    }
    struct plain_insider *const insider =
        room_is_full(show->room) ? NULL : calloc(1, sizeof(*insider));
    if (!insider) {
        http_problem(c->out, 503, "Service unavailable",
                     "The room is full; please try again later.");
        c->out->retry_after_s = 30;
        return;
    }
    c->out->content_type = "video/webm";
    c->out->kind = HTTP_BODY_LIVE;
    c->out->closes = true; // the stream's end is the connection's
    struct viewer *const viewer = c->out->viewer = &insider->viewer; // is freed by this, its first
    insider->person = c->request->person;
    memcpy(insider->session_id, c->request->session_id, sizeof(insider->session_id));
    memcpy(insider->pass, c->request->pass, sizeof(insider->pass));
    viewer->wake = c->wake;
    viewer->conn = c->conn;
    viewer->is_plain = true;
    viewer->loop = (uint16_t)c->api->loop;
    if (c->request->method != HTTP_HEAD && room_add_viewer(show->room, viewer, c->now_us) != 0) {
        free(insider);
        http_response_init(c->out);
        http_problem(c->out, 503, "Out of memory",
                     "The relay is short of memory; please try again.");
    }
}

static void get_health(struct call *c) { answer_text(c, 200, "ok\n"); }

static void get_ready(struct call *c) {
    if (c->api->relay->is_stopping)
        answer_text(c, 503, "stopping\n");
    else if (!replay_folder_is_writable(c->api->recordings_fd))
        answer_text(c, 503,
                    "disk: the folder of recordings cannot be written, or is nearly full\n");
    else
        answer_text(c, 200, "ok\n");
}

static void get_metrics(struct call *c) {
    struct relay *const relay = c->api->relay;
    struct recorder_stats stats;
    struct metrics_now now;
    char *const text = malloc(METRICS_TEXT_BYTES);
    size_t len = 0;
    relay_metrics_now(relay, c->now_us, &now);
    if (relay->recorder)
        recorder_stats_read(relay->recorder, &stats);
    if (text)
        len = metrics_write(text, METRICS_TEXT_BYTES, &relay->metrics, &now,
                            relay->recorder ? &stats : NULL);
    answer_json(c, 200, text, len);
    if (c->out->status == 200)
        c->out->content_type = "text/plain; version=0.0.4; charset=utf-8";
}

static const struct route {
    const char *pattern;
    // NULL: not allowed.
    void (*get)(struct call *c); // also HEAD
    void (*post)(struct call *c);
    void (*change)(struct call *c); // PATCH
    void (*end)(struct call *c);    // DELETE
} routes[] = {
    {"/api/v1/shows", show_list, show_create, NULL, NULL},
    {"/api/v1/shows/ID", show_get, NULL, show_change, show_cancel},
    {"/api/v1/shows/ID/restore", NULL, show_restore, NULL, NULL},
    {"/api/v1/shows/ID/pass", NULL, show_pass_create, NULL, NULL},
    {"/api/v1/shows/ID/cover", NULL, cover_set, NULL, cover_end},
    {"/api/v1/shows/ID/reminder", NULL, reminder_create, NULL, reminder_end},
    {"/api/v1/shows/ID/stream-key", NULL, show_new_key, NULL, NULL},
    {"/api/v1/replays", list_replays, NULL, NULL, NULL},
    {"/api/v1/replays/ID", get_replay, NULL, NULL, replay_end},
    {"/api/v1/replays/ID/discard", NULL, replay_discard, NULL, NULL},
    {"/api/v1/replays/ID/restore", NULL, replay_restore, NULL, NULL},
    {"/api/v1/accounts", NULL, account_create, NULL, NULL},
    {"/api/v1/accounts/me", account_get_own, NULL, account_change_own, NULL},
    {"/api/v1/accounts/me/password", NULL, account_change_password, NULL, NULL},
    {"/api/v1/accounts/me/settings", settings_get, NULL, settings_change, NULL},
    {"/api/v1/accounts/me/picture", NULL, face_set, NULL, face_end},
    {"/api/v1/accounts/me/openid", openid_link_get, openid_link, NULL, openid_link_end},
    {"/api/v1/accounts/me/openid/begin", NULL, openid_link_begin, NULL, NULL},
    {"/@NAME/picture", face_get, NULL, NULL, NULL},
    {"/api/v1/accounts/me/second-factor", second_factor_get, second_factor_begin, NULL, NULL},
    {"/api/v1/accounts/me/second-factor/confirm", NULL, second_factor_confirm, NULL, NULL},
    {"/api/v1/accounts/me/second-factor/off", NULL, second_factor_off, NULL, NULL},
    {"/api/v1/accounts/me/email", email_get, email_set, NULL, NULL},
    {"/api/v1/accounts/me/email/again", NULL, email_send_again, NULL, NULL},
    {"/api/v1/accounts/me/email/off", NULL, email_end, NULL, NULL},
    {"/api/v1/email-confirmations", NULL, email_confirm, NULL, NULL},
    {"/api/v1/accounts/NAME", account_get, NULL, NULL, NULL},
    {"/api/v1/password-resets", NULL, password_reset, NULL, NULL},
    {"/api/v1/password-mails", NULL, password_mail, NULL, NULL},
    {"/api/v1/invitations", invitation_list, invitation_create, NULL, NULL},
    {"/api/v1/invitations/ID", NULL, NULL, NULL, invitation_end},
    {"/api/v1/admin", admin_overview, NULL, NULL, NULL},
    {"/api/v1/admin/accounts", admin_account_list, NULL, NULL, NULL},
    {"/api/v1/admin/accounts/NAME", NULL, NULL, admin_account_change, NULL},
    {"/api/v1/admin/accounts/NAME/reset", NULL, admin_account_reset, NULL, NULL},
    {"/api/v1/admin/shows", admin_show_list, NULL, NULL, NULL},
    {"/api/v1/admin/replays", admin_replay_list, NULL, NULL, NULL},
    {"/api/v1/sessions", session_list_own, session_create_for, NULL, session_end_all},
    {"/api/v1/sessions/current", session_get_current, NULL, NULL, session_end_current},
    {"/api/v1/sessions/openid", NULL, openid_sign_in, NULL, NULL},
    {"/api/v1/sessions/openid/begin", NULL, openid_sign_in_begin, NULL, NULL},
    {"/api/v1/sessions/ID", NULL, NULL, NULL, session_end_one},
    {"/api/v1/follows", follow_list, follow_create, NULL, NULL},
    {"/api/v1/follows/NAME", NULL, NULL, NULL, follow_end},
    {"/api/v1/notifications", notification_list, NULL, NULL, NULL},
    {"/api/v1/notifications/read", NULL, notifications_read, NULL, NULL},
    {"/api/v1/push-key", push_get_key, NULL, NULL, NULL},
    {"/api/v1/push-subscriptions", NULL, push_subscribe, NULL, NULL},
    {"/api/v1/push-subscriptions/end", NULL, push_unsubscribe, NULL, NULL},
    {"/calendar/ID.ics", feed_show_calendar, NULL, NULL, NULL},
    {"/@NAME/calendar.ics", feed_calendar, NULL, NULL, NULL},
    {"/@NAME/feed.xml", feed_rss, NULL, NULL, NULL},
    {"/api/v1/openapi.json", get_openapi, NULL, NULL, NULL},
    {"/posters/ID.jpg", get_poster, NULL, NULL, NULL},
    {"/covers/ID", cover_get, NULL, NULL, NULL},
    {"/live/ID.webm", get_live, NULL, NULL, NULL},
    {"/replays/ID.webm", get_replay_media, NULL, NULL, NULL},
    {"/replays/ID/chat.json", get_replay_chat, NULL, NULL, NULL},
    {"/healthz", get_health, NULL, NULL, NULL},
    {"/readyz", get_ready, NULL, NULL, NULL},
    {"/metrics", get_metrics, NULL, NULL, NULL},
};
#define ROUTE_COUNT (sizeof(routes) / sizeof(routes[0]))

static size_t find_route(const char *path, char id[PATH_WORD_BYTES]) {
    size_t i = 0;
    while (i < ROUTE_COUNT && !path_matches(routes[i].pattern, path, id))
        i++;
    return i;
}

bool api_takes_body(const struct http_request *request) {
    char id[PATH_WORD_BYTES];
    const size_t i = find_route(request->path, id);
    return i < ROUTE_COUNT && ((request->method == HTTP_POST && routes[i].post) ||
                               (request->method == HTTP_PATCH && routes[i].change));
}

size_t api_body_limit(const struct http_request *request) {
    char id[PATH_WORD_BYTES];
    const size_t i = find_route(request->path, id);
    return i < ROUTE_COUNT && routes[i].post == cover_set ? LIMIT_COVER_BYTES
                                                          : LIMIT_HTTP_BODY_BYTES;
}

// Fills `out` with one of the file's forms, the smallest the client takes.
static void serve_asset(struct call *c, const struct asset *asset, uint16_t status) {
    struct http_response *const out = c->out;
    struct asset_bytes form = asset->plain;
    const char *suffix = "";
    if (asset->br.bytes && http_accepts(c->request->accept_encoding, "br")) {
        form = asset->br;
        out->content_encoding = suffix = "br";
    } else if (asset->gz.bytes && http_accepts(c->request->accept_encoding, "gzip")) {
        form = asset->gz;
        out->content_encoding = suffix = "gzip";
    }
    out->status = status;
    out->policy = HTTP_POLICY_PAGE;
    out->content_type = asset->type;
    out->varies = asset->br.bytes || asset->gz.bytes;
    out->cache_control = asset->is_immutable ? "public, max-age=31536000, immutable" : "no-cache";
    out->page_host = c->request->host;
    if (status == 200) // each form is a representation of its own (RFC 9110 8.8.3.3)
        snprintf(out->etag, sizeof(out->etag), "\"%s%s%s\"", asset->etag, *suffix ? "-" : "",
                 suffix);
    out->body_len = form.len;
    if (asset >= assets_embedded && asset < assets_embedded + assets_embedded_count) {
        out->kind = HTTP_BODY_STATIC;
        out->bytes = form.bytes;
        return;
    }
    uint8_t *const copy =
        malloc(form.len + 1); // a development folder may be read anew while this is being sent
    if (!copy) {
        http_problem(out, 503, "Out of memory", "The relay is short of memory; please try again.");
        return;
    }
    memcpy(copy, form.bytes, form.len);
    out->kind = HTTP_BODY_OWNED;
    out->bytes = copy;
}

// Whoever is given a show's page comes in within a moment, and then a fresh key frame is there.
static void expect_viewer(struct call *c) {
    char id[PATH_WORD_BYTES];
    if (!path_matches("/show/ID", c->request->path, id))
        return;
    const struct show *const show = shows_find(&c->api->relay->shows, id);
    if (show && show->room)
        room_expect_viewer(show->room, c->now_us);
}

static void serve_page(struct call *c) {
    const char *const path = c->request->path;
    const bool is_reading = c->request->method == HTTP_GET || c->request->method == HTTP_HEAD;
    const struct asset *asset = assets_find(c->api->assets, path);
    if (asset && !is_reading) {
        http_problem(c->out, 405, "Method not allowed", "Only GET and HEAD are answered here.");
        c->out->allow = "GET, HEAD";
    } else if (asset) {
        serve_asset(c, asset, 200);
        expect_viewer(c);
    } else if (is_reading && strncmp(path, "/api/", 5) != 0 && strncmp(path, "/assets/", 8) != 0 &&
               (asset = assets_find_file(c->api->assets, "404.html"))) {
        serve_asset(c, asset, 404);
    } else {
        not_found(c, "Nothing is here.");
    }
}

// Preconditions of everything that has an ETag and is no file of a replay (those know ranges, too).
static void apply_etag(const struct http_request *request, struct http_response *out) {
    if (out->status != 200 || out->kind == HTTP_BODY_FILE ||
        !http_etag_matches(request->if_none_match, out->etag))
        return;
    out->status = 304;
    out->body_sent = out->body_len;
}

static const char *allowed(const struct route *r) {
    static const char *const texts[] = {
        "",
        "GET, HEAD",
        "POST",
        "GET, HEAD, POST",
        "PATCH",
        "GET, HEAD, PATCH",
        "POST, PATCH",
        "GET, HEAD, POST, PATCH",
        "DELETE",
        "GET, HEAD, DELETE",
        "POST, DELETE",
        "GET, HEAD, POST, DELETE",
        "PATCH, DELETE",
        "GET, HEAD, PATCH, DELETE",
        "POST, PATCH, DELETE",
        "GET, HEAD, POST, PATCH, DELETE",
    };
    return texts[(r->get ? 1 : 0) + (r->post ? 2 : 0) + (r->change ? 4 : 0) + (r->end ? 8 : 0)];
}

static void ask_route(struct call *c, const struct route *r) {
    const enum http_method method = c->request->method;
    void (*const answer)(struct call *) = method == HTTP_GET || method == HTTP_HEAD ? r->get
                                          : method == HTTP_POST                     ? r->post
                                          : method == HTTP_PATCH                    ? r->change
                                          : method == HTTP_DELETE                   ? r->end
                                                                                    : NULL;
    if (answer) {
        answer(c);
        return;
    }
    http_problem(c->out, 405, "Method not allowed", "This method is not answered here; see Allow.");
    c->out->allow = allowed(r);
}

void api_handle(struct api *api, const struct http_request *request, const char *body,
                size_t body_len, void (*wake)(struct viewer *v), void *conn, uint64_t now_us,
                struct http_response *out) {
    struct call call = {.api = api,
                        .request = request,
                        .body = body,
                        .body_len = body_len,
                        .wake = wake,
                        .conn = conn,
                        .now_us = now_us,
                        .out = out};
    http_response_init(out);
    const size_t i = find_route(request->path, call.id);
    if (i == ROUTE_COUNT)
        serve_page(&call);
    else
        ask_route(&call, &routes[i]);
    apply_etag(request, out);
}
