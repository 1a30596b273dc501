// SPDX-License-Identifier: MIT
// Viewers behind lines that hold a part of the show: what is read of it is never old, and as much
// of it is read as can be.
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define STEP_US 10000ULL
// As TCP_NOTSENT_LOWAT lets it.
#define UNSENT_BYTES 16384
#define LINE_COUNT 4096
#define PING_BYTES 3

// What the relay has given away and the viewer has not read, oldest first.
struct line {
    struct {
        size_t bytes;
        uint64_t timestamp_us;
        uint64_t given_us;
        uint8_t rendition;
        bool is_ping, is_media, is_picture;
    } held[LINE_COUNT];
    size_t first, count, bytes;
    double allowance;
};

struct show_shape {
    size_t frame_bytes, key_bytes;
    bool has_lesser; // another rendition of a quarter of the bytes
    unsigned
        answers_ms; // so long takes a key frame of the best one that is wished for; 0: for ever
};

// What the viewer's line carries, and from when to when something else.
struct line_shape {
    size_t capacity;
    double bytes_per_second;
    uint64_t way_us;
    double other_bytes_per_second;
    unsigned other_from_s, other_until_s;
    unsigned pause_s, period_s; // it carries nothing for so long in each
    unsigned joins_ms;          // when the viewer comes; 0: in the middle between two key frames
};

// What the creator was asked for and has not made.
struct wishes {
    uint64_t best_due_us; // 0 = nothing
    bool lesser;
};

struct watched {
    uint64_t settle_us;   // from then on it counts
    uint64_t shown_us;    // when it had its first picture
    uint64_t furthest_us; // what was read, behind its time
    unsigned pictures;
    unsigned changes;    // of renditions
    unsigned first_s[2]; // when the first picture of each was read after the line had changed
    uint8_t stage, rendition;
};

static struct kit kit;
static struct kit_peer pub, slow, quick;
static struct line line;

static void hold(size_t bytes, bool is_ping, const struct message *m) {
    assert_true(line.count < LINE_COUNT);
    const size_t i = (line.first + line.count++) % LINE_COUNT;
    line.bytes += bytes;
    line.held[i].bytes = bytes;
    line.held[i].is_ping = is_ping;
    line.held[i].given_us = kit.now_us;
    line.held[i].is_media = m && !m->is_text && m->header.kind != WIRE_INIT;
    line.held[i].is_picture = line.held[i].is_media && m->header.kind == WIRE_VIDEO;
    line.held[i].rendition = line.held[i].is_picture ? m->header.rendition : 0;
    line.held[i].timestamp_us = line.held[i].is_media ? m->header.timestamp_us : 0;
}

// The line takes what it holds, and a little.
static void fill(size_t capacity) {
    while (line.bytes < capacity + UNSENT_BYTES) {
        const size_t pings = slow.pings;
        kit_pull(&kit, &slow, 1);
        if (slow.pings != pings)
            hold(PING_BYTES, true, NULL);
        if (!slow.count)
            return;
        hold(slow.inbox[0]->framed_len, false, slow.inbox[0]);
        kit_forget(&slow);
    }
}

static void see(struct watched *w, uint8_t rendition, uint64_t at_us) {
    w->changes += w->pictures && rendition != w->rendition;
    w->rendition = rendition;
    if (!w->pictures++)
        w->shown_us = at_us;
    if (at_us > w->settle_us && !w->first_s[rendition])
        w->first_s[rendition] = (unsigned)(at_us / 1000000);
}

static void drain(double bytes, uint64_t way_us, uint64_t begun_us, struct watched *w) {
    line.allowance += bytes;
    while (line.count) {
        const size_t i = line.first;
        const bool is_under_way = kit.now_us - line.held[i].given_us < way_us;
        if (is_under_way && line.allowance > bytes)
            line.allowance = bytes; // what was not used up is not saved
        if (is_under_way || line.allowance < (double)line.held[i].bytes)
            break;
        line.allowance -= (double)line.held[i].bytes;
        line.bytes -= line.held[i].bytes;
        line.first = (i + 1) % LINE_COUNT;
        line.count--;
        if (line.held[i].is_ping)
            session_heard(slow.session, kit.now_us);
        if (line.held[i].is_picture)
            see(w, line.held[i].rendition, kit.now_us - begun_us);
        const uint64_t behind_us = kit.now_us - begun_us - line.held[i].timestamp_us;
        if (line.held[i].is_media && kit.now_us - begun_us > w->settle_us &&
            behind_us > w->furthest_us)
            w->furthest_us = behind_us;
    }
    if (!line.count)
        line.allowance = 0;
}

// Frame n of both renditions; the creator makes the key frames that the relay wishes for.
static void send_frame(const struct show_shape *shape, uint64_t n, struct wishes *wishes) {
    static const unsigned layers[] = {0, 2, 1, 2};
    const uint64_t at_us = n * 33333;
    const bool is_wished = wishes->best_due_us && at_us >= wishes->best_due_us;
    for (uint8_t r = 0; r <= shape->has_lesser; r++) {
        const bool is_key = n % 90 == 0 || (r ? wishes->lesser : is_wished);
        const unsigned layer = is_key ? 0 : layers[n % 4];
        const unsigned sync = layer == 1 && n % 8 == 2 ? WIRE_SYNC : 0;
        const size_t bytes = is_key ? shape->key_bytes : shape->frame_bytes;
        kit.rendition = r;
        kit_send_video(&kit, &pub, at_us, is_key ? WIRE_KEY : sync, layer, r ? bytes / 4 : bytes);
    }
    kit.rendition = 0;
    wishes->lesser = false;
    if (is_wished)
        wishes->best_due_us = 0;
}

static void hear_wishes(const struct show_shape *shape, uint64_t at_us, struct wishes *wishes) {
    kit_pull(&kit, &pub, 0);
    wishes->lesser |= kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":1}", 0) != NULL;
    if (shape->answers_ms && kit_text(&pub, "{\"type\":\"keyframe\",\"rendition\":0}", 0))
        wishes->best_due_us = at_us + shape->answers_ms * 1000ULL;
    kit_forget(&pub);
}

static void begin(const struct show_shape *shape) {
    memset(&line, 0, sizeof(line));
    memset(&slow, 0, sizeof(slow));
    memset(&quick, 0, sizeof(quick));
    kit_init(&kit);
    kit.relay.config.publisher_bps = 100000000;
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit.rendition = 1;
    if (shape->has_lesser)
        kit_send_init(&kit, &pub);
    kit.rendition = 0;
}

static double speed_at(const struct line_shape *l, uint64_t at_us) {
    if (l->period_s && at_us % (l->period_s * 1000000ULL) < l->pause_s * 1000000ULL)
        return 0;
    const bool is_other =
        at_us >= l->other_from_s * 1000000ULL && at_us < l->other_until_s * 1000000ULL;
    return is_other ? l->other_bytes_per_second : l->bytes_per_second;
}

// Somebody quick comes first, of whose wish the relay learns how soon the creator answers.
static void watch_quickly(struct show *show, uint64_t at_us) {
    if (at_us == 1500000)
        kit_watch(&kit, &quick, show);
    if (!quick.session)
        return;
    kit_pull(&kit, &quick, 0);
    session_heard(quick.session, kit.now_us);
    kit_forget(&quick);
}

static void watch_slowly(const struct line_shape *l, struct show *show, uint64_t at_us,
                         uint64_t begun_us, struct watched *w) {
    const uint64_t joins_us = l->joins_ms ? l->joins_ms * 1000ULL : 2000000;
    if (at_us == joins_us) {
        kit_watch(&kit, &slow, show);
        slow.holds_answers = true;
    }
    if (at_us < joins_us)
        return;
    fill(l->capacity);
    drain(speed_at(l, at_us) * STEP_US / 1e6, l->way_us, begun_us, w);
}

// So many seconds of a show of 30 pictures and 100 sounds a second over such a line.
static struct watched watch(const struct show_shape *shape, const struct line_shape *l,
                            unsigned settle_s, unsigned seconds) {
    struct watched w = {.settle_us = settle_s * 1000000ULL};
    struct wishes wishes = {0};
    begin(shape);
    struct show *const show = pub.session->room->show;
    const uint64_t begun_us = kit.now_us;
    uint64_t n = 0;
    for (uint64_t at_us = 0; at_us < seconds * 1000000ULL; at_us += STEP_US) {
        kit.now_us = begun_us + at_us;
        kit_send_audio(&kit, &pub, at_us);
        for (; n * 33333 <= at_us; n++)
            send_frame(shape, n, &wishes);
        watch_quickly(show, at_us);
        watch_slowly(l, show, at_us, begun_us, &w);
        relay_tick(&kit.relay, 0, kit.now_us, NULL);
        hear_wishes(shape, at_us, &wishes);
    }
    assert_int_equal(slow.session->state, SESSION_WATCHING);
    w.stage = slow.session->viewer.slow.stage;
    kit_close(&kit, &slow);
    kit_close(&kit, &quick);
    kit_close(&kit, &pub);
    kit_dispose(&kit);
    return w;
}

static void is_never_two_seconds_behind(void **state) {
    (void)state;
    static const struct {
        size_t key_bytes, capacity;
        double bytes_per_second;
        uint64_t way_us;
        unsigned most_ms;
        unsigned settle_s; // until what it held before anybody knew is read
        unsigned pictures; // at least, of 18,000
    } cases[] = {
        {60000, 0, 100000, 0, 1500, 10, 150},
        {60000, 65536, 100000, 0, 1500, 10, 150},
        {60000, 65536, 100000, 50000, 1700, 10, 150},
        {60000, 131072, 100000, 0, 1500, 10, 150},
        {60000, 1048576, 100000, 20000, 1500, 30, 150}, // one that never says that it is full
        {100000, 65536, 100000, 0, 1500, 10, 150},
        {140000, 65536, 100000, 0, 2000, 10, 50},
        {300000, 65536, 100000, 0, 3200, 10, 0}, // sound alone, but a try now and then
        {60000, 65536, 200000, 0, 1500, 10, 300},
        {60000, 65536, 400000, 20000, 1500, 10, 4000},
        {60000, 65536, 700000, 20000, 1000, 10, 9000},
        {60000, 65536, 700000, 150000, 1500, 10, 5000},
        {60000, 65536, 2000000, 20000, 100, 10, 17800},
        {60000, 524288, 4000000, 100000, 150, 10, 17800}, // far away, and quick
        {60000, 1048576, 4000000, 250000, 300, 10, 17800},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct show_shape shape = {33000, cases[i].key_bytes, false, 0};
        const struct line_shape l = {.capacity = cases[i].capacity,
                                     .bytes_per_second = cases[i].bytes_per_second,
                                     .way_us = cases[i].way_us};
        const struct watched w = watch(&shape, &l, cases[i].settle_s, 600);
        print_message("keys of %3zu kB, line holds %4zu kB, %4.0f kB/s: %4u ms behind, "
                      "%5u pictures, %s\n",
                      cases[i].key_bytes / 1000, cases[i].capacity / 1000,
                      cases[i].bytes_per_second / 1000, (unsigned)(w.furthest_us / 1000),
                      w.pictures, slow_stage_name(w.stage));
        assert_in_range(w.furthest_us, 0, cases[i].most_ms * 1000);
        assert_in_range(w.pictures, cases[i].pictures, 18000);
    }
}

// What lies in the line before anybody knows that it is slow, and how old the first picture is.
static void is_not_far_behind_from_the_first_picture_on(void **state) {
    (void)state;
    static const struct {
        unsigned answers_ms, joins_ms; // key frames come at 0, 3000, ...
        unsigned most_ms, first_ms;    // behind; until the first picture
    } cases[] = {
        {60, 3100, 1900, 900},  {60, 3900, 2000, 900},  {60, 4100, 1900, 1000},
        {60, 5000, 1900, 1000}, {60, 5900, 1900, 1000}, {150, 5000, 1900, 1100},
        {0, 3100, 1900, 900},   {0, 5000, 3300, 900}, // nothing but the old one to be had
    };
    static const size_t capacities[] = {0, 65536, 262144};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t k = 0; k < sizeof(capacities) / sizeof(capacities[0]); k++) {
            const struct show_shape shape = {33000, 60000, false, cases[i].answers_ms};
            const struct line_shape l = {.capacity = capacities[k],
                                         .bytes_per_second = 100000,
                                         .joins_ms = cases[i].joins_ms};
            const struct watched w = watch(&shape, &l, 0, cases[i].joins_ms / 1000 + 10);
            const unsigned first_ms = (unsigned)(w.shown_us / 1000) - cases[i].joins_ms;
            print_message("key frames %3u ms after a wish, comes at %u, line holds %3zu kB: "
                          "%u ms behind, first picture after %u ms\n",
                          cases[i].answers_ms, cases[i].joins_ms, capacities[k] / 1000,
                          (unsigned)(w.furthest_us / 1000), first_ms);
            assert_in_range(w.furthest_us, 0, cases[i].most_ms * 1000);
            assert_in_range(first_ms, 0, cases[i].first_ms);
        }
    }
}

static void a_line_that_stands_still_now_and_then_is_not_slow(void **state) {
    (void)state;
    // From one that holds nothing to one that holds the whole pause.
    static const size_t capacities[] = {0, 65536, 300000, 700000, 1000000, 1300000, 1700000};
    for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
        const struct show_shape shape = {33000, 60000, false, 0};
        const struct line_shape l = {.capacity = capacities[i],
                                     .bytes_per_second = 2000000,
                                     .way_us = 10000,
                                     .pause_s = 2,
                                     .period_s = 14};
        const struct watched w = watch(&shape, &l, 10, 280);
        print_message("2 s in 14, line holds %4zu kB: %u of 8400 pictures\n", capacities[i] / 1000,
                      w.pictures);
        assert_in_range(w.pictures, 5500, 8400);
    }
}

// A show of 2.5 Mbit/s in two sizes. The line narrows at 20 s and is wide again at 60 s.
static void a_line_that_narrows_has_the_smaller_size_within_ten_seconds(void **state) {
    (void)state;
    static const double narrow[] = {70000, 100000, 118000, 130000};
    static const size_t capacities[] = {16384, 65536, 200000};
    for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++) {
        for (size_t k = 0; k < sizeof(capacities) / sizeof(capacities[0]); k++) {
            const struct show_shape shape = {10000, 40000, true, 0};
            const struct line_shape l = {.capacity = capacities[k],
                                         .bytes_per_second = 5000000,
                                         .way_us = 10000,
                                         .other_bytes_per_second = narrow[i],
                                         .other_from_s = 20,
                                         .other_until_s = 60};
            const struct watched w = watch(&shape, &l, 20, 120);
            print_message("at %.0f kB/s, line holds %3zu kB: the smaller one after %u s, "
                          "%u changes, %s, rendition %u\n",
                          narrow[i] / 1000, capacities[k] / 1000, w.first_s[1] - 20, w.changes,
                          slow_stage_name(w.stage), w.rendition);
            assert_in_range(w.first_s[1], 20, 29);
            assert_int_equal(w.rendition, 0);
            assert_in_range(w.changes, 2, 4);
        }
    }
}

// Ten minutes of a line that carries one size and not the other.
static void between_two_sizes_it_does_not_swing(void **state) {
    (void)state;
    static const struct {
        double bytes_per_second;
        unsigned changes, pictures; // at most; at least, of 18,000
    } cases[] = {{110000, 13, 16000}, {150000, 13, 16000}, {220000, 0, 9000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct show_shape shape = {10000, 40000, true, 0};
        const struct line_shape l = {
            .capacity = 65536, .bytes_per_second = cases[i].bytes_per_second, .way_us = 10000};
        const struct watched w = watch(&shape, &l, 10, 600);
        print_message("at %.0f kB/s: %u changes, %u pictures, at most %u ms behind\n",
                      cases[i].bytes_per_second / 1000, w.changes, w.pictures,
                      (unsigned)(w.furthest_us / 1000));
        assert_in_range(w.changes, 0, cases[i].changes);
        assert_in_range(w.pictures, cases[i].pictures, 18000);
        assert_in_range(w.furthest_us, 0, 2000000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_never_two_seconds_behind),
        cmocka_unit_test(is_not_far_behind_from_the_first_picture_on),
        cmocka_unit_test(a_line_that_stands_still_now_and_then_is_not_slow),
        cmocka_unit_test(a_line_that_narrows_has_the_smaller_size_within_ten_seconds),
        cmocka_unit_test(between_two_sizes_it_does_not_swing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
