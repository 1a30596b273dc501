// SPDX-License-Identifier: MIT
// The protocol between a relay and its peers, without sockets: docs/protocol.md line by line. What
// is refused, and who is closed: test_session_refusals.c.
#include "live_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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
#define T(name) cmocka_unit_test_setup_teardown(name, live_room_setup, live_room_teardown)
    const struct CMUnitTest tests[] = {
        T(joiner_gets_welcome_history_init_key_frame_and_the_rest),
        T(joiner_before_init_gets_it_once),
        T(first_start_sets_the_clock_and_the_state),
        T(posters_are_kept_and_rare),
        T(a_lost_publisher_has_30_s),
        T(end_tells_all_and_closes_with_1000),
        T(chat_reaches_all_with_the_shows_clock),
        T(chat_faults_are_told_and_the_socket_stays),
        T(publisher_hears_of_joins_keyframes_and_acks),
        T(timing_is_passed_to_the_room_once_a_second),
        T(time_comes_back),
        T(ended_is_the_last_word),
        T(stop_ends_shows_and_closes_everybody),
        T(nothing_fits_a_closing_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
