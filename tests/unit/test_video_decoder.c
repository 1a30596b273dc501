// SPDX-License-Identifier: MIT
// What the decoder does with streams that begin in the middle, are damaged, or lie about their
// size.
#include "codec_stream.h"
#include "shared/limits.h"
#include "wasm/codec_status.h"
#include "wasm/video_decoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup_stream(void **state) {
    struct codec_stream *const s = calloc(1, sizeof *s);
    assert_non_null(s);
    codec_stream_make(s, 160, 90, 70, 0); // key frames at 0, 1 and 2 s
    // The video alone.
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->packets[i].block.track == WEBM_TRACK_VIDEO)
            s->packets[count++] = s->packets[i];
    }
    s->count = count;
    *state = s;
    return 0;
}

static int teardown_stream(void **state) {
    codec_stream_free(*state);
    free(*state);
    return 0;
}

static struct video_decoder *make_decoder(void) {
    struct video_decoder *d;
    assert_int_equal(video_decoder_create(&d, 0), 0);
    return d;
}

static int decode(struct video_decoder *d, struct video_frame *frame, const struct codec_stream *s,
                  size_t number) {
    const struct webm_block *const block = &s->packets[number].block;
    return video_decoder_decode(d, frame, s->bytes.bytes + block->offset, block->len);
}

static void pictures_look_like_what_was_made(void **state) {
    const struct codec_stream *const s = *state;
    struct video_decoder *const d = make_decoder();
    uint8_t luma[160 * 90], u[80 * 45], v[80 * 45];
    uint8_t *const planes[3] = {luma, u, v};
    const unsigned strides[3] = {160, 80, 80};
    for (size_t i = 0; i < s->count; i++) {
        struct video_frame frame;
        assert_int_equal(decode(d, &frame, s, i), CODEC_READY);
        assert_int_equal(frame.width, 160);
        assert_int_equal(frame.height, 90);
        made_picture(planes, strides, 160, 90,
                     (unsigned)(s->packets[i].header.timestamp_us / 33333), 4);
        assert_true(made_psnr(frame.planes[0], frame.strides[0], luma, 160, 160, 90) > 25);
        assert_true(made_psnr(frame.planes[1], frame.strides[1], u, 80, 80, 45) > 30);
        assert_true(made_psnr(frame.planes[2], frame.strides[2], v, 80, 80, 45) > 30);
    }
    video_decoder_destroy(d);
}

static void nothing_is_shown_before_a_key_frame(void **state) {
    const struct codec_stream *const s = *state;
    struct video_decoder *const d = make_decoder();
    struct video_frame frame;
    int has_key = 0;
    for (size_t i = 5; i < s->count; i++) {
        has_key |= s->packets[i].block.is_keyframe;
        assert_int_equal(decode(d, &frame, s, i), has_key ? CODEC_READY : CODEC_NONE);
    }
    assert_true(has_key);
    video_decoder_destroy(d);
}

static void after_damage_the_next_key_frame_heals(void **state) {
    const struct codec_stream *const s = *state;
    for (size_t damaged = 0; damaged < 12; damaged++) {
        struct video_decoder *const d = make_decoder();
        struct video_frame frame;
        int is_healed = 1;
        unsigned error_count = 0;
        for (size_t i = 0; i < s->count; i++) {
            const struct webm_block *const block = &s->packets[i].block;
            if (i == damaged) { // cut within its first partition
                const int status =
                    video_decoder_decode(d, &frame, s->bytes.bytes + block->offset, 6);
                assert_int_equal(status, CODEC_ERR_DECODE);
                error_count++;
                is_healed = 0;
                continue;
            }
            is_healed |= block->is_keyframe;
            assert_int_equal(decode(d, &frame, s, i), is_healed ? CODEC_READY : CODEC_NONE);
        }
        assert_int_equal(error_count, 1);
        assert_true(is_healed);
        video_decoder_destroy(d);
    }
}

static void flipped_bits_never_crash(void **state) {
    const struct codec_stream *const s = *state;
    struct video_decoder *const d = make_decoder();
    uint32_t random = 1;
    for (unsigned round = 0; round < 40; round++) {
        for (size_t i = 0; i < 12; i++) {
            const struct webm_block *const block = &s->packets[i].block;
            uint8_t *const copy = malloc(block->len);
            assert_non_null(copy);
            memcpy(copy, s->bytes.bytes + block->offset, block->len);
            for (unsigned k = 0; k < 3; k++) {
                random = random * 1664525 + 1013904223;
                const size_t at = random % block->len;
                if (at < 3 || at > 9) // not the size
                    copy[at] ^= (uint8_t)(1U << (random >> 24) % 8);
            }
            struct video_frame frame;
            const int status = video_decoder_decode(d, &frame, copy, block->len);
            assert_true(status == CODEC_READY || status == CODEC_NONE ||
                        status == CODEC_ERR_DECODE);
            free(copy);
        }
    }
    video_decoder_destroy(d);
}

static void a_change_of_size_is_followed(void **state) {
    const struct codec_stream *const s = *state;
    struct codec_stream *const larger = calloc(1, sizeof *larger);
    assert_non_null(larger);
    codec_stream_make(larger, 320, 200, 2, 0);
    struct video_decoder *const d = make_decoder();
    struct video_frame frame;
    assert_int_equal(decode(d, &frame, s, 0), CODEC_READY);
    assert_int_equal(decode(d, &frame, larger, 0), CODEC_READY);
    assert_int_equal(frame.width, 320);
    assert_int_equal(frame.height, 200);
    assert_int_equal(decode(d, &frame, s, 0), CODEC_READY);
    assert_int_equal(frame.width, 160);
    video_decoder_destroy(d);
    codec_stream_free(larger);
    free(larger);
}

static void packed_planes_are_the_same_without_gaps(void **state) {
    const struct codec_stream *const s = *state;
    struct codec_stream *const odd = calloc(1, sizeof *odd);
    assert_non_null(odd);
    codec_stream_make(odd, 334, 202, 3, 0);
    struct video_decoder *const d = make_decoder();
    struct video_decoder *packing;
    assert_int_equal(video_decoder_create(&packing, 1), 0);
    struct video_frame frame, packed;
    for (size_t i = 0; i < 8; i++) {
        const struct codec_stream *const from = i < 4 ? s : odd; // grows on the way
        if (from->packets[i % 4].block.track != WEBM_TRACK_VIDEO)
            continue;
        assert_int_equal(decode(d, &frame, from, i % 4), CODEC_READY);
        assert_int_equal(decode(packing, &packed, from, i % 4), CODEC_READY);
        assert_int_equal(packed.width, frame.width);
        assert_int_equal(packed.strides[0], frame.width);
        assert_int_equal(packed.strides[1], frame.width / 2);
        assert_ptr_equal(packed.planes[1], packed.planes[0] + (size_t)frame.width * frame.height);
        assert_ptr_equal(packed.planes[2],
                         packed.planes[1] + (size_t)frame.width / 2 * (frame.height / 2));
        for (unsigned k = 0; k < 3; k++) {
            const unsigned shift = k == 0 ? 0 : 1;
            assert_true(made_psnr(frame.planes[k], frame.strides[k], packed.planes[k],
                                  packed.strides[k], frame.width >> shift,
                                  frame.height >> shift) == 99);
        }
    }
    video_decoder_destroy(packing);
    video_decoder_destroy(d);
    codec_stream_free(odd);
    free(odd);
}

static void caps_are_kept(void **state) {
    const struct codec_stream *const s = *state;
    struct video_decoder *const d = make_decoder();
    struct video_frame frame;
    const struct webm_block *const block = &s->packets[0].block;
    assert_int_equal(video_decoder_decode(d, &frame, s->bytes.bytes, 0), CODEC_ERR_DECODE);
    uint8_t *const copy = calloc(1, LIMIT_MEDIA_MESSAGE_BYTES + 1);
    assert_non_null(copy);
    memcpy(copy, s->bytes.bytes + block->offset, block->len);
    assert_int_equal(video_decoder_decode(d, &frame, copy, LIMIT_MEDIA_MESSAGE_BYTES + 1),
                     CODEC_ERR_TOO_LARGE);
    copy[6] = 0xFF; // width 16383 (RFC 6386 9.1): some 400 MB a picture
    copy[7] = 0x3F;
    assert_int_equal(video_decoder_decode(d, &frame, copy, block->len), CODEC_ERR_TOO_LARGE);
    copy[6] = 0;
    copy[7] = 0;
    assert_int_equal(video_decoder_decode(d, &frame, copy, block->len), CODEC_ERR_DECODE);
    assert_int_equal(decode(d, &frame, s, 1), CODEC_NONE);
    assert_int_equal(decode(d, &frame, s, 0), CODEC_READY);
    free(copy);
    video_decoder_destroy(d);
    video_decoder_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_look_like_what_was_made),
        cmocka_unit_test(nothing_is_shown_before_a_key_frame),
        cmocka_unit_test(after_damage_the_next_key_frame_heals),
        cmocka_unit_test(flipped_bits_never_crash),
        cmocka_unit_test(a_change_of_size_is_followed),
        cmocka_unit_test(packed_planes_are_the_same_without_gaps),
        cmocka_unit_test(caps_are_kept),
    };
    return cmocka_run_group_tests(tests, setup_stream, teardown_stream);
}
