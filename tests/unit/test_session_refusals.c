// SPDX-License-Identifier: MIT
// What a session refuses and whom it closes for it, by docs/protocol.md: bad hellos and media,
// silence, floods, rooms that are full.
#include "live_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, live_room_setup, live_room_teardown)
    const struct CMUnitTest tests[] = {
        T(refused_hellos),
        T(media_before_hello_and_from_a_viewer),
        T(bad_media_closes_the_publisher_alone),
        T(media_must_agree_with_its_header),
        T(a_second_publisher_is_refused_unless_the_first_is_dead),
        T(silence_and_floods_are_closed),
        T(a_socket_that_takes_nothing_is_closed),
        T(a_quiet_peer_is_pinged_and_a_dead_one_cut),
        T(oversized_messages),
        T(rooms_are_bounded_and_isolated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
