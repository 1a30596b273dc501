// SPDX-License-Identifier: MIT
// Fits a source picture into an I420 picture: where it goes, which scalers it takes. The arithmetic
// is in plane_scaler.c and rgb_to_i420.c.
#include "wasm/convert.h"

#include "wasm/codec_status.h"
#include "wasm/plane_scaler.h"
#include "wasm/rgb_to_i420.h"

#include <stdlib.h>
#include <string.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#define BLACK_LUMA 16
#define BLACK_CHROMA 128

struct format_rule {
    uint8_t planes_count;
    uint8_t pixel_len;        // of plane 0, bytes
    uint8_t chroma_pixel_len; // of the others
    uint8_t is_rgb;
    struct rgb_order order;
};

static const struct format_rule format_rules[] = {
    [PIXEL_I420] = {3, 1, 1, 0, {0, 0, 0}}, [PIXEL_NV12] = {2, 1, 2, 0, {0, 0, 0}},
    [PIXEL_BGRA] = {1, 4, 0, 1, {2, 1, 0}}, [PIXEL_BGRX] = {1, 4, 0, 1, {2, 1, 0}},
    [PIXEL_RGBA] = {1, 4, 0, 1, {0, 1, 2}}, [PIXEL_RGBX] = {1, 4, 0, 1, {0, 1, 2}},
};

// Of a picture that is not in our own source.
static const struct format_rule picture_rule = {3, 1, 1, 0, {0, 0, 0}};

struct buffer {
    uint8_t *bytes;
    size_t cap;
};

struct rect { // all even
    unsigned x;
    unsigned y;
    unsigned width;
    unsigned height;
};

struct converter {
    struct buffer source;
    struct buffer scaled;             // RGB, or NV12's chroma, in the size it will have
    struct plane_scaler *luma;        // of plane 0; NULL until the first picture of a size
    struct plane_scaler *chroma;      // of the other planes
    const struct format_rule *format; // NULL = no source yet; &picture_rule = somebody else's
    struct plane_size size;           // of the source
    struct plane_size fitted;         // size which the scalers are for
    size_t offsets[3];
    unsigned strides[3];
};

int converter_create(struct converter **out) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? CODEC_ERR_MEMORY : 0;
}

static void drop_scalers(struct converter *c) {
    plane_scaler_destroy(c->luma);
    plane_scaler_destroy(c->chroma);
    c->luma = NULL;
    c->chroma = NULL;
    c->fitted = (struct plane_size){0, 0};
}

void converter_destroy(struct converter *c) {
    if (c == NULL)
        return;
    drop_scalers(c);
    free(c->source.bytes);
    free(c->scaled.bytes);
    free(c);
}

// What was in the buffer is not kept.
static int reserve(struct buffer *b, size_t len) {
    if (len <= b->cap)
        return 0;
    free(b->bytes);
    b->bytes = malloc(len);
    b->cap = b->bytes == NULL ? 0 : len;
    return b->bytes == NULL ? CODEC_ERR_MEMORY : 0;
}

static struct plane_size chroma_size(struct plane_size size) {
    return (struct plane_size){(size.width + 1) / 2, (size.height + 1) / 2};
}

int converter_source(struct converter *c, enum pixel_format format, unsigned width,
                     unsigned height) {
    const unsigned number = (unsigned)format;
    if (number >= sizeof format_rules / sizeof format_rules[0] || width == 0 || height == 0)
        return CODEC_ERR_ARGUMENT;
    if (width > CONVERT_SIDE_MAX_PIXELS || height > CONVERT_SIDE_MAX_PIXELS)
        return CODEC_ERR_TOO_LARGE;
    const struct format_rule *const rule = &format_rules[number];
    if (c->format == rule && c->size.width == width && c->size.height == height)
        return rule->planes_count;
    c->format = NULL;
    c->size = (struct plane_size){width, height};
    drop_scalers(c);
    const struct plane_size chroma = chroma_size(c->size);
    size_t len = 0;
    for (unsigned i = 0; i < rule->planes_count; i++) {
        c->offsets[i] = len;
        c->strides[i] = i == 0 ? width * rule->pixel_len : chroma.width * rule->chroma_pixel_len;
        len += (size_t)c->strides[i] * (i == 0 ? height : chroma.height);
    }
    if (reserve(&c->source, len) != 0)
        return CODEC_ERR_MEMORY;
    c->format = rule;
    return rule->planes_count;
}

static int has_source_plane(const struct converter *c, unsigned plane) {
    return c->format != NULL && c->format != &picture_rule && plane < c->format->planes_count;
}

uint8_t *converter_source_plane(struct converter *c, unsigned plane) {
    return has_source_plane(c, plane) ? c->source.bytes + c->offsets[plane] : NULL;
}

unsigned converter_source_stride(const struct converter *c, unsigned plane) {
    return has_source_plane(c, plane) ? c->strides[plane] : 0;
}

// --- Where the picture goes ----------------------------------------------------------------------

static unsigned even_at_least_2(uint64_t value) {
    const unsigned even = (unsigned)((value + 1) / 2 * 2);
    return even < 2 ? 2 : even;
}

static struct rect fit(struct plane_size size, const struct picture *to) {
    struct rect r = {.width = to->width, .height = to->height};
    if ((uint64_t)size.width * to->height > (uint64_t)to->width * size.height)
        r.height = even_at_least_2((uint64_t)to->width * size.height / size.width);
    else
        r.width = even_at_least_2((uint64_t)to->height * size.width / size.height);
    // Rounding up to even may have gone beyond the picture.
    r.width = r.width > to->width ? to->width : r.width;
    r.height = r.height > to->height ? to->height : r.height;
    r.x = (to->width - r.width) / 4 * 2;
    r.y = (to->height - r.height) / 4 * 2;
    return r;
}

static void fill_rows(uint8_t *rows, unsigned stride, unsigned width, unsigned count, int value) {
    for (unsigned y = 0; y < count; y++)
        memset(rows + (size_t)y * stride, value, width);
}

static void fill_around(const struct picture *to, const struct rect *r) {
    for (unsigned i = 0; i < 3; i++) {
        const unsigned shift = i == 0 ? 0 : 1;
        const int value = i == 0 ? BLACK_LUMA : BLACK_CHROMA;
        const unsigned width = to->width >> shift, height = to->height >> shift;
        const unsigned left = r->x >> shift, right = (r->x + r->width) >> shift;
        const unsigned top = r->y >> shift, bottom = (r->y + r->height) >> shift;
        uint8_t *const plane = to->planes[i];
        const unsigned stride = to->strides[i];
        fill_rows(plane, stride, width, top, value);
        fill_rows(plane + (size_t)bottom * stride, stride, width, height - bottom, value);
        fill_rows(plane + (size_t)top * stride, stride, left, bottom - top, value);
        fill_rows(plane + (size_t)top * stride + right, stride, width - right, bottom - top, value);
    }
}

static struct picture part_of(const struct picture *to, const struct rect *r) {
    struct picture part = *to;
    part.width = r->width;
    part.height = r->height;
    part.planes[0] += (size_t)r->y * to->strides[0] + r->x;
    for (unsigned i = 1; i < 3; i++)
        part.planes[i] += (size_t)(r->y / 2) * to->strides[i] + r->x / 2;
    return part;
}

// --- What it takes -------------------------------------------------------------------------------

static int same_size(struct plane_size a, struct plane_size b) {
    return a.width == b.width && a.height == b.height;
}

// Scalers and the buffer between, for pictures of this fitted size; kept until the source changes.
static int prepare(struct converter *c, struct plane_size fitted) {
    if (same_size(c->fitted, fitted))
        return 0;
    drop_scalers(c);
    const struct format_rule *const f = c->format;
    const struct plane_size chroma = chroma_size(fitted);
    size_t scaled_len = 0;
    if (f->is_rgb && !same_size(c->size, fitted))
        scaled_len = (size_t)fitted.width * fitted.height * f->pixel_len;
    else if (f->chroma_pixel_len == 2)
        scaled_len = (size_t)chroma.width * chroma.height * f->chroma_pixel_len;
    int status = reserve(&c->scaled, scaled_len);
    if (status == 0)
        status = plane_scaler_create(&c->luma, f->pixel_len, c->size, fitted);
    if (status == 0 && !f->is_rgb)
        status = plane_scaler_create(&c->chroma, f->chroma_pixel_len, chroma_size(c->size), chroma);
    if (status == 0)
        c->fitted = fitted;
    else
        drop_scalers(c);
    return status;
}

static void convert_rgb(struct converter *c, const struct picture *to) {
    const uint8_t *rgb = c->source.bytes;
    size_t stride = c->strides[0];
    if (!same_size(c->size, c->fitted)) {
        stride = (size_t)to->width * c->format->pixel_len;
        plane_scaler_run(c->luma, c->scaled.bytes, stride, rgb, c->strides[0]);
        rgb = c->scaled.bytes;
    }
    for (unsigned y = 0; y < to->height; y += 2) {
        uint8_t *const luma = to->planes[0] + (size_t)y * to->strides[0];
        const uint8_t *const row = rgb + y * stride;
        rgb_to_i420_rows(luma, luma + to->strides[0],
                         to->planes[1] + (size_t)(y / 2) * to->strides[1],
                         to->planes[2] + (size_t)(y / 2) * to->strides[2], row, row + stride,
                         c->format->order, to->width);
    }
}

// UV pairs apart. 16 pairs at once for WebAssembly, whose compiler does not see it by itself.
static void split_row(uint8_t *u, uint8_t *v, const uint8_t *pairs, unsigned width) {
    unsigned x = 0;
#ifdef __wasm_simd128__
    const v128_t low = wasm_i16x8_const_splat(0xFF);
    for (; x + 16 <= width; x += 16) {
        const v128_t a = wasm_v128_load(pairs + 2 * (size_t)x);
        const v128_t b = wasm_v128_load(pairs + 2 * (size_t)x + 16);
        wasm_v128_store(u + x,
                        wasm_u8x16_narrow_i16x8(wasm_v128_and(a, low), wasm_v128_and(b, low)));
        wasm_v128_store(v + x, wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(a, 8), wasm_u16x8_shr(b, 8)));
    }
#endif
    for (; x < width; x++) {
        u[x] = pairs[2 * x];
        v[x] = pairs[2 * x + 1];
    }
}

static void split_chroma(const uint8_t *pairs, size_t stride, const struct picture *to) {
    for (unsigned y = 0; y < to->height / 2; y++)
        split_row(to->planes[1] + (size_t)y * to->strides[1],
                  to->planes[2] + (size_t)y * to->strides[2], pairs + y * stride, to->width / 2);
}

static void convert_yuv(struct converter *c, const uint8_t *const planes[3],
                        const unsigned strides[3], const struct picture *to) {
    plane_scaler_run(c->luma, to->planes[0], to->strides[0], planes[0], strides[0]);
    if (c->format->chroma_pixel_len == 2 && same_size(c->size, c->fitted)) {
        split_chroma(planes[1], strides[1], to);
        return;
    }
    if (c->format->chroma_pixel_len == 2) {
        plane_scaler_run(c->chroma, c->scaled.bytes, to->width, planes[1], strides[1]);
        split_chroma(c->scaled.bytes, to->width, to);
        return;
    }
    for (unsigned i = 1; i < 3; i++)
        plane_scaler_run(c->chroma, to->planes[i], to->strides[i], planes[i], strides[i]);
}

// Of a source of the converter's format and size.
static int convert(struct converter *c, const uint8_t *const planes[3], const unsigned strides[3],
                   const struct picture *to) {
    const struct rect r = fit(c->size, to);
    const int status = prepare(c, (struct plane_size){r.width, r.height});
    if (status != 0)
        return status;
    fill_around(to, &r);
    const struct picture part = part_of(to, &r);
    if (c->format->is_rgb)
        convert_rgb(c, &part);
    else
        convert_yuv(c, planes, strides, &part);
    return 0;
}

static int is_picture(const struct picture *p) {
    return p->width >= 2 && p->height >= 2 && p->width % 2 == 0 && p->height % 2 == 0;
}

int converter_convert(struct converter *c, const struct picture *to) {
    if (c->format == NULL || c->format == &picture_rule || !is_picture(to))
        return CODEC_ERR_ARGUMENT;
    const uint8_t *planes[3] = {NULL, NULL, NULL};
    for (unsigned i = 0; i < c->format->planes_count; i++)
        planes[i] = converter_source_plane(c, i);
    return convert(c, planes, c->strides, to);
}

int converter_convert_picture(struct converter *c, const struct picture *from,
                              const struct picture *to) {
    if (!is_picture(from) || !is_picture(to) || from->width > CONVERT_SIDE_MAX_PIXELS ||
        from->height > CONVERT_SIDE_MAX_PIXELS)
        return CODEC_ERR_ARGUMENT;
    const struct plane_size size = {from->width, from->height};
    if (c->format != &picture_rule || !same_size(c->size, size)) {
        drop_scalers(c);
        c->format = &picture_rule;
        c->size = size;
    }
    const uint8_t *const planes[3] = {from->planes[0], from->planes[1], from->planes[2]};
    return convert(c, planes, from->strides, to);
}
