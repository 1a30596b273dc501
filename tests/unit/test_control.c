// SPDX-License-Identifier: MIT
// JSON from outside and JSON we write.
#include "relay/control.h"
#include "relay/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum refusal read_text(struct control_message *m, const char *json) {
    return control_read(m, json, strlen(json));
}

static void reads_each_type(void **state) {
    (void)state;
    struct control_message m;
    assert_int_equal(
        read_text(
            &m, "{\"type\":\"hello\",\"version\":1,\"role\":\"publish\",\"show\":\"abcdefgh2345\","
                "\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"name\":\"Zo\\u00eb\","
                "\"future\":[1,{}]}"),
        REFUSAL_NONE);
    assert_int_equal(m.type, CONTROL_HELLO);
    assert_true(m.hello.is_publisher && m.hello.has_key);
    assert_string_equal(m.hello.show, "abcdefgh2345");
    assert_int_equal(strlen(m.hello.key), LIMIT_KEY_CHARS);
    assert_string_equal(m.hello.name, "Zo\xc3\xab");

    assert_int_equal(read_text(&m, "{\"type\":\"start\",\"timestampMs\":1234.5678}"), REFUSAL_NONE);
    assert_int_equal(m.start.timestamp_us, 1234568);
    assert_int_equal(read_text(&m, "{\"type\":\"end\"}"), REFUSAL_NONE);
    assert_int_equal(m.type, CONTROL_END);
    assert_int_equal(read_text(&m, "{\"type\":\"keyframe\"}"), REFUSAL_NONE);
    assert_int_equal(read_text(&m, "{\"type\":\"chat\",\"text\":\"a\\nb\"}"), REFUSAL_NONE);
    assert_true(m.chat.is_valid);
    assert_string_equal(m.chat.text, "a\nb");
    assert_int_equal(
        read_text(&m, "{\"type\":\"lag\",\"behindMs\":-3,\"bufferedMs\":80.25,\"framesDropped\":2,"
                      "\"framesDecoded\":900,\"hidden\":true}"),
        REFUSAL_NONE);
    assert_int_equal(m.lag.behind_us, 0);
    assert_int_equal(m.lag.buffered_us, 80250);
    assert_int_equal(m.lag.newest_us, UINT64_MAX);
    assert_int_equal(m.lag.frames_decoded, 900);
    assert_true(m.lag.is_hidden);
    assert_int_equal(read_text(&m, "{\"type\":\"time\",\"t\":1e3}"), REFUSAL_NONE);
    assert_true(m.time.t == 1000.0);
    assert_int_equal(read_text(&m, "{\"type\":\"name\",\"name\":\"Bo\"}"), REFUSAL_NONE);
    assert_string_equal(m.name.name, "Bo");
    assert_int_equal(read_text(&m, "{\"type\":\"timing\",\"captureMs\":1.25,\"encodeMs\":60000}"),
                     REFUSAL_NONE);
    assert_int_equal(m.timing.capture_us, 1250);
    assert_int_equal(m.timing.encode_us, 60000000);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":\"auto\"}"), REFUSAL_NONE);
    assert_int_equal(m.quality.choice, CHOICE_AUTO);
    assert_int_equal(m.quality.best, 0);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":\"auto\",\"best\":2}"),
                     REFUSAL_NONE);
    assert_int_equal(m.quality.best, 2);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":\"auto\",\"best\":3}"),
                     REFUSAL_MEMBERS);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":\"auto\",\"best\":\"1\"}"),
                     REFUSAL_MEMBERS);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":\"audio\"}"), REFUSAL_NONE);
    assert_int_equal(m.quality.choice, CHOICE_AUDIO);
    assert_int_equal(read_text(&m, "{\"type\":\"quality\",\"choice\":2}"), REFUSAL_NONE);
    assert_int_equal(m.quality.choice, 2);
    assert_int_equal(read_text(&m, "{\"type\":\"withdraw\",\"rendition\":1}"), REFUSAL_NONE);
    assert_int_equal(m.withdraw.rendition, 1);
}

static void refuses_what_is_not_ours(void **state) {
    (void)state;
    static const struct {
        const char *json;
        enum refusal why;
    } cases[] = {
        {"", REFUSAL_NOT_JSON},
        {"null", REFUSAL_NOT_JSON},
        {"\"hello\"", REFUSAL_NOT_JSON},
        {"{\"type\":\"end\"} ", REFUSAL_NONE},
        {"{\"type\":\"end\"}x", REFUSAL_NOT_JSON},
        {"{\"type\":\"end\"}{\"type\":\"end\"}", REFUSAL_NOT_JSON},
        {"{\"type\":\"end\",\"type\":\"end\"}", REFUSAL_NOT_JSON},
        {"{\"type\":\"end\",\"a\":{\"b\":1,\"b\":2}}", REFUSAL_NOT_JSON},
        {"{type:\"end\"}", REFUSAL_NOT_JSON},
        {"{\"type\":\"END\"}", REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":\"welcome\"}", REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":null}", REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":\"start\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"start\",\"timestampMs\":\"1\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"start\",\"timestampMs\":-1}", REFUSAL_MEMBERS},
        {"{\"type\":\"start\",\"timestampMs\":1e300}", REFUSAL_MEMBERS},
        {"{\"type\":\"start\",\"timestampMs\":1e999}", REFUSAL_NOT_JSON},
        {"{\"type\":\"start\",\"timestampMs\":NaN}", REFUSAL_NOT_JSON},
        {"{\"type\":\"chat\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"chat\",\"text\":[\"a\"]}", REFUSAL_MEMBERS},
        {"{\"type\":\"chat\",\"text\":\"a\\u0000b\"}", REFUSAL_NOT_JSON},
        {"{\"type\":\"chat\",\"text\":\"\\ud800\"}", REFUSAL_NOT_JSON},
        {"{\"type\":\"name\",\"name\":\"\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"name\",\"name\":\"two\\nlines\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"name\",\"name\":"
         "\"0123456789012345678901234567890123456789012345678901234567890123x\"}",
         REFUSAL_MEMBERS},
        {"{\"type\":\"timing\",\"captureMs\":1}", REFUSAL_MEMBERS},
        {"{\"type\":\"timing\",\"captureMs\":-1,\"encodeMs\":1}", REFUSAL_MEMBERS},
        {"{\"type\":\"timing\",\"captureMs\":1,\"encodeMs\":60001}", REFUSAL_MEMBERS},
        {"{\"type\":\"quality\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"quality\",\"choice\":\"best\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"quality\",\"choice\":3}", REFUSAL_MEMBERS},
        {"{\"type\":\"quality\",\"choice\":-1}", REFUSAL_MEMBERS},
        {"{\"type\":\"quality\",\"choice\":0.5}", REFUSAL_MEMBERS},
        {"{\"type\":\"withdraw\",\"rendition\":0}", REFUSAL_MEMBERS},
        {"{\"type\":\"withdraw\",\"rendition\":\"1\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"time\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"time\",\"t\":true}", REFUSAL_MEMBERS},
        {"{\"type\":\"lag\",\"behindMs\":1,\"bufferedMs\":1,\"framesDropped\":0,\"framesDecoded\":"
         "1}",
         REFUSAL_MEMBERS},
        {"{\"type\":\"lag\",\"behindMs\":1,\"bufferedMs\":1,\"framesDropped\":-1,\"framesDecoded\":"
         "1,\"hidden\":false}",
         REFUSAL_MEMBERS},
        {"{\"type\":\"hello\",\"version\":\"1\",\"role\":\"watch\",\"show\":\"abcdefgh2345\"}",
         REFUSAL_MEMBERS},
        {"{\"type\":\"hello\",\"version\":1.5,\"role\":\"watch\",\"show\":\"abcdefgh2345\"}",
         REFUSAL_VERSION},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"watch\"}", REFUSAL_MEMBERS},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"abcdefgh2345\",\"name\":"
         "9}",
         REFUSAL_MEMBERS},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct control_message m;
        if (read_text(&m, cases[i].json) != cases[i].why)
            fail_msg("%s: not %s", cases[i].json, refusal_text(cases[i].why)->label);
    }
}

static void an_impossible_id_is_no_show(void **state) {
    (void)state;
    struct control_message m;
    assert_int_equal(
        read_text(
            &m,
            "{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"abcdefgh23456789\"}"),
        REFUSAL_NONE);
    assert_string_equal(m.hello.show, "");
}

static void show_requests(void **state) {
    (void)state;
    struct show_about r;
    char password[LIMIT_PASSWORD_BYTES + 1];
#define READ(json) show_request_read(&r, password, true, json, strlen(json))
    assert_null(READ("{\"title\":\"A <b>show</b>\"}"));
    assert_string_equal(r.title, "A <b>show</b>");
    assert_string_equal(r.description, "");
    assert_null(READ("{\"title\":\"x\",\"description\":\"two\\nlines\",\"other\":1}"));
    assert_string_equal(r.description, "two\nlines");
    assert_string_equal(READ("{}"), "title");
    assert_string_equal(READ("{\"title\":\"\"}"), "title");
    assert_string_equal(READ("{\"title\":\"   \"}"), "title");
    assert_string_equal(READ("{\"title\":\"a\\tb\"}"), "title");
    assert_string_equal(READ("{\"title\":1}"), "title");
    assert_string_equal(READ("{\"title\":\"x\",\"description\":1}"), "description");
    assert_string_equal(READ("[]"), "");
    assert_string_equal(READ("{\"title\":\"a\",\"title\":\"b\"}"), "");
}

static void terms_of_a_show(void **state) {
    (void)state;
    struct show_about r;
    char password[LIMIT_PASSWORD_BYTES + 1];
    assert_null(READ("{\"title\":\"x\",\"visibility\":\"private\",\"invited\":[\"Ann\",\"a.nn\","
                     "\"bob\"],\"priceCoins\":5,\"lengthMinutes\":90,\"language\":\"de\"}"));
    assert_int_equal(r.visibility, SHOW_PRIVATE);
    assert_string_equal(r.invited, " Ann bob "); // a.nn is Ann
    assert_int_equal(r.price_coins, 5);
    assert_int_equal(r.length_min, 90);
    assert_string_equal(r.language, "de");
    assert_string_equal(password, "");
    assert_null(READ("{\"title\":\"x\",\"visibility\":\"password\",\"password\":\"sesame\","
                     "\"lengthMinutes\":null,\"priceCoins\":null,\"language\":\"\"}"));
    assert_string_equal(password, "sesame");
    assert_int_equal(r.length_min, 0);
    static const struct {
        const char *member, *values[7];
    } bad[] = {
        {"visibility", {"\"secret\"", "1"}},
        {"invited", {"\"ann\"", "[1]", "[\"a\"]", "[\"ann \"]", "[\"\"]", "{}"}},
        {"password", {"\"short\"", "1", "\"\"", "[]"}},
        {"priceCoins", {"-1", "1.5", "1000001", "\"5\"", "true"}},
        {"lengthMinutes", {"-1", "1441", "0.5", "\"90\""}},
        {"language", {"\"german\"", "\"D\"", "\"d\"", "\"d1\"", "7"}},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        for (size_t k = 0; bad[i].values[k]; k++) {
            char json[128];
            snprintf(json, sizeof(json), "{\"title\":\"x\",\"%s\":%s}", bad[i].member,
                     bad[i].values[k]);
            if (!READ(json) || strcmp(READ(json), bad[i].member) != 0)
                fail_msg("%s", json);
        }
}

static void sidecars(void **state) {
    (void)state;
    struct replay_sidecar s;
    const char *json =
        "{\"id\":\"aaaaaaaaaaaa\",\"title\":\"T\",\"startedAt\":\"2026-01-31T12:00:00.123Z\","
        "\"durationMs\":1030,\"sizeBytes\":99}";
    assert_int_equal(replay_sidecar_read(&s, json, strlen(json)), 0);
    assert_string_equal(s.title, "T");
    assert_int_equal(s.started_at_ms, 1769860800123);
    assert_int_equal(s.duration_ms, 1030);
    assert_int_equal(s.size_bytes, 99);
    assert_int_equal(replay_sidecar_read(&s, "{}", 2), 0);
    assert_int_equal(s.started_at_ms, 0);
    assert_int_equal(replay_sidecar_read(&s, "{", 1), -1);
}

static void the_longest_welcome_fits(void **state) {
    (void)state;
    char description[LIMIT_DESCRIPTION_BYTES + 1], title[LIMIT_TITLE_BYTES + 1],
        name[LIMIT_NAME_BYTES + 1];
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    memset(description, '"', sizeof(description) - 1);
    memset(title, '"', sizeof(title) - 1);
    memset(name, '"', sizeof(name) - 1);
    description[sizeof(description) - 1] = title[sizeof(title) - 1] = name[sizeof(name) - 1] = '\0';
    struct control_welcome w = {.session = "aaaaaaaaaaaa",
                                .role = "watch",
                                .name = name,
                                .show = "aaaaaaaaaaaa",
                                .title = title,
                                .description = description,
                                .state = "reconnecting",
                                .now_us = INT64_MAX,
                                .has_epoch = true,
                                .epoch_us = INT64_MAX,
                                .media_time_us = LIMIT_TIMESTAMP_US,
                                .viewers = UINT32_MAX};
    const size_t len = control_write_welcome(json, sizeof(json), &w);
    assert_true(len > 0 && len <= sizeof(json)); // without its description
    memset(description, 'd', sizeof(description) - 1);
    const size_t whole = control_write_welcome(json, sizeof(json), &w);
    assert_true(whole > len + 1900);
}

static void as_many_people_as_are_told_fit(void **state) {
    (void)state;
    struct control_person people[LIMIT_PEOPLE_COUNT];
    char name[LIMIT_NAME_BYTES + 1], account[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char json[LIMIT_TEXT_MESSAGE_BYTES];
    memset(name, '"', sizeof(name) - 1);
    memset(account, 'a', sizeof(account) - 1);
    name[sizeof(name) - 1] = account[sizeof(account) - 1] = '\0';
    for (size_t i = 0; i < LIMIT_PEOPLE_COUNT; i++)
        people[i] = (struct control_person){"aaaaaaaaaaaa", name, account};
    assert_true(control_write_people(json, sizeof(json), people, LIMIT_PEOPLE_COUNT) > 0);
}

static void writer_escapes_and_counts(void **state) {
    (void)state;
    char out[128];
    struct json_writer w;
    json_writer_init(&w, out, sizeof(out));
    json_object_begin(&w, NULL);
    json_text(&w, "a", "\"\\\n\t\x01\xc3\xa9<");
    json_array_begin(&w, "b");
    json_u64(&w, NULL, UINT64_MAX);
    json_ms_of_us(&w, NULL, -1500);
    json_double(&w, NULL, 0.1);
    json_none(&w, NULL);
    json_array_end(&w);
    json_object_begin(&w, "c");
    json_object_end(&w);
    json_object_end(&w);
    assert_false(w.is_overflown);
    out[w.len] = '\0';
    assert_string_equal(out, "{\"a\":\"\\\"\\\\\\n\\u0009\\u0001\xc3\xa9<\",\"b\":["
                             "18446744073709551615,-1.500,0.1,null],"
                             "\"c\":{}}");
    for (size_t cap = 0; cap < w.len; cap++) {
        struct json_writer small;
        json_writer_init(&small, out, cap);
        json_object_begin(&small, NULL);
        json_text(&small, "a", "\"\\\n\t\x01\xc3\xa9<");
        json_array_begin(&small, "b");
        json_u64(&small, NULL, UINT64_MAX);
        json_ms_of_us(&small, NULL, -1500);
        json_double(&small, NULL, 0.1);
        json_none(&small, NULL);
        json_array_end(&small);
        json_object_begin(&small, "c");
        json_object_end(&small);
        json_object_end(&small);
        assert_true(small.is_overflown && small.len <= cap);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_type),
        cmocka_unit_test(refuses_what_is_not_ours),
        cmocka_unit_test(an_impossible_id_is_no_show),
        cmocka_unit_test(show_requests),
        cmocka_unit_test(terms_of_a_show),
        cmocka_unit_test(sidecars),
        cmocka_unit_test(the_longest_welcome_fits),
        cmocka_unit_test(as_many_people_as_are_told_fit),
        cmocka_unit_test(writer_escapes_and_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
