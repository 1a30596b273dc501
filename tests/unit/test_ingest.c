// SPDX-License-Identifier: MIT
// An encoder elsewhere as a publisher: who gets the seat, when its frames go out on the show's
// clock, what happens when it goes away, comes back, runs ahead, falls behind or is put out.
#include "golden.h"
#include "relay/ingest.h"
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void wake_nobody(void *conn) { (void)conn; }

struct stage {
    struct kit k;
    struct show *show;
    uint8_t *stream; // tests/golden/ffmpeg-vp8-opus.webm
    size_t len;
};

static struct stage *make_stage(void) {
    struct stage *const s = malloc(sizeof(*s));
    assert_non_null(s);
    kit_init(&s->k);
    s->k.relay.wake = wake_nobody;
    s->show = kit_show(&s->k, "Show");
    s->stream = golden_file("tests/golden/ffmpeg-vp8-opus.webm", &s->len);
    return s;
}

static void end_stage(struct stage *s) {
    kit_dispose(&s->k);
    free(s->stream);
    free(s);
}

static struct ingest *open_seat(struct stage *s, uint16_t status) {
    struct ingest_problem why = {0};
    struct ingest *const i =
        ingest_create(&s->k.relay, 0, s->k.key, "192.0.2.7", s->k.now_us, &why);
    assert_int_equal(why.status, status);
    assert_true(!i == (status != 0));
    return i;
}

// Time passes for the show and its encoder.
static void pass(struct stage *s, struct ingest *i, uint64_t us) {
    for (; us; us -= us < 50000 ? us : 50000) {
        s->k.now_us += us < 50000 ? us : 50000;
        relay_tick(&s->k.relay, 0, s->k.now_us, wake_nobody);
        if (i)
            ingest_tick(i, s->k.now_us);
    }
}

// Sends the stream up to `to`, letting time pass while the encoder is held back; the bytes sent.
static size_t send(struct stage *s, struct ingest *i, size_t from, size_t to) {
    unsigned waits = 0;
    while (from < to) {
        const size_t taken = ingest_take(i, s->stream + from, to - from, s->k.now_us);
        from += taken;
        if (from < to)
            pass(s, i, 20000);
        assert_true(++waits < 1000);
    }
    while (ingest_is_held(i)) {
        pass(s, i, 20000);
        ingest_take(i, s->stream, 0, s->k.now_us);
        assert_true(++waits < 1000);
    }
    return from;
}

static uint64_t media_count(const struct stage *s) {
    return s->k.relay.metrics.media_messages_in[WIRE_VIDEO] +
           s->k.relay.metrics.media_messages_in[WIRE_AUDIO];
}

static void publishes_like_a_tab(void **state) {
    struct stage *const s = make_stage();
    struct ingest *const i = open_seat(s, 0);
    (void)state;
    assert_int_equal(s->show->state, SHOW_SCHEDULED);
    ingest_take(i, s->stream, 4000, s->k.now_us);
    assert_int_equal(s->show->state, SHOW_SCHEDULED); // gathered
    ingest_dry(i, s->k.now_us);
    assert_int_equal(s->show->state, SHOW_LIVE);
    struct room *const room = s->show->room;
    assert_int_equal(room->renditions.tracks[0].width, 96);
    assert_true(media_count(s) > 0);
    // What was there at the beginning ends now.
    const uint64_t newest_us =
        room->newest_us[0] > room->newest_audio_us ? room->newest_us[0] : room->newest_audio_us;
    assert_in_range(room_media_time_us(room, s->k.now_us), newest_us, newest_us + 999);
    send(s, i, 4000, s->len);
    ingest_finish(i, s->k.now_us);
    assert_int_equal(i->problem.status, 0);
    assert_int_equal(media_count(s), 79); // as many lines as the .packets file has
    assert_int_equal(s->k.relay.metrics.media_messages_in[WIRE_INIT], 1);
    ingest_destroy(i, s->k.now_us);
    assert_int_equal(s->show->state, SHOW_RECONNECTING);
    pass(s, NULL, LIMIT_PUBLISHER_AWAY_US + 100000);
    assert_int_equal(s->show->state, SHOW_ENDED);
    open_seat(s, 410);
    end_stage(s);
}

static void comes_back_on_the_same_clock(void **state) {
    struct stage *const s = make_stage();
    struct ingest *i = open_seat(s, 0);
    (void)state;
    send(s, i, 0, s->len);
    ingest_finish(i, s->k.now_us);
    struct room *const room = s->show->room;
    const uint64_t before_us = room->newest_us[0];
    ingest_destroy(i, s->k.now_us);
    pass(s, NULL, 200000); // at once: the newest frame may still lie ahead of the clock
    i = open_seat(s, 0);
    send(s, i, 0, s->len);
    ingest_finish(i, s->k.now_us);
    assert_int_equal(i->problem.status, 0);
    assert_int_equal(s->show->state, SHOW_LIVE);
    assert_true(room->newest_us[0] > before_us);
    assert_int_equal(media_count(s), 2 * 79);
    ingest_destroy(i, s->k.now_us);
    pass(s, NULL, LIMIT_PUBLISHER_AWAY_US + 100000);
    end_stage(s);
}

static void gives_the_seat_to_one(void **state) {
    struct stage *const s = make_stage();
    struct ingest *const i = open_seat(s, 0);
    struct ingest_problem why = {0};
    (void)state;
    assert_null(ingest_create(&s->k.relay, 0, "nobodysnobodysnobodysnobodysnobodysnobodys1", "",
                              s->k.now_us, &why));
    assert_int_equal(why.status, 403);
    send(s, i, 0, s->len);
    ingest_dry(i, s->k.now_us);
    open_seat(s, 409);
    // Silent for longer than its socket can be alive: the next one gets the seat.
    pass(s, i, LIMIT_PUBLISHER_SILENT_US + 100000);
    struct ingest *const next = open_seat(s, 0);
    ingest_tick(i, s->k.now_us);
    assert_int_equal(i->state, INGEST_OVER);
    assert_int_equal(i->problem.status, 409);
    ingest_destroy(i, s->k.now_us);
    assert_ptr_equal(s->show->room->publisher, next->session);
    assert_true(ingest_end_show(&s->k.relay, s->k.key, s->k.now_us, &why));
    ingest_tick(next, s->k.now_us);
    assert_int_equal(next->problem.status, 410);
    assert_false(ingest_end_show(&s->k.relay, s->k.key, s->k.now_us, &why));
    assert_int_equal(why.status, 410);
    assert_int_equal(ingest_take(next, s->stream, 10, s->k.now_us), 10); // forgotten
    ingest_destroy(next, s->k.now_us);
    end_stage(s);
}

static void ends_what_has_begun(void **state) {
    struct stage *const s = make_stage();
    struct ingest_problem why = {0};
    (void)state;
    assert_false(ingest_end_show(&s->k.relay, s->k.key, s->k.now_us, &why));
    assert_int_equal(why.status, 409);
    struct ingest *const i = open_seat(s, 0);
    assert_false(ingest_end_show(&s->k.relay, s->k.key, s->k.now_us, &why));
    assert_int_equal(why.status, 409);
    ingest_destroy(i, s->k.now_us);
    end_stage(s);
}

// One Cluster with one key frame of `len` bytes at `ms`.
static size_t make_cluster(uint8_t *out, uint64_t ms, size_t len) {
    const size_t head = webm_write_cluster_head(out, WEBM_CLUSTER_HEAD_MAX_LEN, 1, ms, 1, len);
    memset(out + head, 0, len);
    return head + len;
}

static void give(struct stage *s, struct ingest *i, uint64_t ms) {
    uint8_t bytes[128];
    const size_t len = make_cluster(bytes, ms, 20);
    assert_int_equal(ingest_take(i, bytes, len, s->k.now_us), len);
}

static void keeps_to_the_shows_clock(void **state) {
    static const struct webm_tracks tracks = {.width = 64, .height = 64};
    struct stage *const s = make_stage();
    struct ingest *const i = open_seat(s, 0);
    uint8_t bytes[LIMIT_INIT_BYTES];
    (void)state;
    const size_t init_len = webm_write_init(bytes, sizeof(bytes), &tracks);
    assert_int_equal(ingest_take(i, bytes, init_len, s->k.now_us), init_len);
    give(s, i, 70000); // its own clock begins anywhere
    ingest_dry(i, s->k.now_us);
    struct room *const room = s->show->room;
    assert_int_equal(room->newest_us[0], 0);
    give(s, i, 70900); // ahead, but not by more than the lead
    assert_int_equal(room->newest_us[0], 900000);
    give(s, i, 71500); // too early: read, held, and nothing more is taken
    assert_int_equal(room->newest_us[0], 900000);
    assert_int_equal(ingest_take(i, bytes, 1, s->k.now_us), 0);
    pass(s, i, 600000);
    assert_int_equal(ingest_take(i, bytes, 0, s->k.now_us), 0);
    assert_int_equal(room->newest_us[0], 1500000);
    give(s, i, 71400); // back a little: time stands still
    assert_int_equal(room->newest_us[0], 1500000);
    give(s, i, 5); // back for good: goes on from now
    assert_int_equal(room->newest_us[0], 1500000);
    pass(s, i, 1000000);
    give(s, i, 105);
    assert_int_equal(room->newest_us[0], 1600000);
    give(s, i, 900000); // ahead for good
    assert_int_equal(room->newest_us[0], 1600000);
    pass(s, i, 15000000);
    give(s, i, 900100); // slower than time for good
    assert_in_range(room->newest_us[0], 16500000, 16700000);
    assert_int_equal(i->state, INGEST_ON_AIR);
    ingest_destroy(i, s->k.now_us);
    pass(s, NULL, LIMIT_PUBLISHER_AWAY_US + 100000);
    end_stage(s);
}

static void begins_without_a_pause(void **state) {
    static const struct webm_tracks tracks = {.width = 64, .height = 64};
    struct stage *const s = make_stage();
    struct ingest *const i = open_seat(s, 0);
    uint8_t bytes[LIMIT_INIT_BYTES];
    (void)state;
    const size_t init_len = webm_write_init(bytes, sizeof(bytes), &tracks);
    ingest_take(i, bytes, init_len, s->k.now_us);
    for (uint64_t ms = 0; s->show->state != SHOW_LIVE; ms += 100) {
        give(s, i, ms);
        assert_true(ms <= LIMIT_INGEST_GATHER_US / 1000);
    }
    assert_int_equal(s->show->room->newest_us[0], LIMIT_INGEST_GATHER_US);
    ingest_destroy(i, s->k.now_us);
    pass(s, NULL, LIMIT_PUBLISHER_AWAY_US + 100000);
    end_stage(s);
}

static void refuses_what_is_no_show(void **state) {
    struct stage *const s = make_stage();
    struct ingest *i = open_seat(s, 0);
    (void)state;
    assert_int_equal(ingest_take(i, (const uint8_t *)"RIFF....AVI ", 12, s->k.now_us), 12);
    assert_int_equal(i->problem.status, 415);
    assert_non_null(strstr(i->problem.detail, "-f webm"));
    ingest_destroy(i, s->k.now_us);
    i = open_seat(s, 0);
    ingest_finish(i, s->k.now_us); // nothing came
    assert_int_equal(i->problem.status, 415);
    ingest_destroy(i, s->k.now_us);
    i = open_seat(s, 0);
    ingest_take(i, s->stream, 4000, s->k.now_us);
    relay_stop(&s->k.relay, s->k.now_us);
    ingest_dry(i, s->k.now_us);
    assert_int_equal(i->problem.status, 503);
    ingest_destroy(i, s->k.now_us);
    end_stage(s);
}

// More than the relay takes of one show (8 Mbit/s in this kit, ten seconds' worth at once).
static void bounds_the_rate(void **state) {
    static const struct webm_tracks tracks = {.width = 64, .height = 64};
    struct stage *const s = make_stage();
    struct ingest *const i = open_seat(s, 0);
    const size_t cap = 600 * 1024;
    uint8_t *const bytes = malloc(cap);
    (void)state;
    assert_non_null(bytes);
    const size_t init_len = webm_write_init(bytes, cap, &tracks);
    ingest_take(i, bytes, init_len, s->k.now_us);
    unsigned frames = 0;
    for (; i->state != INGEST_OVER && frames < 60; frames++) {
        const size_t len = make_cluster(bytes, frames * 10, 500 * 1024);
        for (size_t at = 0; at < len;)
            at += ingest_take(i, bytes + at, len - at, s->k.now_us);
        ingest_dry(i, s->k.now_us);
    }
    assert_in_range(frames, 15, 25);
    assert_int_equal(i->problem.status, 429);
    free(bytes);
    ingest_destroy(i, s->k.now_us);
    pass(s, NULL, LIMIT_PUBLISHER_AWAY_US + 100000);
    end_stage(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(publishes_like_a_tab),     cmocka_unit_test(comes_back_on_the_same_clock),
        cmocka_unit_test(gives_the_seat_to_one),    cmocka_unit_test(ends_what_has_begun),
        cmocka_unit_test(keeps_to_the_shows_clock), cmocka_unit_test(begins_without_a_pause),
        cmocka_unit_test(refuses_what_is_no_show),  cmocka_unit_test(bounds_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
