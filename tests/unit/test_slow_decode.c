// SPDX-License-Identifier: MIT
// Slow viewers of a real VP8 show: whatever the relay leaves out for them, each picture they decode
// is bit for bit the one that a viewer who got everything decodes.
#include "codec_stream.h"
#include "relay_kit.h"
#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "wasm/codec_status.h"
#include "wasm/video_decoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 320
#define HEIGHT 180
#define PICTURES 180 // six seconds, shown over and over
#define FRAME_US 33333
#define LOOPS 12

static struct codec_stream film;
static uint64_t film_us;
static uint64_t whole[PICTURES]; // hashes of what decodes from everything
static double bytes_per_frame;

static uint64_t hash_of(const struct video_frame *f) {
    uint64_t hash = made_hash(1, f->planes[0], f->strides[0], f->width, f->height);
    hash = made_hash(hash, f->planes[1], f->strides[1], (f->width + 1) / 2, (f->height + 1) / 2);
    return made_hash(hash, f->planes[2], f->strides[2], (f->width + 1) / 2, (f->height + 1) / 2);
}

static unsigned picture_of(uint64_t timestamp_us) {
    return (unsigned)((timestamp_us % film_us + FRAME_US / 2) / FRAME_US);
}

static int make_film(void **state) {
    struct video_decoder *decoder;
    struct video_frame picture;
    (void)state;
    codec_stream_make(&film, WIDTH, HEIGHT, PICTURES, 0);
    film_us = (uint64_t)PICTURES * FRAME_US + 20000;
    bytes_per_frame = (double)film.bytes.len / PICTURES;
    assert_int_equal(video_decoder_create(&decoder, 0), 0);
    for (size_t i = 0; i < film.count; i++) {
        const struct codec_packet *const p = &film.packets[i];
        if (p->header.kind != WIRE_VIDEO)
            continue;
        assert_int_equal(video_decoder_decode(decoder, &picture, film.bytes.bytes + p->block.offset,
                                              p->block.len),
                         CODEC_READY);
        whole[picture_of(p->header.timestamp_us)] = hash_of(&picture);
    }
    video_decoder_destroy(decoder);
    return 0;
}

static int free_film(void **state) {
    (void)state;
    codec_stream_free(&film);
    return 0;
}

// The packet as a message of the n-th showing.
static struct message *message_of(const struct codec_packet *p, unsigned showing) {
    static uint8_t body[LIMIT_MEDIA_MESSAGE_BYTES];
    struct wire_header h = p->header;
    h.timestamp_us += showing * film_us;
    wire_header_write(body, &h);
    const size_t head =
        webm_write_cluster_head(body + WIRE_HEADER_LEN, WEBM_CLUSTER_HEAD_MAX_LEN,
                                h.kind == WIRE_VIDEO ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO,
                                h.timestamp_us / 1000, (h.flags & WIRE_KEY) != 0, p->block.len);
    memcpy(body + WIRE_HEADER_LEN + head, film.bytes.bytes + p->block.offset, p->block.len);
    return message_create_media(&h, body, WIRE_HEADER_LEN + head + p->block.len);
}

struct slow_decoder {
    struct video_decoder *decoder;
    unsigned shown;
    uint64_t newest_us;
};

static void decode(struct slow_decoder *d, const struct message *m) {
    struct webm_block block;
    struct video_frame picture;
    if (m->is_text || m->header.kind != WIRE_VIDEO)
        return;
    assert_int_equal(webm_cluster_check(&block, message_payload(m), message_payload_len(m), NULL),
                     WEBM_OK);
    assert_int_equal(
        video_decoder_decode(d->decoder, &picture, message_payload(m) + block.offset, block.len),
        CODEC_READY);
    assert_true(hash_of(&picture) == whole[picture_of(m->header.timestamp_us)]);
    d->shown++;
    d->newest_us = m->header.timestamp_us;
}

// A viewer that reads `share` of the show's bytes, and every now and then nothing for a while.
static unsigned watch_slowly(double share, bool has_pauses) {
    static struct kit kit;
    static struct kit_peer pub, slow;
    struct slow_decoder d = {0};
    double allowance = 0;
    uint64_t now = 0;
    srand(11);
    kit_init(&kit);
    struct show *const show = kit_show(&kit, "Film");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    kit_watch(&kit, &slow, show);
    assert_int_equal(video_decoder_create(&d.decoder, 0), 0);
    for (unsigned showing = 0; showing < LOOPS; showing++)
        for (size_t i = 0; i < film.count; i++) {
            struct message *const m = message_of(&film.packets[i], showing);
            const uint64_t due_us = m->header.timestamp_us;
            for (; now < due_us; now += FRAME_US) {
                kit.now_us += FRAME_US;
                const bool is_pause = has_pauses && now / 2000000 % 7 == 3;
                allowance += is_pause ? 0 : bytes_per_frame * share;
                while (allowance > 0) {
                    kit_pull(&kit, &slow, 1);
                    if (!slow.count) {
                        allowance = 0;
                        break;
                    }
                    allowance -= slow.inbox[0]->framed_len;
                    decode(&d, slow.inbox[0]);
                    kit_forget(&slow);
                }
                session_heard(slow.session, kit.now_us);
                relay_tick(&kit.relay, 0, kit.now_us, NULL);
                kit_pull(&kit, &pub, 0);
                kit_forget(&pub);
            }
            kit_send(&kit, &pub, m);
        }
    assert_int_equal(slow.session->state, SESSION_WATCHING);
    if (!has_pauses && slow.session->viewer.slow.stage < SLOW_AUDIO)
        assert_true(d.newest_us + 4000000 > (uint64_t)LOOPS * film_us);
    video_decoder_destroy(d.decoder);
    kit_close(&kit, &slow);
    kit_close(&kit, &pub);
    kit_dispose(&kit);
    return d.shown;
}

static void every_picture_is_the_one_it_should_be(void **state) {
    (void)state;
    static const double shares[] = {2, 0.9, 0.7, 0.5, 0.35, 0.2, 0.1};
    unsigned before = PICTURES * LOOPS + 1;
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        const unsigned shown = watch_slowly(shares[i], false);
        print_message("%3.0f %% of the bytes: %u of %u pictures\n", shares[i] * 100, shown,
                      PICTURES * LOOPS);
        assert_true(shown <= before);
        before = shown;
    }
    assert_true(before > LOOPS / 2);
}

static void also_with_pauses(void **state) {
    (void)state;
    const unsigned quick = watch_slowly(2, true), slow = watch_slowly(0.6, true);
    print_message("with pauses: %u and %u of %u pictures\n", quick, slow, PICTURES * LOOPS);
    // It reads in 12 s of 14: 86 %.
    assert_true(quick > PICTURES * LOOPS * 7 / 10 && quick < PICTURES * LOOPS * 9 / 10);
    assert_true(slow > LOOPS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_picture_is_the_one_it_should_be),
        cmocka_unit_test(also_with_pauses),
    };
    return cmocka_run_group_tests(tests, make_film, free_film);
}
