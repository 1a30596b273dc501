// SPDX-License-Identifier: MIT
// The encoder's messages, rate control and temporal layers: what is kept after layers were dropped
// must decode to the very pictures of the whole stream.
#include "made_media.h"
#include "shared/limits.h"
#include "shared/webm_check.h"
#include "wasm/codec_status.h"
#include "wasm/video_decoder.h"
#include "wasm/video_encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define WIDTH 320
#define HEIGHT 180
#define FRAME_US 33333
#define FRAMES_MAX 160

static struct video_encoder_config config_of(unsigned layers) {
    return (struct video_encoder_config){
        .width = WIDTH,
        .height = HEIGHT,
        .frames_per_second = 30,
        .bitrate_bps = 500000,
        .profile = VIDEO_PROFILE_CAMERA,
        .cpu_used = -6,
        .temporal_layers = layers,
        .key_interval_ms = 3000,
        .threads = 1,
    };
}

static struct video_encoder *make_encoder(const struct video_encoder_config *config) {
    struct video_encoder *e;
    assert_int_equal(video_encoder_create(&e, config), 0);
    assert_non_null(e);
    return e;
}

static void draw(struct video_encoder *e, unsigned number, unsigned grain) {
    uint8_t *const planes[3] = {video_encoder_plane(e, 0), video_encoder_plane(e, 1),
                                video_encoder_plane(e, 2)};
    const unsigned strides[3] = {video_encoder_stride(e, 0), video_encoder_stride(e, 1),
                                 video_encoder_stride(e, 2)};
    made_picture(planes, strides, video_encoder_width(e), video_encoder_height(e), number, grain);
}

struct frame { // one message, taken apart
    struct wire_header header;
    uint8_t *bytes;
    size_t len;
    uint64_t hash; // of the picture the whole stream decodes to
};

struct stream {
    struct frame frames[FRAMES_MAX];
    size_t count;
    unsigned dropped_count; // by rate control
};

// Checks the last message and keeps its frame.
static void keep_message(struct stream *s, const struct video_encoder *e) {
    const uint8_t *const message = video_encoder_message(e);
    const size_t len = video_encoder_message_len(e);
    struct frame *const frame = &s->frames[s->count++];
    assert_int_equal(wire_header_read(&frame->header, message, len), WIRE_OK);
    assert_int_equal(frame->header.kind, WIRE_VIDEO);
    struct webm_block block;
    const char *reason = NULL;
    if (webm_cluster_check(&block, message + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN, &reason) !=
        WEBM_OK)
        fail_msg("%s", reason);
    assert_int_equal(block.track, WEBM_TRACK_VIDEO);
    assert_int_equal(block.timestamp_ms, frame->header.timestamp_us / 1000);
    assert_int_equal(block.is_keyframe, (frame->header.flags & WIRE_KEY) != 0);
    const uint8_t *const payload = message + WIRE_HEADER_LEN + block.offset;
    assert_int_equal(!(payload[0] & 1), block.is_keyframe); // VP8's own bit (RFC 6386 9.1)
    frame->len = block.len;
    frame->bytes = malloc(block.len);
    assert_non_null(frame->bytes);
    for (size_t i = 0; i < block.len; i++)
        frame->bytes[i] = payload[i];
}

static void encode(struct stream *s, struct video_encoder *e, unsigned first, unsigned count,
                   unsigned grain) {
    for (unsigned i = first; i < first + count; i++) {
        draw(e, i, grain);
        const int status = video_encoder_encode(e, (uint64_t)i * FRAME_US, 0);
        if (status == CODEC_READY)
            keep_message(s, e);
        else
            assert_int_equal(status, CODEC_NONE);
        s->dropped_count += status == CODEC_NONE;
    }
}

static void stream_free(struct stream *s) {
    for (size_t i = 0; i < s->count; i++)
        free(s->frames[i].bytes);
    free(s);
}

static uint64_t hash_of(const struct video_frame *frame) {
    uint64_t hash = 0;
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        hash = made_hash(hash, frame->planes[i], frame->strides[i], frame->width >> shift,
                         frame->height >> shift);
    }
    return hash;
}

typedef int keep_rule(void *context, const struct wire_header *header);

static int keep_all(void *context, const struct wire_header *header) {
    (void)context;
    (void)header;
    return 1;
}

static int keep_up_to_layer(void *context, const struct wire_header *header) {
    return header->temporal_id <= *(const unsigned *)context;
}

// Decodes the frames that the rule keeps. On the first pass (is_whole) notes the pictures,
// afterwards they must be the same. Returns how many were kept.
static unsigned decode(struct stream *s, keep_rule *keep, void *context, int is_whole) {
    struct video_decoder *d;
    assert_int_equal(video_decoder_create(&d, 0), 0);
    unsigned kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct frame *const frame = &s->frames[i];
        if (!keep(context, &frame->header))
            continue;
        struct video_frame picture;
        assert_int_equal(video_decoder_decode(d, &picture, frame->bytes, frame->len), CODEC_READY);
        const uint64_t hash = hash_of(&picture);
        if (is_whole)
            frame->hash = hash;
        else if (hash != frame->hash)
            fail_msg("frame %zu (layer %u) decodes to another picture", i,
                     frame->header.temporal_id);
        kept++;
    }
    video_decoder_destroy(d);
    return kept;
}

// --- Messages ------------------------------------------------------------------------------------

static void messages_count_up_and_carry_their_time(void **state) {
    (void)state;
    struct video_encoder_config config = config_of(3);
    config.rendition = 2;
    config.sequence = UINT32_MAX - 10;
    struct video_encoder *const e = make_encoder(&config);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, 100, 4);
    assert_int_equal(s->dropped_count, 0);
    static const uint8_t layers[] = {0, 2, 1, 2, 0, 2, 1, 2};
    static const uint8_t syncs[] = {1, 1, 1, 0, 1, 0, 0, 0};
    unsigned since_key = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct wire_header *const h = &s->frames[i].header;
        assert_int_equal(h->sequence, (uint32_t)(UINT32_MAX - 10 + i)); // wraps
        assert_int_equal(h->timestamp_us, i * FRAME_US);
        assert_int_equal(h->rendition, 2);
        // At 3 s, which frame 90 is the first to reach (90 * 33333 us is just short of it, so 91).
        assert_int_equal((h->flags & WIRE_KEY) != 0, i == 0 || i == 91);
        since_key = h->flags & WIRE_KEY ? 0 : since_key + 1;
        assert_int_equal(h->temporal_id, layers[since_key % 8]);
        assert_int_equal((h->flags & WIRE_SYNC) != 0, syncs[since_key % 8]);
    }
    assert_int_equal(video_encoder_sequence(e), (uint32_t)(UINT32_MAX - 10 + s->count));
    stream_free(s);
    video_encoder_destroy(e);
}

static void a_key_frame_comes_when_asked(void **state) {
    (void)state;
    const struct video_encoder_config config = config_of(3);
    struct video_encoder *const e = make_encoder(&config);
    for (unsigned i = 0; i < 30; i++) {
        draw(e, i, 0);
        assert_int_equal(video_encoder_encode(e, i * FRAME_US, i == 13), CODEC_READY);
        struct wire_header h;
        assert_int_equal(
            wire_header_read(&h, video_encoder_message(e), video_encoder_message_len(e)), WIRE_OK);
        assert_int_equal((h.flags & WIRE_KEY) != 0, i == 0 || i == 13);
        if (h.flags & WIRE_KEY)
            assert_int_equal(h.temporal_id, 0);
    }
    video_encoder_destroy(e);
}

static void time_does_not_go_back(void **state) {
    (void)state;
    const struct video_encoder_config config = config_of(1);
    struct video_encoder *const e = make_encoder(&config);
    assert_int_equal(video_encoder_encode(e, 1000, 0), CODEC_READY);
    assert_int_equal(video_encoder_encode(e, 999, 0), CODEC_ERR_ARGUMENT);
    assert_int_equal(video_encoder_encode(e, LIMIT_TIMESTAMP_US + 1, 0), CODEC_ERR_ARGUMENT);
    assert_int_equal(video_encoder_encode(e, LIMIT_TIMESTAMP_US, 0), CODEC_READY);
    video_encoder_destroy(e);
}

// --- Layers --------------------------------------------------------------------------------------

static void dropped_layers_leave_no_trace(void **state) {
    (void)state;
    for (unsigned layers = 1; layers <= 3; layers++) {
        const struct video_encoder_config config = config_of(layers);
        struct video_encoder *const e = make_encoder(&config);
        struct stream *const s = calloc(1, sizeof *s);
        encode(s, e, 0, 120, 8);
        assert_int_equal(decode(s, keep_all, NULL, 1), s->count);
        for (unsigned top = 0; top < layers; top++) {
            const unsigned kept = decode(s, keep_up_to_layer, &top, 0);
            // 1, 1/2 or 1/4 of the frames; the key frame at 3 s shifts the pattern by a few.
            const unsigned wanted = (unsigned)s->count >> (layers - 1 - top);
            assert_in_range(kept, wanted - 2, wanted + 2);
        }
        stream_free(s);
        video_encoder_destroy(e);
    }
}

struct resume { // a viewer whose connection chokes now and then, as docs/protocol.md lets it go on
    unsigned lowest_lost; // layer; 3 = none
    unsigned number;
    unsigned return_count; // of layer 1
};

static int keep_with_gaps(void *context, const struct wire_header *h) {
    struct resume *const r = context;
    const unsigned layer = h->temporal_id;
    const unsigned number = r->number++;
    if (h->flags & WIRE_KEY)
        r->lowest_lost = 3;
    // Every 20 frames a few of layers 1 and 2 are lost, at another place of the pattern each time.
    if (number % 20 > 12 && layer > 0) {
        r->lowest_lost = layer < r->lowest_lost ? layer : r->lowest_lost;
        return 0;
    }
    if (layer < r->lowest_lost)
        return 1;
    if (layer == 2 && r->lowest_lost == 2)
        return 1; // nothing builds on layer 2, so it may come back at any frame
    if (!(h->flags & WIRE_SYNC))
        return 0;
    if (layer == 1) {
        r->lowest_lost = 3; // layer 2 builds on nothing older than this frame
        r->return_count++;
    }
    return 1;
}

static void a_lost_layer_comes_back_at_sync(void **state) {
    (void)state;
    for (unsigned layers = 2; layers <= 3; layers++) {
        struct video_encoder_config config = config_of(layers);
        config.key_interval_ms = 0;
        struct video_encoder *const e = make_encoder(&config);
        struct stream *const s = calloc(1, sizeof *s);
        encode(s, e, 0, 120, 8);
        assert_int_equal(decode(s, keep_all, NULL, 1), s->count);
        struct resume resume = {.lowest_lost = 3};
        const unsigned kept = decode(s, keep_with_gaps, &resume, 0);
        assert_in_range(kept, s->count / 2, s->count - 20);
        assert_int_equal(resume.return_count,
                         5); // after each gap but the last, which ends with the stream
        stream_free(s);
        video_encoder_destroy(e);
    }
}

// Keeps all but one frame of layer 1 and never waits for SYNC: must go wrong, or the tests above
// prove nothing.
static int keep_all_but_one(void *context, const struct wire_header *h) {
    (void)context;
    return h->sequence != 10;
}

static void without_waiting_for_sync_the_picture_breaks(void **state) {
    (void)state;
    const struct video_encoder_config config = config_of(3);
    struct video_encoder *const e = make_encoder(&config);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, 16, 8);
    assert_int_equal(s->frames[10].header.temporal_id, 1);
    decode(s, keep_all, NULL, 1);
    struct video_decoder *d;
    assert_int_equal(video_decoder_create(&d, 0), 0);
    unsigned broken = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct video_frame picture;
        if (!keep_all_but_one(NULL, &s->frames[i].header))
            continue;
        assert_int_equal(video_decoder_decode(d, &picture, s->frames[i].bytes, s->frames[i].len),
                         CODEC_READY);
        broken += hash_of(&picture) != s->frames[i].hash;
    }
    assert_true(broken > 0);
    video_decoder_destroy(d);
    stream_free(s);
    video_encoder_destroy(e);
}

// --- Rate control --------------------------------------------------------------------------------

static void dropped_pictures_leave_the_pattern_whole(void **state) {
    (void)state;
    struct video_encoder_config config = config_of(3);
    config.bitrate_bps = 60000; // far too little for this grain
    struct video_encoder *const e = make_encoder(&config);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, FRAMES_MAX, 64);
    assert_true(s->dropped_count > 5);
    static const uint8_t layers[] = {0, 2, 1, 2, 0, 2, 1, 2};
    unsigned since_key = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct wire_header *const h = &s->frames[i].header;
        assert_int_equal(h->sequence, i);
        since_key = h->flags & WIRE_KEY ? 0 : since_key + 1;
        assert_int_equal(h->temporal_id, layers[since_key % 8]);
    }
    decode(s, keep_all, NULL, 1);
    for (unsigned top = 0; top < 2; top++)
        assert_true(decode(s, keep_up_to_layer, &top, 0) > 0);
    stream_free(s);
    video_encoder_destroy(e);
}

static size_t bytes_of(const struct stream *s, size_t first, size_t end) {
    size_t sum = 0;
    for (size_t i = first; i < end; i++)
        sum += s->frames[i].len;
    return sum;
}

static void bitrate_is_kept_and_changes_live(void **state) {
    (void)state;
    struct video_encoder_config config = config_of(3);
    config.key_interval_ms = 0;
    config.bitrate_bps = 800000;
    struct video_encoder *const e = make_encoder(&config);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, 80, 24);
    const size_t first_count = s->count;
    assert_int_equal(video_encoder_set_bitrate(e, 250000), 0);
    encode(s, e, 80, 80, 24);
    // bits per second over the last 50 pictures of each half
    const double before = (double)bytes_of(s, first_count - 50, first_count) * 8 * 30 / 50;
    const double after = (double)bytes_of(s, s->count - 50, s->count) * 8 * 30 / 50;
    assert_true(before > 0.7 * 800000 && before < 1.2 * 800000);
    assert_true(after > 0.6 * 250000 && after < 1.3 * 250000);
    stream_free(s);
    video_encoder_destroy(e);
}

static void settings_change_live(void **state) {
    (void)state;
    const struct video_encoder_config config = config_of(2);
    struct video_encoder *const e = make_encoder(&config);
    assert_int_equal(video_encoder_set_cpu_used(e, -12), 0);
    assert_int_equal(video_encoder_set_cpu_used(e, 4), CODEC_ERR_ARGUMENT);
    assert_int_equal(video_encoder_set_frame_rate(e, 12.5), 0);
    assert_int_equal(video_encoder_set_frame_rate(e, 0), CODEC_ERR_ARGUMENT);
    assert_int_equal(video_encoder_set_bitrate(e, 1), CODEC_ERR_ARGUMENT);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, 20, 4);
    assert_int_equal(decode(s, keep_all, NULL, 1), s->count);
    stream_free(s);
    video_encoder_destroy(e);
}

// --- Configuration -------------------------------------------------------------------------------

static void screens_and_threads_and_odd_strides_work(void **state) {
    (void)state;
    struct video_encoder_config config = config_of(3);
    config.profile = VIDEO_PROFILE_SCREEN;
    config.threads = 2;
    config.width = 334; // no multiple of 16
    config.height = 250;
    config.bitrate_bps = 1000000;
    struct video_encoder *const e = make_encoder(&config);
    assert_int_equal(video_encoder_stride(e, 0), 336);
    struct stream *const s = calloc(1, sizeof *s);
    encode(s, e, 0, 24, 0);
    decode(s, keep_all, NULL, 1);
    struct video_decoder *d;
    assert_int_equal(video_decoder_create(&d, 0), 0);
    struct video_frame picture;
    for (size_t i = 0; i < s->count; i++)
        assert_int_equal(video_decoder_decode(d, &picture, s->frames[i].bytes, s->frames[i].len),
                         CODEC_READY);
    assert_int_equal(picture.width, 334);
    assert_int_equal(picture.height, 250);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        assert_true(made_psnr(picture.planes[i], picture.strides[i], video_encoder_plane(e, i),
                              video_encoder_stride(e, i), 334U >> shift, 250U >> shift) > 30);
    }
    video_decoder_destroy(d);
    stream_free(s);
    video_encoder_destroy(e);
}

static void impossible_settings_are_refused(void **state) {
    (void)state;
    static const struct video_encoder_config good = {.width = 64,
                                                     .height = 64,
                                                     .frames_per_second = 30,
                                                     .bitrate_bps = 100000,
                                                     .cpu_used = -6,
                                                     .temporal_layers = 3,
                                                     .threads = 1};
    struct video_encoder_config bad[14];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad[i] = good;
    bad[0].width = 0;
    bad[1].width = 65;
    bad[2].height = LIMIT_VIDEO_SIDE_PIXELS + 2;
    bad[3].frames_per_second = 0;
    bad[4].frames_per_second = 0.0 / (double)(bad[3].frames_per_second); // NaN
    bad[5].bitrate_bps = 0;
    bad[6].bitrate_bps = UINT32_MAX;
    bad[7].cpu_used = 5;
    bad[8].temporal_layers = 0;
    bad[9].temporal_layers = 4;
    bad[10].threads = 0;
    bad[11].threads = 65;
    bad[12].rendition = LIMIT_RENDITIONS_COUNT;
    bad[13].profile = (enum video_profile)7;
    struct video_encoder *e;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(video_encoder_create(&e, &bad[i]), CODEC_ERR_ARGUMENT);
        assert_null(e);
    }
    assert_int_equal(video_encoder_create(&e, &good), 0);
    video_encoder_destroy(e);
    video_encoder_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_count_up_and_carry_their_time),
        cmocka_unit_test(a_key_frame_comes_when_asked),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(dropped_layers_leave_no_trace),
        cmocka_unit_test(a_lost_layer_comes_back_at_sync),
        cmocka_unit_test(without_waiting_for_sync_the_picture_breaks),
        cmocka_unit_test(dropped_pictures_leave_the_pattern_whole),
        cmocka_unit_test(bitrate_is_kept_and_changes_live),
        cmocka_unit_test(settings_change_live),
        cmocka_unit_test(screens_and_threads_and_odd_strides_work),
        cmocka_unit_test(impossible_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
