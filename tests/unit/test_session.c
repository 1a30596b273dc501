// SPDX-License-Identifier: MIT
// The protocol between a relay and its peers, without sockets: docs/protocol.md line by line.
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct kit kit;
static struct kit_peer pub, ann, bob;

static int setup(void **state) {
    (void)state;
    kit_init(&kit);
    memset(&pub, 0, sizeof(pub));
    memset(&ann, 0, sizeof(ann));
    memset(&bob, 0, sizeof(bob));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    kit_close(&kit, &pub);
    kit_close(&kit, &ann);
    kit_close(&kit, &bob);
    kit_dispose(&kit);
    return 0;
}

static struct show *live_show(void) {
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    return show;
}

// Pulls all and asserts how the connection ended (0 = open).
static void assert_closed(struct kit_peer *p, uint16_t code, const char *error) {
    kit_pull(&kit, p, 0);
    assert_int_equal(p->closed, code);
    if (error)
        assert_non_null(kit_text(p, error, 0));
}

static void joiner_gets_welcome_history_init_key_frame_and_the_rest(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 900);
    kit_send_audio(&kit, &pub, 2000);
    kit_send_video(&kit, &pub, 34000, 0, 0, 100);
    kit_send_video(&kit, &pub, 67000, WIRE_KEY, 0, 800);
    kit_send_audio(&kit, &pub, 70000);
    kit_send_video(&kit, &pub, 100000, 0, 0, 100);
    kit_watch(&kit, &ann, show);
    kit_pull(&kit, &ann, 0);
    assert_non_null(strstr(kit_text(&ann, "\"type\":\"welcome\"", 0), "\"state\":\"live\""));
    assert_non_null(kit_text(&ann, "{\"type\":\"history\",\"messages\":[]}", 0));
    assert_non_null(kit_text(&ann,
                             "{\"type\":\"renditions\",\"renditions\":[{\"rendition\":0,"
                             "\"width\":640,\"height\":360}]}",
                             0));
    assert_int_equal(ann.count, 7);
    assert_int_equal(ann.inbox[3]->header.kind, WIRE_INIT);
    assert_int_equal(ann.inbox[4]->header.timestamp_us, 67000);
    assert_int_equal(ann.inbox[4]->header.flags, WIRE_KEY);
    assert_int_equal(ann.inbox[5]->header.kind, WIRE_AUDIO);
    assert_int_equal(ann.inbox[6]->header.timestamp_us, 100000);
    kit_send_video(&kit, &pub, 133000, 0, 0, 100);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.count, 8);
}

static void joiner_before_init_gets_it_once(void **state) {
    (void)state;
    struct show *const show = kit_show(&kit, "Show");
    kit_watch(&kit, &ann, show);
    kit_pull(&kit, &ann, 0);
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 900);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_INIT), 1);
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 1);
    kit_send_init(&kit, &pub);                  // the size changed: again, in its place
    kit_send_video(&kit, &pub, 2000, 0, 0, 50); // goes nowhere: no key frame since
    kit_send_video(&kit, &pub, 3000, WIRE_KEY, 0, 900);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_INIT), 2);
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 2);
    assert_int_equal(kit.relay.metrics.media_messages_waiting_key, 1);
}

static void first_start_sets_the_clock_and_the_state(void **state) {
    (void)state;
    struct show *const show = kit_show(&kit, "Show");
    kit_watch(&kit, &ann, show);
    kit_pull(&kit, &ann, 0);
    assert_non_null(strstr(kit_text(&ann, "welcome", 0), "\"epochMs\":null,\"mediaTimeMs\":0.000"));
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 250.5);
    kit_pull(&kit, &ann, 0);
    assert_non_null(
        kit_text(&ann, "{\"type\":\"state\",\"state\":\"live\",\"epochMs\":1799999999749.500}", 0));
    kit_tick(&kit, 1000000);
    kit_watch(&kit, &bob, show);
    kit_pull(&kit, &bob, 0);
    assert_non_null(strstr(kit_text(&bob, "welcome", 0), "\"mediaTimeMs\":1250.500"));
}

static void refused_hellos(void **state) {
    (void)state;
    struct show *const show = kit_show(&kit, "Show");
    struct show *const ended = kit_show(&kit, "Over");
    const struct {
        const char *text;
        uint16_t code;
        enum refusal reason;
    } cases[] = {
        {"{\"type\":\"hello\",\"version\":2,\"role\":\"watch\",\"show\":\"aaaaaaaaaaaa\"}", 4001,
         REFUSAL_VERSION},
        {"{\"type\":\"hello\",\"version\":2}", 4001, REFUSAL_VERSION},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"aaaaaaaaaaaa\"}", 4002,
         REFUSAL_NOT_FOUND},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"../../etc\"}", 4002,
         REFUSAL_NOT_FOUND},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"host\",\"show\":\"aaaaaaaaaaaa\"}", 4000,
         REFUSAL_MEMBERS},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"publish\",\"show\":\"aaaaaaaaaaaa\"}", 4000,
         REFUSAL_MEMBERS},
        {"{\"type\":\"hello\",\"version\":1,\"version\":1,\"role\":\"watch\",\"show\":\"a\"}", 4000,
         REFUSAL_NOT_JSON},
        {"{\"type\":\"wave\"}", 4000, REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":5}", 4000, REFUSAL_UNKNOWN_TYPE},
        {"{}", 4000, REFUSAL_UNKNOWN_TYPE},
        {"[1]", 4000, REFUSAL_NOT_JSON},
        {"{\"type\":\"hello\"", 4000, REFUSAL_NOT_JSON},
        {"", 4000, REFUSAL_NOT_JSON},
        {"{\"type\":\"chat\",\"text\":\"first\"}", 4000, REFUSAL_UNEXPECTED},
        {"{\"type\":\"time\",\"t\":1}", 4000, REFUSAL_UNEXPECTED},
        {"{\"type\":\"start\",\"timestampMs\":1}", 4000, REFUSAL_UNEXPECTED},
        {"{\"type\":\"a\xff\"}", 1007, REFUSAL_NOT_UTF8},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t before = kit.relay.metrics.refusals[cases[i].reason];
        kit_open(&kit, &ann);
        kit_say(&kit, &ann, "%s", cases[i].text);
        assert_closed(&ann, cases[i].code, "\"type\":\"error\"");
        assert_int_equal(kit.relay.metrics.refusals[cases[i].reason], before + 1);
        kit_close(&kit, &ann);
    }
    ended->state = SHOW_ENDED;
    kit_watch(&kit, &ann, ended);
    assert_closed(&ann, 4002, "not-found");
    kit_close(&kit, &ann);
    kit_publish(&kit, &ann, show, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_closed(&ann, 4003, "forbidden");
    kit_close(&kit, &ann);
    kit_publish(&kit, &ann, show, "short");
    assert_closed(&ann, 4003, "forbidden");
    assert_int_equal(kit.relay.room_count, 0);
}

static void media_before_hello_and_from_a_viewer(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_open(&kit, &ann);
    kit_send_audio(&kit, &ann, 0);
    assert_closed(&ann, 4000, "bad-message");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_MEDIA_EARLY], 1);
    kit_close(&kit, &ann);
    kit_watch(&kit, &ann, show);
    kit_watch(&kit, &bob, show);
    kit_send_audio(&kit, &ann, 0);
    assert_closed(&ann, 4003, "forbidden");
    kit_pull(&kit, &bob, 0); // undisturbed
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 90);
    kit_pull(&kit, &bob, 0);
    assert_int_equal(kit_count_kind(&bob, WIRE_VIDEO), 1);
    kit_say(&kit, &bob, "{\"type\":\"end\"}");
    assert_closed(&bob, 4003, "forbidden");
    assert_int_equal(show->state, SHOW_LIVE);
}

static void bad_media_closes_the_publisher_alone(void **state) {
    (void)state;
    static const uint8_t junk[64] = {WIRE_VIDEO, WIRE_KEY};
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_send_video(&kit, &pub, 500000, WIRE_KEY, 0, 90);
    session_media(pub.session, junk, sizeof(junk), kit.now_us);
    assert_closed(&pub, 4000, "bad-message");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_MEDIA_WEBM], 1);
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "\"state\":\"reconnecting\"", 0));
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 1);
    assert_int_equal(ann.closed, 0);
}

// Sends bytes with this header and asserts the reason of the refusal; a fresh show each time.
static void assert_media_refused(const struct wire_header *h, const uint8_t *payload, size_t len,
                                 enum refusal why) {
    uint8_t body[4096];
    struct kit_peer peer;
    struct show *const show = kit_show(&kit, "Show");
    const uint64_t before = kit.relay.metrics.refusals[why];
    kit_publish(&kit, &peer, show, kit.key);
    kit_start(&kit, &peer, 0);
    kit_send_init(&kit, &peer);
    kit_send_video(&kit, &peer, 100000, WIRE_KEY, 0, 10);
    kit_send_audio(&kit, &peer, 100000);
    wire_header_write(body, h);
    memcpy(body + WIRE_HEADER_LEN, payload, len);
    session_media(peer.session, body, WIRE_HEADER_LEN + len, kit.now_us);
    assert_int_equal(kit.relay.metrics.refusals[why], before + 1);
    kit_close(&kit, &peer);
    room_end(show->room, kit.now_us);
    room_close_if_idle(show->room);
}

static void media_must_agree_with_its_header(void **state) {
    (void)state;
    uint8_t c[64];
    size_t n = webm_write_cluster_head(c, sizeof(c), WEBM_TRACK_VIDEO, 200, 0, 4) + 4;
    struct wire_header h = {.kind = WIRE_VIDEO, .timestamp_us = 200999};
    h.flags = WIRE_KEY;
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_DISAGREES);
    h.flags = 0;
    h.timestamp_us = 201000;
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_DISAGREES);
    h.timestamp_us = 200000;
    h.kind = WIRE_AUDIO;
    h.flags = WIRE_KEY;
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_DISAGREES);
    h = (struct wire_header){.kind = WIRE_VIDEO, .flags = WIRE_GAP, .timestamp_us = 200000};
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_HEADER);
    h = (struct wire_header){.kind = WIRE_VIDEO, .rendition = 1, .timestamp_us = 200000};
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_NO_INIT);
    n = webm_write_cluster_head(c, sizeof(c), WEBM_TRACK_VIDEO, 99, 0, 4) + 4;
    h = (struct wire_header){.kind = WIRE_VIDEO, .timestamp_us = 99999};
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_TIME);
    n = webm_write_cluster_head(c, sizeof(c), WEBM_TRACK_AUDIO, 99, 1, 4) + 4;
    h = (struct wire_header){.kind = WIRE_AUDIO, .flags = WIRE_KEY, .timestamp_us = 99999};
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_TIME);
    h = (struct wire_header){.kind = WIRE_INIT};
    assert_media_refused(&h, c, n, REFUSAL_MEDIA_WEBM);
    h = (struct wire_header){.kind = WIRE_POSTER};
    assert_media_refused(&h, (const uint8_t *)"\x89PNG\r\n", 6, REFUSAL_POSTER);
    assert_media_refused(&h, (const uint8_t *)"<\xff\xd8\xff\xd9", 5, REFUSAL_POSTER);
    assert_media_refused(&h, (const uint8_t *)"\xff\xd8\xff\xe0\xff\xd9<script>", 14,
                         REFUSAL_POSTER);
}

static void posters_are_kept_and_rare(void **state) {
    (void)state;
    struct show *const show = live_show();
    uint8_t body[WIRE_HEADER_LEN + 6];
    const struct wire_header h = {.kind = WIRE_POSTER, .timestamp_us = 1};
    wire_header_write(body, &h);
    memcpy(body + WIRE_HEADER_LEN, "\xff\xd8\xff\xe0\xff\xd9", 6);
    kit_watch(&kit, &ann, show);
    session_media(pub.session, body, sizeof(body), kit.now_us);
    assert_int_equal(message_payload_len(show->poster), 6);
    kit_tick(&kit, 5000000);
    session_media(pub.session, body, sizeof(body), kit.now_us);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(kit_count_kind(&ann, WIRE_POSTER), 0);
    assert_int_equal(pub.session->state, SESSION_PUBLISHING);
    session_media(pub.session, body, sizeof(body), kit.now_us);
    assert_closed(&pub, 4007, "rate");
}

static void a_second_publisher_is_refused_unless_the_first_is_dead(void **state) {
    (void)state;
    struct show *const show = live_show();
    char key[LIMIT_KEY_CHARS + 1];
    memcpy(key, kit.key, sizeof(key));
    kit_publish(&kit, &ann, show, key);
    assert_closed(&ann, 4004, "already-publishing");
    kit_close(&kit, &ann);
    assert_int_equal(show->state, SHOW_LIVE);

    kit_tick(&kit, 2000000); // not a word from the first for 2 s
    kit_publish(&kit, &ann, show, key);
    assert_closed(&pub, 4004, "already-publishing");
    kit_close(&kit, &pub);
    assert_int_equal(show->state, SHOW_RECONNECTING);
    kit_start(&kit, &ann, 5000);
    assert_int_equal(show->state, SHOW_LIVE);
    kit_send_init(&kit, &ann);
    kit_send_video(&kit, &ann, 5000000, WIRE_KEY, 0, 10);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.closed, 0);
}

static void a_lost_publisher_has_30_s(void **state) {
    (void)state;
    struct show *const show = live_show();
    char key[LIMIT_KEY_CHARS + 1];
    memcpy(key, kit.key, sizeof(key));
    kit_watch(&kit, &ann, show);
    kit_send_video(&kit, &pub, 900000, WIRE_KEY, 0, 10);
    kit_tick(&kit, 1000000);
    kit_close(&kit, &pub);
    assert_int_equal(show->state, SHOW_RECONNECTING);
    kit_pull(&kit, &ann, 0);
    kit_tick(&kit, 29000000);
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "\"state\":\"reconnecting\"", 0));
    assert_int_equal(ann.closed, 0);

    kit_publish(&kit, &pub, show, key);
    kit_pull(&kit, &pub, 0);
    assert_non_null(strstr(kit_text(&pub, "welcome", 0), "\"mediaTimeMs\":30000.000"));
    kit_start(&kit, &pub, 899); // before what was already sent
    assert_closed(&pub, 4000, "bad-message");
    kit_close(&kit, &pub);
    kit_publish(&kit, &pub, show, key);
    kit_start(&kit, &pub, 30000);
    assert_int_equal(show->state, SHOW_LIVE);
    kit_send_video(&kit, &pub, 30000000, WIRE_KEY, 0, 10); // INIT must come again
    assert_closed(&pub, 4000, "bad-message");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_MEDIA_NO_INIT], 1);
    kit_pull(&kit, &ann, 0);
    kit_tick(&kit, 30100000);
    assert_closed(&ann, 1000, NULL);
    assert_non_null(kit_text(&ann, "\"state\":\"ended\"", 0));
    kit_close(&kit, &ann);
    kit_watch(&kit, &ann, show);
    assert_closed(&ann, 4002, "not-found");
}

static void end_tells_all_and_closes_with_1000(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 10);
    kit_say(&kit, &pub, "{\"type\":\"end\"}");
    assert_closed(&ann, 1000, "\"state\":\"ended\"");
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 1); // the last picture still comes
    assert_closed(&pub, 1000, "\"state\":\"ended\"");
    kit_close(&kit, &ann);
    kit_close(&kit, &pub);
    assert_int_equal(kit.relay.room_count, 0);
}

static void chat_reaches_all_with_the_shows_clock(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_tick(&kit, 2000000);
    kit_say(&kit, &ann, "{\"type\":\"name\",\"name\":\"Ann\"}");
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"<script>alert(1)</script>\\n\\\"\"}");
    kit_pull(&kit, &pub, 0);
    kit_pull(&kit, &ann, 0);
    const char *const line = kit_text(&pub, "\"type\":\"chat\"", 0);
    assert_non_null(strstr(line, "\"id\":1,"));
    assert_non_null(strstr(line, "\"name\":\"Ann\",\"text\":\"<script>alert(1)</script>\\n\\\"\""));
    assert_non_null(strstr(line, "\"at\":2000.000"));
    assert_non_null(kit_text(&ann, "\"type\":\"chat\"", 0));
    kit_watch(&kit, &bob, show);
    kit_pull(&kit, &bob, 0);
    assert_non_null(strstr(kit_text(&bob, "\"type\":\"history\"", 0), "alert(1)"));
}

static void chat_faults_are_told_and_the_socket_stays(void **state) {
    (void)state;
    struct show *const show = live_show();
    char text[LIMIT_CHAT_TEXT_BYTES + 2];
    kit_watch(&kit, &ann, show);
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"%s\"}", text);
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"\"}");
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"bell \\u0007\"}");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_CHAT_INVALID], 3);
    text[LIMIT_CHAT_TEXT_BYTES] = '\0';
    for (int i = 0; i < 6; i++)
        kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"%s\"}", text);
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "chat-invalid", 2));
    assert_non_null(kit_text(&ann, "chat-rate", 0));
    assert_null(kit_text(&ann, "\"type\":\"chat\"", 5));
    assert_int_equal(ann.closed, 0);
    kit_tick(&kit, 1000000);
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"again\"}");
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "again", 0));
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":7}");
    assert_closed(&ann, 4000, "bad-message");
}

static void publisher_hears_of_joins_keyframes_and_acks(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show); // no key frame held: a wish
    kit_say(&kit, &ann, "{\"type\":\"keyframe\"}");
    kit_send_video(&kit, &pub, 1234000, WIRE_KEY, 0, 10);
    kit_tick(&kit, 100000);
    kit_pull(&kit, &pub, 0);
    assert_non_null(kit_text(&pub, "\"type\":\"join\"", 0));
    assert_non_null(kit_text(&pub, "\"type\":\"keyframe\"", 0));
    assert_null(kit_text(&pub, "\"type\":\"keyframe\"", 1)); // at most one a second
    assert_non_null(strstr(kit_text(&pub, "\"type\":\"ack\"", 0),
                           "\"timestampUs\":1234000,\"recording\":\"off\""));
    assert_null(kit_text(&pub, "\"type\":\"ack\"", 1));
    kit_tick(&kit, 1000000);
    kit_say(&kit, &ann, "{\"type\":\"keyframe\"}");
    kit_close(&kit, &ann);
    kit_tick(&kit, 1000000);
    kit_pull(&kit, &pub, 0);
    assert_non_null(kit_text(&pub, "\"type\":\"keyframe\"", 1));
    assert_non_null(kit_text(&pub, "\"type\":\"leave\"", 0));
    assert_non_null(kit_text(&pub, "{\"type\":\"presence\",\"viewers\":1}", 0));
    assert_non_null(kit_text(&pub, "{\"type\":\"presence\",\"viewers\":0}", 0));
    kit_say(
        &kit, &pub,
        "{\"type\":\"lag\",\"behindMs\":1,\"bufferedMs\":1,\"framesDropped\":0,\"framesDecoded\":1,"
        "\"hidden\":false}");
    assert_closed(&pub, 4000, "bad-message"); // that is a viewer's message
}

static void timing_is_passed_to_the_room_once_a_second(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_say(&kit, &pub, "{\"type\":\"timing\",\"captureMs\":1.5,\"encodeMs\":9}");
    kit_say(&kit, &pub, "{\"type\":\"timing\",\"captureMs\":2,\"encodeMs\":10}"); // too soon
    kit_pull(&kit, &ann, 0);
    assert_non_null(
        kit_text(&ann, "{\"type\":\"timing\",\"captureMs\":1.500,\"encodeMs\":9.000}", 0));
    assert_null(kit_text(&ann, "\"type\":\"timing\"", 1));
    kit_tick(&kit, 1000000);
    kit_say(&kit, &pub, "{\"type\":\"timing\",\"captureMs\":3,\"encodeMs\":11}");
    kit_pull(&kit, &ann, 0);
    assert_non_null(kit_text(&ann, "\"captureMs\":3.000", 0));
    kit_say(&kit, &ann, "{\"type\":\"timing\",\"captureMs\":3,\"encodeMs\":11}");
    assert_closed(&ann, 4003, "forbidden"); // that is the publisher's message
}

static void time_comes_back(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_say(&kit, &ann, "{\"type\":\"time\",\"t\":-12.25}");
    kit_pull(&kit, &ann, 0);
    assert_non_null(
        kit_text(&ann, "{\"type\":\"time\",\"t\":-12.25,\"now\":1800000000000.000}", 0));
}

static void silence_and_floods_are_closed(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_open(&kit, &ann);
    kit_tick(&kit, 9900000);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.closed, 0);
    kit_tick(&kit, 1100000);
    assert_closed(&ann, 4005, "hello-timeout");
    kit_close(&kit, &ann);

    kit_watch(&kit, &ann, show);
    for (int i = 0; i <= LIMIT_TEXTS_BURST && ann.session->state != SESSION_CLOSING; i++) {
        kit_say(&kit, &ann, "{\"type\":\"time\",\"t\":1}");
        kit_pull(&kit, &ann, 0);
    }
    assert_closed(&ann, 4007, "rate");

    for (uint64_t i = 0; i < 12 && pub.session->state != SESSION_CLOSING; i++)
        kit_send_video(&kit, &pub, 1000 + i, WIRE_KEY, 0,
                       1000000); // 8 Mbit/s and ten seconds are allowed
    assert_closed(&pub, 4007, "rate");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_RATE_BYTES], 1);
}

static void ended_is_the_last_word(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_tick(&kit, 1100000);
    kit_watch(&kit, &ann, show); // nobody was told of her yet
    kit_say(&kit, &pub, "{\"type\":\"end\"}");
    kit_tick(&kit, 2000000);
    kit_pull(&kit, &ann, 0);
    assert_int_equal(ann.closed, 1000);
    assert_non_null(kit_text(&ann, "\"state\":\"ended\"", 0));
    assert_null(kit_text(&ann, "\"type\":\"presence\"", 0));
}

static void a_socket_that_takes_nothing_is_closed(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_watch(&kit, &bob, show);
    kit_tick(&kit, 1100000); // presence
    kit_pull(&kit, &pub, 0);
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &bob, 0);
    for (int s = 0; s < 60; s++) { // nothing to take: no fault of theirs
        kit_tick(&kit, 1000000);
        session_heard(ann.session, kit.now_us);
        session_heard(bob.session, kit.now_us);
        session_heard(pub.session, kit.now_us);
        kit_pull(&kit, &pub, 0);
    }
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &bob, 0);
    assert_int_equal(ann.closed, 0);
    for (uint64_t s = 1; s <= 17; s++) {
        kit_send_video(&kit, &pub, s * 1000000, WIRE_KEY, 0, 10);
        kit_tick(&kit, 1000000);
        kit_pull(&kit, &pub, 0);
        kit_pull(&kit, &bob, 0);
    }
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_TOO_SLOW], 1);
    assert_int_equal(ann.session->state, SESSION_CLOSING);
    assert_int_equal(bob.closed, 0);
    kit_tick(&kit, 6000000); // its close cannot leave either
    assert_int_equal(ann.closed, 1006);
}

static void a_quiet_peer_is_pinged_and_a_dead_one_cut(void **state) {
    (void)state;
    struct show *const show = kit_show(&kit, "Show");
    kit_watch(&kit, &ann, show);
    kit_watch(&kit, &bob, show);
    for (int s = 0; s < 60; s++) {
        kit_pull(&kit, &ann, 0);
        kit_pull(&kit, &bob, 0);
        kit_tick(&kit, 1000000);
        if (s == 30 || s == 45)
            session_heard(ann.session, kit.now_us);
    }
    assert_int_equal(bob.closed, 1006);
    assert_int_equal(bob.pings, 2);
    assert_int_equal(ann.closed, 0);
    assert_int_equal(ann.pings, 1);
}

static void oversized_messages(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    assert_int_equal(session_limit_bytes(ann.session, true), LIMIT_TEXT_MESSAGE_BYTES);
    assert_true(session_limit_bytes(ann.session, false) <= LIMIT_TEXT_MESSAGE_BYTES);
    assert_int_equal(session_limit_bytes(pub.session, false), LIMIT_MEDIA_MESSAGE_BYTES);
    session_oversize(ann.session, true, kit.now_us);
    assert_closed(&ann, 1009, NULL);
    session_oversize(pub.session, false, kit.now_us);
    assert_closed(&pub, 1009, NULL);
}

static void rooms_are_bounded_and_isolated(void **state) {
    (void)state;
    struct kit_peer peers[6];
    struct show *const one = kit_show(&kit, "One"), *const two = kit_show(&kit, "Two");
    struct show *const three = kit_show(&kit, "Three"), *const four = kit_show(&kit, "Four");
    kit_watch(&kit, &ann, one);
    kit_watch(&kit, &bob, two);
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"only here\"}");
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &bob, 0);
    assert_non_null(kit_text(&ann, "only here", 0));
    assert_null(kit_text(&bob, "only here", 0));
    for (int i = 0; i < 4; i++)
        kit_watch(&kit, &peers[i], one);
    assert_closed(&peers[2], 0, NULL);
    assert_closed(&peers[3], 4006, "room-full"); // four members
    kit_watch(&kit, &peers[4], three);
    assert_closed(&peers[4], 0, NULL);
    kit_watch(&kit, &peers[5], four);
    assert_closed(&peers[5], 4006, "room-full"); // three rooms
    for (int i = 0; i < 6; i++)
        kit_close(&kit, &peers[i]);
}

static void stop_ends_shows_and_closes_everybody(void **state) {
    (void)state;
    struct show *const show = live_show();
    kit_watch(&kit, &ann, show);
    kit_open(&kit, &bob);
    relay_stop(&kit.relay, kit.now_us);
    assert_closed(&ann, 1000, "\"state\":\"ended\"");
    assert_closed(&pub, 1000, "\"state\":\"ended\"");
    assert_closed(&bob, 1001, NULL);
    assert_int_equal(show->state, SHOW_ENDED);
}

static void nothing_fits_a_closing_session(void **state) {
    (void)state;
    for (unsigned e = 0; e < SESSION_EVENT_COUNT; e++)
        assert_int_equal(session_next_state(SESSION_CLOSING, e),
                         e == SESSION_ON_CLOSE ? SESSION_CLOSING : SESSION_STATE_COUNT);
    for (unsigned s = 0; s < SESSION_STATE_COUNT; s++)
        assert_int_equal(session_next_state(s, SESSION_ON_CLOSE), SESSION_CLOSING);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(joiner_gets_welcome_history_init_key_frame_and_the_rest),
        T(joiner_before_init_gets_it_once),
        T(first_start_sets_the_clock_and_the_state),
        T(refused_hellos),
        T(media_before_hello_and_from_a_viewer),
        T(bad_media_closes_the_publisher_alone),
        T(media_must_agree_with_its_header),
        T(posters_are_kept_and_rare),
        T(a_second_publisher_is_refused_unless_the_first_is_dead),
        T(a_lost_publisher_has_30_s),
        T(end_tells_all_and_closes_with_1000),
        T(chat_reaches_all_with_the_shows_clock),
        T(chat_faults_are_told_and_the_socket_stays),
        T(publisher_hears_of_joins_keyframes_and_acks),
        T(timing_is_passed_to_the_room_once_a_second),
        T(time_comes_back),
        T(silence_and_floods_are_closed),
        T(ended_is_the_last_word),
        T(a_socket_that_takes_nothing_is_closed),
        T(a_quiet_peer_is_pinged_and_a_dead_one_cut),
        T(oversized_messages),
        T(rooms_are_bounded_and_isolated),
        T(stop_ends_shows_and_closes_everybody),
        T(nothing_fits_a_closing_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
