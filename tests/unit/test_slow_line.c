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
        bool is_ping, is_media, is_picture;
    } held[LINE_COUNT];
    size_t first, count, bytes;
    double allowance;
};

struct show_shape {
    size_t frame_bytes, key_bytes;
};

struct watched {
    uint64_t settle_us;   // from then on it counts
    uint64_t furthest_us; // what was read, behind its time
    unsigned pictures;
    uint8_t stage;
};

static struct kit kit;
static struct kit_peer pub, slow;
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

static void drain(double bytes, uint64_t way_us, uint64_t begun_us, struct watched *w) {
    line.allowance += bytes;
    while (line.count) {
        const size_t i = line.first;
        if (line.allowance < (double)line.held[i].bytes ||
            kit.now_us - line.held[i].given_us < way_us)
            break;
        line.allowance -= (double)line.held[i].bytes;
        line.bytes -= line.held[i].bytes;
        line.first = (i + 1) % LINE_COUNT;
        line.count--;
        if (line.held[i].is_ping)
            session_heard(slow.session, kit.now_us);
        w->pictures += line.held[i].is_picture;
        const uint64_t behind_us = kit.now_us - begun_us - line.held[i].timestamp_us;
        if (line.held[i].is_media && kit.now_us - begun_us > w->settle_us &&
            behind_us > w->furthest_us)
            w->furthest_us = behind_us;
    }
    if (!line.count)
        line.allowance = 0;
}

static void send_frame(const struct show_shape *shape, uint64_t n, uint64_t at_us) {
    static const unsigned layers[] = {0, 2, 1, 2};
    const bool is_key = n % 90 == 0;
    const unsigned layer = is_key ? 0 : layers[n % 4];
    const bool is_sync = layer == 1 && n % 8 == 2;
    kit_send_video(&kit, &pub, at_us, (is_key ? WIRE_KEY : 0) | (is_sync ? WIRE_SYNC : 0), layer,
                   is_key ? shape->key_bytes : shape->frame_bytes);
}

// So many seconds of a show of 30 pictures and 100 sounds a second over such a line.
static struct watched watch(const struct show_shape *shape, size_t capacity,
                            double bytes_per_second, uint64_t way_us, unsigned settle_s,
                            unsigned seconds) {
    struct watched w = {.settle_us = settle_s * 1000000ULL};
    memset(&line, 0, sizeof(line));
    memset(&slow, 0, sizeof(slow));
    kit_init(&kit);
    kit.relay.config.publisher_bps = 100000000;
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    const uint64_t begun_us = kit.now_us;
    uint64_t n = 0;
    for (uint64_t at_us = 0; at_us < seconds * 1000000ULL; at_us += STEP_US) {
        kit.now_us = begun_us + at_us;
        kit_send_audio(&kit, &pub, at_us);
        for (; n * 33333 <= at_us; n++)
            send_frame(shape, n, n * 33333);
        if (at_us == 2 * 1000000) // in the middle between two key frames
            kit_watch(&kit, &slow, show);
        if (at_us >= 2 * 1000000) {
            fill(capacity);
            drain(bytes_per_second * STEP_US / 1e6, way_us, begun_us, &w);
        }
        relay_tick(&kit.relay, 0, kit.now_us, NULL);
        kit_pull(&kit, &pub, 0);
        kit_forget(&pub);
    }
    assert_int_equal(slow.session->state, SESSION_WATCHING);
    w.stage = slow.session->viewer.slow.stage;
    kit_close(&kit, &slow);
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
        {60000, 65536, 400000, 20000, 1500, 10, 5000},
        {60000, 65536, 700000, 20000, 1000, 10, 12000},
        {60000, 65536, 700000, 150000, 1500, 10, 5000},
        {60000, 65536, 2000000, 20000, 100, 10, 17800},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct show_shape shape = {33000, cases[i].key_bytes};
        const struct watched w = watch(&shape, cases[i].capacity, cases[i].bytes_per_second,
                                       cases[i].way_us, cases[i].settle_s, 600);
        print_message("keys of %3zu kB, line holds %4zu kB, %4.0f kB/s: %4u ms behind, "
                      "%5u pictures, %s\n",
                      cases[i].key_bytes / 1000, cases[i].capacity / 1000,
                      cases[i].bytes_per_second / 1000, (unsigned)(w.furthest_us / 1000),
                      w.pictures, slow_stage_name(w.stage));
        assert_in_range(w.furthest_us, 0, cases[i].most_ms * 1000);
        assert_in_range(w.pictures, cases[i].pictures, 18000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_never_two_seconds_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
