// SPDX-License-Identifier: MIT
// Colours, places and sizes of converted pictures.
#include "made_media.h"
#include "wasm/codec_status.h"
#include "wasm/convert.h"
#include "wasm/plane_scaler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GUARD 0xA5

struct canvas { // an I420 picture with a guard around each row
    struct picture picture;
    uint8_t *bytes;
    size_t len;
};

static struct canvas make_canvas(unsigned width, unsigned height) {
    struct canvas c = {.picture = {.width = width, .height = height}};
    const unsigned stride = width + 16, chroma_stride = width / 2 + 16;
    c.len = (size_t)stride * height + 2 * (size_t)chroma_stride * (height / 2);
    c.bytes = malloc(c.len);
    assert_non_null(c.bytes);
    memset(c.bytes, GUARD, c.len);
    c.picture.planes[0] = c.bytes;
    c.picture.planes[1] = c.bytes + (size_t)stride * height;
    c.picture.planes[2] = c.picture.planes[1] + (size_t)chroma_stride * (height / 2);
    c.picture.strides[0] = stride;
    c.picture.strides[1] = c.picture.strides[2] = chroma_stride;
    return c;
}

static void check_guards(const struct canvas *c) {
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        for (unsigned y = 0; y < c->picture.height >> shift; y++) {
            for (unsigned x = c->picture.width >> shift; x < c->picture.strides[i]; x++)
                assert_int_equal(c->picture.planes[i][y * c->picture.strides[i] + x], GUARD);
        }
    }
}

static int at(const struct canvas *c, unsigned plane, unsigned x, unsigned y) {
    return c->picture.planes[plane][(size_t)y * c->picture.strides[plane] + x];
}

static void check_flat(const struct canvas *c, unsigned x, unsigned y, unsigned width,
                       unsigned height, const int wanted[3], int tolerance) {
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        for (unsigned row = y >> shift; row < (y + height) >> shift; row++) {
            for (unsigned column = x >> shift; column < (x + width) >> shift; column++) {
                if (abs(at(c, i, column, row) - wanted[i]) > tolerance)
                    fail_msg("plane %u at %u,%u is %d, not %d", i, column, row,
                             at(c, i, column, row), wanted[i]);
            }
        }
    }
}

static struct converter *make_converter(void) {
    struct converter *c;
    assert_int_equal(converter_create(&c), 0);
    return c;
}

static void fill_rgb(struct converter *c, enum pixel_format format, unsigned width, unsigned height,
                     const uint8_t rgb[3]) {
    assert_int_equal(converter_source(c, format, width, height), 1);
    const int is_blue_first = format == PIXEL_BGRA || format == PIXEL_BGRX;
    for (unsigned y = 0; y < height; y++) {
        uint8_t *const row =
            converter_source_plane(c, 0) + (size_t)y * converter_source_stride(c, 0);
        for (unsigned x = 0; x < width; x++) {
            row[4 * x] = rgb[is_blue_first ? 2 : 0];
            row[4 * x + 1] = rgb[1];
            row[4 * x + 2] = rgb[is_blue_first ? 0 : 2];
            row[4 * x + 3] = (uint8_t)(x * 7); // alpha is nobody's business
        }
    }
}

// --- Colours -------------------------------------------------------------------------------------

struct colour {
    uint8_t rgb[3];
    int yuv[3]; // ITU-R BT.601-7, limited range
};

static const struct colour colours[] = {
    {{0, 0, 0}, {16, 128, 128}},        {{255, 255, 255}, {235, 128, 128}},
    {{128, 128, 128}, {126, 128, 128}}, {{255, 0, 0}, {82, 90, 240}},
    {{0, 255, 0}, {145, 54, 34}},       {{0, 0, 255}, {41, 240, 110}},
    {{255, 255, 0}, {210, 16, 146}},    {{0, 255, 255}, {170, 166, 16}},
    {{255, 0, 255}, {107, 202, 222}},
};

static void every_rgb_order_gives_bt601(void **state) {
    (void)state;
    static const enum pixel_format formats[] = {PIXEL_BGRA, PIXEL_BGRX, PIXEL_RGBA, PIXEL_RGBX};
    static const unsigned sizes[][2] = {{64, 36}, {200, 113}, {31, 17}, {1, 1}, {640, 360}};
    struct converter *const c = make_converter();
    for (size_t f = 0; f < 4; f++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            for (size_t k = 0; k < sizeof colours / sizeof colours[0]; k++) {
                struct canvas canvas = make_canvas(64, 36);
                fill_rgb(c, formats[f], sizes[s][0], sizes[s][1], colours[k].rgb);
                assert_int_equal(converter_convert(c, &canvas.picture), 0);
                // The middle is the picture's at any shape.
                check_flat(&canvas, 24, 10, 16, 16, colours[k].yuv, 1);
                check_guards(&canvas);
                free(canvas.bytes);
            }
        }
    }
    converter_destroy(c);
}

static void flat_yuv_stays_flat_at_any_size(void **state) {
    (void)state;
    static const unsigned sizes[][2] = {{64, 36}, {1920, 1080}, {37, 21}, {2, 2}, {128, 72}};
    static const int wanted[3] = {99, 61, 201};
    struct converter *const c = make_converter();
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        const unsigned width = sizes[s][0], height = sizes[s][1];
        for (int is_nv12 = 0; is_nv12 < 2; is_nv12++) {
            assert_int_equal(converter_source(c, is_nv12 ? PIXEL_NV12 : PIXEL_I420, width, height),
                             3 - is_nv12);
            const unsigned chroma_height = (height + 1) / 2;
            memset(converter_source_plane(c, 0), wanted[0],
                   (size_t)converter_source_stride(c, 0) * height);
            for (unsigned i = 1; i < 3U - (unsigned)is_nv12; i++)
                memset(converter_source_plane(c, i), wanted[i],
                       (size_t)converter_source_stride(c, i) * chroma_height);
            if (is_nv12) {
                for (size_t k = 0; k < (size_t)converter_source_stride(c, 1) * chroma_height; k++)
                    converter_source_plane(c, 1)[k] = (uint8_t)wanted[1 + k % 2];
            }
            struct canvas canvas = make_canvas(64, 36);
            assert_int_equal(converter_convert(c, &canvas.picture), 0);
            check_flat(&canvas, 24, 10, 16, 16, wanted, 0);
            check_guards(&canvas);
            free(canvas.bytes);
        }
    }
    converter_destroy(c);
}

// --- Places --------------------------------------------------------------------------------------

static const int black[3] = {16, 128, 128};
static const int white[3] = {235, 128, 128};
static const uint8_t white_rgb[3] = {255, 255, 255};

static void other_shapes_get_black_beside_them(void **state) {
    (void)state;
    struct converter *const c = make_converter();
    struct canvas canvas = make_canvas(320, 180);
    fill_rgb(c, PIXEL_RGBA, 90, 90, white_rgb); // a square: 180 wide, in the middle
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    check_flat(&canvas, 0, 0, 70, 180, black, 0);
    check_flat(&canvas, 70, 0, 180, 180, white, 0);
    check_flat(&canvas, 250, 0, 70, 180, black, 0);
    fill_rgb(c, PIXEL_RGBA, 1000, 100, white_rgb); // a strip: 32 high
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    check_flat(&canvas, 0, 0, 320, 74, black, 0);
    check_flat(&canvas, 0, 74, 320, 32, white, 0);
    check_flat(&canvas, 0, 106, 320, 74, black, 0);
    check_guards(&canvas);
    free(canvas.bytes);
    converter_destroy(c);
}

static void extreme_shapes_still_fit(void **state) {
    (void)state;
    struct converter *const c = make_converter();
    struct canvas canvas = make_canvas(64, 64);
    fill_rgb(c, PIXEL_BGRX, 8000, 1, white_rgb);
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    check_flat(&canvas, 0, 30, 64, 2, white, 0);
    check_flat(&canvas, 0, 0, 64, 30, black, 0);
    fill_rgb(c, PIXEL_BGRX, 1, 8000, white_rgb);
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    check_flat(&canvas, 30, 0, 2, 64, white, 0);
    check_guards(&canvas);
    free(canvas.bytes);
    converter_destroy(c);
}

// --- Sizes ---------------------------------------------------------------------------------------

static void the_same_size_is_a_copy(void **state) {
    (void)state;
    struct converter *const c = make_converter();
    assert_int_equal(converter_source(c, PIXEL_I420, 160, 90), 3);
    uint8_t *const planes[3] = {converter_source_plane(c, 0), converter_source_plane(c, 1),
                                converter_source_plane(c, 2)};
    const unsigned strides[3] = {converter_source_stride(c, 0), converter_source_stride(c, 1),
                                 converter_source_stride(c, 2)};
    made_picture(planes, strides, 160, 90, 3, 8);
    struct canvas canvas = make_canvas(160, 90);
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        assert_true(made_psnr(canvas.picture.planes[i], canvas.picture.strides[i], planes[i],
                              strides[i], 160U >> shift, 90U >> shift) == 99);
    }
    check_guards(&canvas);
    free(canvas.bytes);
    converter_destroy(c);
}

// A rendition from another's input gives what the same picture gives as a source of one's own.
static void another_picture_is_scaled_where_it_lies(void **state) {
    (void)state;
    struct converter *const own = make_converter();
    struct converter *const c = make_converter();
    assert_int_equal(converter_source(own, PIXEL_I420, 320, 180), 3);
    uint8_t *const planes[3] = {converter_source_plane(own, 0), converter_source_plane(own, 1),
                                converter_source_plane(own, 2)};
    const unsigned strides[3] = {converter_source_stride(own, 0), converter_source_stride(own, 1),
                                 converter_source_stride(own, 2)};
    made_picture(planes, strides, 320, 180, 3, 8);
    struct canvas from = make_canvas(320, 180);
    assert_int_equal(converter_convert(own, &from.picture), 0);
    static const struct plane_size sizes[] = {{160, 90}, {106, 60}, {320, 180}, {90, 160}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        struct canvas wanted = make_canvas(sizes[k].width, sizes[k].height);
        struct canvas given = make_canvas(sizes[k].width, sizes[k].height);
        assert_int_equal(converter_convert(own, &wanted.picture), 0);
        assert_int_equal(converter_convert_picture(c, &from.picture, &given.picture), 0);
        assert_memory_equal(given.bytes, wanted.bytes, wanted.len);
        free(wanted.bytes);
        free(given.bytes);
    }
    check_guards(&from);
    // What lay in the converter before is gone, whatever its size was.
    assert_null(converter_source_plane(c, 0));
    assert_int_equal(converter_convert(c, &from.picture), CODEC_ERR_ARGUMENT);
    assert_int_equal(converter_source(c, PIXEL_I420, 320, 180), 3);
    memset(converter_source_plane(c, 0), 77, (size_t)320 * 180);
    struct picture odd = from.picture;
    odd.width = 319;
    assert_int_equal(converter_convert_picture(c, &odd, &from.picture), CODEC_ERR_ARGUMENT);
    assert_int_equal(converter_convert_picture(c, &from.picture, &odd), CODEC_ERR_ARGUMENT);
    free(from.bytes);
    converter_destroy(own);
    converter_destroy(c);
}

// A ramp from left to right, scaled by any factor, is still that ramp.
static void ramps_stay_ramps(void **state) {
    (void)state;
    static const unsigned widths[] = {32, 100, 128, 129, 256, 1000, 4096};
    struct converter *const c = make_converter();
    for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++) {
        const unsigned width = widths[k], height = width * 9 / 16;
        assert_int_equal(converter_source(c, PIXEL_NV12, width, height), 2);
        for (unsigned y = 0; y < height; y++) {
            uint8_t *const row =
                converter_source_plane(c, 0) + (size_t)y * converter_source_stride(c, 0);
            for (unsigned x = 0; x < width; x++)
                row[x] = (uint8_t)(20 + 200.0 * (x + 0.5) / width);
        }
        memset(converter_source_plane(c, 1), 128,
               (size_t)converter_source_stride(c, 1) * ((height + 1) / 2));
        struct canvas canvas = make_canvas(256, 144);
        assert_int_equal(converter_convert(c, &canvas.picture), 0);
        for (unsigned x = 8; x < 248; x++) {
            const double wanted = 20 + 200.0 * (x + 0.5) / 256;
            // One step of the source, at most, where it is enlarged.
            const double tolerance = width < 256 ? 1.5 + 100.0 / width : 1.5;
            if (at(&canvas, 0, x, 72) < wanted - tolerance ||
                at(&canvas, 0, x, 72) > wanted + tolerance)
                fail_msg("width %u: at %u is %d, not %.1f", width, x, at(&canvas, 0, x, 72),
                         wanted);
        }
        free(canvas.bytes);
    }
    converter_destroy(c);
}

// Single white pixels must not vanish when a screen is made smaller: each counts with its share.
static void thin_lines_survive_shrinking(void **state) {
    (void)state;
    struct converter *const c = make_converter();
    assert_int_equal(converter_source(c, PIXEL_RGBA, 640, 640), 1);
    memset(converter_source_plane(c, 0), 0, (size_t)640 * 640 * 4);
    for (unsigned y = 0; y < 640; y++) {
        for (unsigned x = 0; x < 640; x += 4)
            memset(converter_source_plane(c, 0) + (y * 640 + x) * 4, 255, 4);
    }
    struct canvas canvas = make_canvas(160, 160);
    assert_int_equal(converter_convert(c, &canvas.picture), 0);
    static const int quarter_white[3] = {71, 128, 128}; // 16 + 219 / 4
    check_flat(&canvas, 0, 0, 160, 160, quarter_white, 1);
    free(canvas.bytes);
    converter_destroy(c);
}

static void impossible_sources_are_refused(void **state) {
    (void)state;
    struct converter *const c = make_converter();
    struct canvas canvas = make_canvas(64, 36);
    assert_int_equal(converter_convert(c, &canvas.picture), CODEC_ERR_ARGUMENT); // no source yet
    assert_null(converter_source_plane(c, 0));
    assert_int_equal(converter_source(c, (enum pixel_format)6, 10, 10), CODEC_ERR_ARGUMENT);
    assert_int_equal(converter_source(c, (enum pixel_format) - 1, 10, 10), CODEC_ERR_ARGUMENT);
    assert_int_equal(converter_source(c, PIXEL_RGBA, 0, 10), CODEC_ERR_ARGUMENT);
    assert_int_equal(converter_source(c, PIXEL_RGBA, 10, CONVERT_SIDE_MAX_PIXELS + 1),
                     CODEC_ERR_TOO_LARGE);
    assert_int_equal(converter_source(c, PIXEL_RGBA, 10, 10), 1);
    assert_null(converter_source_plane(c, 1));
    const struct picture odd = {.width = 3, .height = 2};
    assert_int_equal(converter_convert(c, &odd), CODEC_ERR_ARGUMENT);
    free(canvas.bytes);
    converter_destroy(c);
    converter_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rgb_order_gives_bt601),
        cmocka_unit_test(flat_yuv_stays_flat_at_any_size),
        cmocka_unit_test(other_shapes_get_black_beside_them),
        cmocka_unit_test(extreme_shapes_still_fit),
        cmocka_unit_test(the_same_size_is_a_copy),
        cmocka_unit_test(another_picture_is_scaled_where_it_lies),
        cmocka_unit_test(ramps_stay_ramps),
        cmocka_unit_test(thin_lines_survive_shrinking),
        cmocka_unit_test(impossible_sources_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
