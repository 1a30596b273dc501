// SPDX-License-Identifier: MIT
// Routes, documents, assets and files of replays, as a socket would ask for them.
#include "relay/api.h"
#include "relay/api_json.h"
#include "relay/replay_files.h"
#include "relay_kit.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct kit kit;
static struct api api;
static struct http_response answer;
static char body[131072];
static char folder[64], page_folder[80];
static size_t wakes;

static void write_file(const char *dir, const char *name, const char *text, size_t len) {
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *const f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

#define MANIFEST_HEAD                                                                              \
    "{\"version\":1,\"routes\":[{\"route\":\"/\",\"file\":\"index.html\"},"                        \
    "{\"route\":\"/show/ID\",\"file\":\"show.html\"},{\"route\":null,\"file\":\"404.html\"}],"
#define FILE_LINE(name, type, immutable, br)                                                       \
    "{\"file\":\"" name "\",\"type\":\"" type "\",\"immutable\":" immutable                        \
    ",\"etag\":\"0123456789abcdef\",\"size\":1,\"brSize\":" br ",\"gzSize\":" br "}"

static int setup(void **state) {
    (void)state;
    static const char manifest[] = MANIFEST_HEAD
        "\"files\":[" FILE_LINE("index.html", "text/html", "false", "0") "," FILE_LINE(
            "show.html", "text/html", "false",
            "0") "," FILE_LINE("404.html", "text/html", "false",
                               "0") "," FILE_LINE("assets/a-HASH.js", "text/javascript", "true",
                                                  "3") "]}";
    kit_init(&kit);
    strcpy(folder, "/tmp/tabcast-api-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(page_folder, sizeof(page_folder), "%s/page", folder);
    char assets[100];
    snprintf(assets, sizeof(assets), "%s/assets", page_folder);
    assert_int_equal(mkdir(page_folder, 0700) | mkdir(assets, 0700), 0);
    write_file(page_folder, "manifest.json", manifest, sizeof(manifest) - 1);
    write_file(page_folder, "index.html", "home", 4);
    write_file(page_folder, "show.html", "show", 4);
    write_file(page_folder, "404.html", "lost", 4);
    write_file(page_folder, "assets/a-HASH.js", "plain", 5);
    write_file(page_folder, "assets/a-HASH.js.br", "brr", 3);
    write_file(page_folder, "assets/a-HASH.js.gz", "gzz", 3);
    memset(&api, 0, sizeof(api));
    api.relay = &kit.relay;
    api.recordings_fd = open(folder, O_RDONLY | O_DIRECTORY);
    api.assets = assets_create(page_folder);
    assert_non_null(api.assets);
    http_response_init(&answer);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char command[128];
    http_response_dispose(&answer);
    assets_destroy(api.assets);
    close(api.recordings_fd);
    kit_dispose(&kit);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void wake(struct viewer *v) {
    (void)v;
    wakes++;
}

static struct http_request request(enum http_method method, const char *path) {
    struct http_request r = {.method = method, .host = "relay.example", .address = "192.0.2.9"};
    const char *const query = strchr(path, '?');
    snprintf(r.path, sizeof(r.path), "%.*s", (int)(query ? query - path : (long)strlen(path)),
             path);
    snprintf(r.query, sizeof(r.query), "%s", query ? query + 1 : "");
    return r;
}

// Collects the whole body.
static int ask(struct http_request r, const char *sent) {
    uint8_t scratch[100]; // small, so that bodies come in pieces
    bool is_end = false;
    size_t len = 0;
    http_response_dispose(&answer);
    api_handle(&api, &r, sent, strlen(sent), wake, NULL, kit.now_us, &answer);
    while (!is_end && answer.kind != HTTP_BODY_NONE && answer.kind != HTTP_BODY_LIVE &&
           answer.status != 304) {
        const uint8_t *bytes = NULL;
        const int64_t got = http_body_next(&answer, &bytes, scratch, sizeof(scratch),
                                           &kit.relay.metrics, kit.now_us, &is_end);
        assert_true(got >= 0 && len + (size_t)got < sizeof(body));
        if (got)
            memcpy(body + len, bytes, (size_t)got);
        len += (size_t)got;
    }
    body[len] = '\0';
    return answer.status;
}

static int get(const char *path) { return ask(request(HTTP_GET, path), ""); }

static int post(const char *json) {
    struct http_request r = request(HTTP_POST, "/api/v1/shows");
    strcpy(r.content_type, "application/json; charset=utf-8");
    return ask(r, json);
}

static void shows_are_created_once_and_listed_without_their_key(void **state) {
    (void)state;
    char id[LIMIT_ID_CHARS + 1], path[64];
    assert_int_equal(post("{\"title\":\"T \\\"q\\\"\",\"description\":\"D\"}"), 201);
    assert_string_equal(answer.content_type, "application/json");
    assert_memory_equal(body, "{\"id\":\"", 7);
    memcpy(id, body + 7, LIMIT_ID_CHARS);
    id[LIMIT_ID_CHARS] = '\0';
    assert_non_null(strstr(
        body, "\"title\":\"T \\\"q\\\"\",\"description\":\"D\",\"category\":\"\",\"tags\":[]"));
    assert_non_null(strstr(body, "\"key\":\""));
    assert_non_null(strstr(body, "\"createdAt\":\"2027-01-15T08:00:00.000Z\""));
    snprintf(path, sizeof(path), "/api/v1/shows/%s", id);
    assert_string_equal(answer.location, path);
    assert_int_equal(get(path), 200);
    assert_null(strstr(body, "key"));
    assert_int_equal(get("/api/v1/shows"), 200);
    assert_non_null(strstr(body, id));
    assert_null(strstr(body, "key"));
    assert_int_equal(get("/api/v1/shows?state=live"), 200);
    assert_string_equal(body, "{\"items\":[],\"next\":null}");
    shows_find(&kit.relay.shows, id)->state = SHOW_LIVE;
    assert_int_equal(get("/api/v1/shows?state=live"), 200);
    assert_non_null(strstr(body, id));
    assert_int_equal(get("/api/v1/shows/aaaaaaaaaaaa"), 404);
    assert_string_equal(answer.content_type, "application/problem+json");
    assert_non_null(strstr(body, "\"status\":404"));
    shows_find(&kit.relay.shows, id)->state = SHOW_ENDED;
}

static void bad_creations(void **state) {
    (void)state;
    assert_int_equal(post("{}"), 422);
    assert_int_equal(post("{\"title\":\"\"}"), 422);
    assert_int_equal(post("nonsense"), 400);
    assert_int_equal(post("{\"title\":\"\xff\"}"), 400);
    struct http_request r = request(HTTP_POST, "/api/v1/shows");
    strcpy(r.content_type, "text/plain");
    assert_int_equal(ask(r, "{\"title\":\"x\"}"), 415);
    strcpy(r.content_type, "application/json");
    strcpy(r.origin, "https://evil.example");
    assert_int_equal(ask(r, "{\"title\":\"x\"}"), 403);
    strcpy(r.origin, "http://relay.example");
    assert_int_equal(ask(r, "{\"title\":\"x\"}"), 201);
    for (int i = 0; i < 70; i++)
        ask(r, "{\"title\":\"x\"}");
    assert_int_equal(answer.status, 429);
    assert_int_equal(answer.retry_after_s, 60);
    strcpy(r.address, "192.0.2.10"); // another address is not affected
    assert_int_equal(ask(r, "{\"title\":\"x\"}"), 201);
}

static void methods_and_paths(void **state) {
    (void)state;
    assert_int_equal(ask(request(HTTP_OTHER, "/api/v1/shows"), ""), 405);
    assert_string_equal(answer.allow, "GET, HEAD, POST");
    assert_int_equal(ask(request(HTTP_POST, "/metrics"), ""), 405);
    assert_string_equal(answer.allow, "GET, HEAD");
    assert_int_equal(ask(request(HTTP_POST, "/"), ""), 405);
    assert_int_equal(ask(request(HTTP_POST, "/nowhere"), ""), 404);
    assert_int_equal(get("/api/v1/nothing"), 404);
    assert_string_equal(answer.content_type, "application/problem+json");
    assert_int_equal(get("/nowhere"), 404);
    assert_string_equal(body, "lost");
    assert_int_equal(get("/assets/none.js"), 404);
    assert_int_equal(get("/manifest.json"), 404);
    assert_int_equal(get("/index.html"), 404); // a page is its route
    assert_int_equal(get("/assets/../index.html"), 404);
    assert_int_equal(get("/replays/../secret12.webm"), 404);
    assert_int_equal(get("/show/aaaaaaaaaaaa/"), 404);
    assert_int_equal(get("/healthz"), 200);
    assert_int_equal(get("/readyz"), 200);
    assert_int_equal(get("/metrics"), 200);
    assert_non_null(strstr(body, "tabcast_shows{state=\"live\"} 0"));
    assert_int_equal(get("/api/v1/openapi.json"), 200);
    assert_non_null(strstr(body, "\"openapi\""));
    kit.relay.is_stopping = true;
    assert_int_equal(get("/readyz"), 503);
    assert_true(
        api_takes_body(&(struct http_request){.method = HTTP_POST, .path = "/api/v1/shows"}));
    assert_false(api_takes_body(&(struct http_request){.method = HTTP_POST, .path = "/metrics"}));
    assert_false(
        api_takes_body(&(struct http_request){.method = HTTP_GET, .path = "/api/v1/shows"}));
}

static void pages_and_assets(void **state) {
    (void)state;
    assert_int_equal(get("/"), 200);
    assert_string_equal(body, "home");
    assert_int_equal(answer.policy, HTTP_POLICY_PAGE);
    assert_string_equal(answer.cache_control, "no-cache");
    assert_int_equal(get("/show/abcdefgh2345"), 200);
    assert_string_equal(body, "show");
    assert_int_equal(get("/show/abcdefgh2341"), 404); // 1 is no character of an id

    struct http_request r = request(HTTP_GET, "/assets/a-HASH.js");
    assert_int_equal(ask(r, ""), 200);
    assert_string_equal(body, "plain");
    assert_string_equal(answer.cache_control, "public, max-age=31536000, immutable");
    assert_true(answer.varies);
    assert_string_equal(answer.etag, "\"0123456789abcdef\"");
    strcpy(r.accept_encoding, "gzip, br");
    assert_int_equal(ask(r, ""), 200);
    assert_string_equal(body, "brr");
    assert_string_equal(answer.content_encoding, "br");
    assert_string_equal(answer.etag, "\"0123456789abcdef-br\"");
    strcpy(r.if_none_match, "\"0123456789abcdef\"");
    assert_int_equal(ask(r, ""), 200); // that is another form
    strcpy(r.if_none_match, "\"0123456789abcdef-br\"");
    assert_int_equal(ask(r, ""), 304);
    strcpy(r.accept_encoding, "gzip");
    r.if_none_match[0] = '\0';
    assert_int_equal(ask(r, ""), 200);
    assert_string_equal(body, "gzz");
}

static void a_rebuilt_folder_is_read_anew(void **state) {
    (void)state;
    static const char manifest[] =
        MANIFEST_HEAD "\"files\":[" FILE_LINE("index.html", "text/html", "false", "0") "]}";
    struct timespec later[2] = {{.tv_sec = 4000000000}, {.tv_sec = 4000000000}};
    assert_int_equal(get("/assets/a-HASH.js"), 200);
    write_file(page_folder, "index.html", "new home", 8);
    write_file(page_folder, "manifest.json", manifest, sizeof(manifest) - 1);
    char path[128];
    snprintf(path, sizeof(path), "%s/manifest.json", page_folder);
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
    assert_int_equal(get("/"), 200);
    assert_string_equal(body, "new home");
    assert_int_equal(get("/assets/a-HASH.js"), 404);
}

static void manifests_that_are_none(void **state) {
    (void)state;
    static struct asset_manifest m;
    static const char *const wrong[] = {
        "",
        "[]x",
        "{\"files\":[{\"file\":\"../../etc/"
        "passwd\",\"type\":\"a\",\"etag\":\"a\",\"brSize\":0,\"gzSize\":0}]}",
        "{\"files\":[{\"file\":\"/etc/"
        "passwd\",\"type\":\"a\",\"etag\":\"a\",\"brSize\":0,\"gzSize\":0}]}",
        "{\"files\":[{\"file\":\"a\"}]}",
        "{\"files\":[7]}",
        "{\"routes\":[{\"route\":\"/\"}],\"files\":[]}"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(asset_manifest_read(&m, wrong[i], strlen(wrong[i])), -1);
    assert_null(assets_create("/nonexistent"));
}

static void replays_with_ranges_chat_and_poster(void **state) {
    (void)state;
    static char film[3000];
    for (size_t i = 0; i < sizeof(film); i++)
        film[i] = (char)('a' + i % 26);
    write_file(folder, "aaaaaaaaaaaa.webm", film, sizeof(film));
    static const char sidecar[] =
        "{\"id\":\"aaaaaaaaaaaa\",\"title\":\"Film\",\"startedAt\":\"2026-01-31T12:00:00.000Z\","
        "\"durationMs\":5000,\"sizeBytes\":3000}";
    write_file(folder, "aaaaaaaaaaaa.json", sidecar, sizeof(sidecar) - 1);
    write_file(folder, "aaaaaaaaaaaa.chat.jsonl", "{\"id\":1}\n{\"id\":2}\n{\"id\":3,\"te", 27);
    write_file(folder, "aaaaaaaaaaaa.jpg", "JPEG", 4);
    write_file(folder, "bbbbbbbbbbbb.webm", film, 10); // no sidecar: still a film
    write_file(folder, "cccccccccccc.part.webm", film, 10);
    write_file(folder, "not-an-id.webm", film, 10);
    assert_int_equal(replay_scan(api.recordings_fd, &kit.relay.replays), 2);

    assert_int_equal(get("/api/v1/replays?limit=1"), 200);
    assert_non_null(strstr(body, "bbbbbbbbbbbb")); // its file is the newer one
    const char *const next = strstr(body, "\"next\":\"");
    assert_non_null(next);
    char path[128];
    snprintf(path, sizeof(path), "/api/v1/replays?cursor=%.*s", (int)strcspn(next + 8, "\""),
             next + 8);
    assert_int_equal(get(path), 200);
    assert_non_null(strstr(
        body,
        "\"id\":\"aaaaaaaaaaaa\",\"title\":\"Film\",\"startedAt\":\"2026-01-31T12:00:00.000Z\","
        "\"durationMs\":5000,\"sizeBytes\":3000,\"posterUrl\":\"/posters/aaaaaaaaaaaa.jpg\","
        "\"url\":\"/replay/aaaaaaaaaaaa\",\"mediaUrl\":\"/replays/aaaaaaaaaaaa.webm\","
        "\"chatUrl\":\"/replays/aaaaaaaaaaaa/chat.json\"}],\"next\":null}"));
    assert_int_equal(get("/api/v1/replays?limit=0"), 400);
    assert_int_equal(get("/api/v1/replays?limit=101"), 400);
    assert_int_equal(get("/api/v1/replays?cursor=drop"), 400);
    assert_int_equal(get("/api/v1/replays/aaaaaaaaaaaa"), 200);
    assert_int_equal(get("/api/v1/replays/cccccccccccc"), 404);

    assert_int_equal(get("/replays/aaaaaaaaaaaa.webm"), 200);
    assert_memory_equal(body, film, sizeof(film));
    struct http_request r = request(HTTP_GET, "/replays/aaaaaaaaaaaa.webm");
    strcpy(r.range, "bytes=2990-");
    assert_int_equal(ask(r, ""), 206);
    assert_string_equal(answer.content_range, "bytes 2990-2999/3000");
    assert_memory_equal(body, film + 2990, 10);
    strcpy(r.if_range, "\"other\"");
    assert_int_equal(ask(r, ""), 200);
    strcpy(r.if_range, answer.etag);
    assert_int_equal(ask(r, ""), 206);
    strcpy(r.range, "bytes=3000-");
    assert_int_equal(ask(r, ""), 416);
    assert_string_equal(answer.content_range, "bytes */3000");
    r.range[0] = r.if_range[0] = '\0';
    strcpy(r.if_none_match, answer.etag);
    assert_int_equal(ask(r, ""), 304);
    assert_int_equal(get("/replays/cccccccccccc.webm"), 404);

    assert_int_equal(get("/replays/aaaaaaaaaaaa/chat.json"), 200);
    assert_string_equal(body, "{\"messages\":[{\"id\":1},{\"id\":2}]}");
    assert_int_equal(get("/replays/bbbbbbbbbbbb/chat.json"), 200);
    assert_string_equal(body, "{\"messages\":[]}");
    assert_int_equal(get("/posters/aaaaaaaaaaaa.jpg"), 200);
    assert_string_equal(body, "JPEG");
    assert_int_equal(get("/posters/bbbbbbbbbbbb.jpg"), 404);
}

static void a_file_that_shrinks_ends_the_response(void **state) {
    (void)state;
    uint8_t scratch[100];
    const uint8_t *bytes;
    bool is_end;
    write_file(folder, "aaaaaaaaaaaa.webm", "0123456789", 10);
    replay_scan(api.recordings_fd, &kit.relay.replays);
    struct http_request r = request(HTTP_GET, "/replays/aaaaaaaaaaaa.webm");
    api_handle(&api, &r, "", 0, wake, NULL, kit.now_us, &answer);
    write_file(folder, "aaaaaaaaaaaa.webm", "", 0);
    assert_int_equal(http_body_next(&answer, &bytes, scratch, sizeof(scratch), &kit.relay.metrics,
                                    kit.now_us, &is_end),
                     -1);
}

static void live_streams_are_init_key_frame_and_payloads(void **state) {
    (void)state;
    struct kit_peer pub;
    const uint8_t *bytes;
    bool is_end;
    char path[64];
    struct show *const show = kit_show(&kit, "Show");
    snprintf(path, sizeof(path), "/live/%s.webm", show->id);
    assert_int_equal(get(path), 404);
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 500);
    assert_int_equal(ask(request(HTTP_HEAD, path), ""), 200);
    assert_int_equal(show->room->viewer_count, 0);
    assert_int_equal(get(path), 200);
    assert_string_equal(answer.content_type, "video/webm");
    assert_string_equal(answer.cache_control, "no-store");
    assert_true(answer.closes);
    assert_int_equal(show->room->viewer_count, 1);
#define NEXT() http_body_next(&answer, &bytes, NULL, 0, &kit.relay.metrics, kit.now_us, &is_end)
    assert_true(NEXT() > 100);
    assert_memory_equal(bytes, "\x1a\x45\xdf\xa3", 4);
    assert_true(NEXT() > 500);
    assert_memory_equal(bytes, "\x1f\x43\xb6\x75", 4);
    assert_int_equal(NEXT(), 0);
    assert_false(is_end);
    wakes = 0;
    kit_send_audio(&kit, &pub, 2000);
    kit_serve(&kit);
    assert_int_equal(wakes, 1);
    assert_true(NEXT() > 60);
    kit_send_init(&kit, &pub); // not twice in one file
    kit_send_video(&kit, &pub, 3000, WIRE_KEY, 0, 500);
    assert_true(NEXT() > 500);
    assert_memory_equal(bytes, "\x1f\x43\xb6\x75", 4);
    struct http_response other; // one that goes away in the middle of a message
    const struct http_request r = request(HTTP_GET, path);
    api_handle(&api, &r, "", 0, wake, NULL, kit.now_us, &other);
    assert_true(http_body_next(&other, &bytes, NULL, 0, &kit.relay.metrics, kit.now_us, &is_end) >
                0);
    http_response_dispose(&other);
    assert_int_equal(show->room->viewer_count, 1);
    kit_say(&kit, &pub, "{\"type\":\"end\"}");
    assert_int_equal(NEXT(), 0);
    assert_true(is_end);
    kit_close(&kit, &pub);
    http_response_dispose(&answer);
    assert_int_equal(kit.relay.room_count, 0);
    assert_int_equal(get(path), 404);
}

static size_t wishes(struct kit_peer *pub) {
    size_t n = 0;
    kit_pull(&kit, pub, 0);
    while (kit_text(pub, "\"type\":\"keyframe\"", n))
        n++;
    return n;
}

static void a_shows_page_has_a_fresh_key_frame_made(void **state) {
    (void)state;
    char path[64];
    struct kit_peer pub;
    struct show *const show = kit_show(&kit, "Show");
    snprintf(path, sizeof(path), "/show/%s", show->id);
    assert_int_equal(get(path), 200); // before anybody is there
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 500);
    kit.now_us += 400000;
    assert_int_equal(get(path), 200);
    assert_int_equal(wishes(&pub), 0); // there is one
    kit.now_us += 200000;
    assert_int_equal(get("/show/abcdefgh2345"), 200); // no such show
    assert_int_equal(wishes(&pub), 0);
    assert_int_equal(get(path), 200);
    assert_int_equal(get(path), 200); // at most one a second
    assert_int_equal(wishes(&pub), 1);
    kit_close(&kit, &pub);
}

static void posters_of_live_shows(void **state) {
    (void)state;
    char path[64];
    struct kit_peer pub;
    struct show *const show = kit_show(&kit, "Show");
    uint8_t poster[WIRE_HEADER_LEN + 6];
    const struct wire_header h = {.kind = WIRE_POSTER, .timestamp_us = 5};
    snprintf(path, sizeof(path), "/posters/%s.jpg", show->id);
    assert_int_equal(get(path), 404);
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    wire_header_write(poster, &h);
    memcpy(poster + WIRE_HEADER_LEN, "\xff\xd8\xff\xe0\xff\xd9", 6);
    session_media(pub.session, poster, sizeof(poster), kit.now_us);
    struct http_request r = request(HTTP_GET, path);
    assert_int_equal(ask(r, ""), 200);
    assert_string_equal(answer.content_type, "image/jpeg");
    assert_memory_equal(body, "\xff\xd8\xff\xe0\xff\xd9", 6);
    strcpy(r.if_none_match, answer.etag);
    assert_int_equal(ask(r, ""), 304);
    kit_close(&kit, &pub);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(shows_are_created_once_and_listed_without_their_key),
        T(bad_creations),
        T(methods_and_paths),
        T(pages_and_assets),
        T(a_rebuilt_folder_is_read_anew),
        T(manifests_that_are_none),
        T(replays_with_ranges_chat_and_poster),
        T(a_file_that_shrinks_ends_the_response),
        T(live_streams_are_init_key_frame_and_payloads),
        T(a_shows_page_has_a_fresh_key_frame_made),
        T(posters_of_live_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
