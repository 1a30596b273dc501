// SPDX-License-Identifier: MIT
//
// VP8's loop filters over the edges of a macroblock: `mb` between macroblocks, `b` between the
// blocks inside, `h` over horizontal edges (pixels across lie in rows), `v` over vertical ones
// (they lie in columns, and are transposed on the way in and out). Sixteen places of luma are
// filtered at once, and eight of each chroma together.
#include "loop_filter.h"
#include "vp8_rtcd.h"

#include "vp8/common/loopfilter.h"

// Where sixteen places along an edge lie: two runs of eight, each with its own first q0.
struct run {
    uint8_t *first;
    uint8_t *second;
    ptrdiff_t stride;
};

SIMD_INLINE struct edge_limits limits_of(const loop_filter_info *info, const unsigned char *edge) {
    return (struct edge_limits){wasm_v128_load(edge), wasm_v128_load(info->lim),
                                wasm_v128_load(info->hev_thr)};
}

// --- horizontal edges
// -----------------------------------------------------------------------------------

// Two runs that lie side by side are one load.
SIMD_INLINE v128_t load_row(const struct run *run, int row, int is_joined) {
    const ptrdiff_t at = row * run->stride;
    return is_joined
               ? wasm_v128_load(run->first + at)
               : wasm_v128_load64_lane(run->second + at, wasm_v128_load64_zero(run->first + at), 1);
}

SIMD_INLINE void store_row(const struct run *run, int row, v128_t pixels, int is_joined) {
    const ptrdiff_t at = row * run->stride;
    if (is_joined) {
        wasm_v128_store(run->first + at, pixels);
    } else {
        wasm_v128_store64_lane(run->first + at, pixels, 0);
        wasm_v128_store64_lane(run->second + at, pixels, 1);
    }
}

SIMD_INLINE struct edge load_rows(const struct run *run, int is_joined) {
    return (struct edge){
        .p3 = load_row(run, -4, is_joined),
        .p2 = load_row(run, -3, is_joined),
        .p1 = load_row(run, -2, is_joined),
        .p0 = load_row(run, -1, is_joined),
        .q0 = load_row(run, 0, is_joined),
        .q1 = load_row(run, 1, is_joined),
        .q2 = load_row(run, 2, is_joined),
        .q3 = load_row(run, 3, is_joined),
    };
}

SIMD_INLINE void outer_edge_rows(struct run run, const struct edge_limits *limits, int is_joined) {
    struct edge e = load_rows(&run, is_joined);
    filter_outer_edge(&e, limits);
    store_row(&run, -3, e.p2, is_joined);
    store_row(&run, -2, e.p1, is_joined);
    store_row(&run, -1, e.p0, is_joined);
    store_row(&run, 0, e.q0, is_joined);
    store_row(&run, 1, e.q1, is_joined);
    store_row(&run, 2, e.q2, is_joined);
}

SIMD_INLINE void inner_edge_rows(struct run run, const struct edge_limits *limits, int is_joined) {
    struct edge e = load_rows(&run, is_joined);
    filter_inner_edge(&e, limits);
    store_row(&run, -2, e.p1, is_joined);
    store_row(&run, -1, e.p0, is_joined);
    store_row(&run, 0, e.q0, is_joined);
    store_row(&run, 1, e.q1, is_joined);
}

void vp8_loop_filter_mbh_simd128(unsigned char *y_ptr, unsigned char *u_ptr, unsigned char *v_ptr,
                                 int y_stride, int uv_stride, struct loop_filter_info *lfi) {
    const struct edge_limits limits = limits_of(lfi, lfi->mblim);
    outer_edge_rows((struct run){y_ptr, y_ptr + 8, y_stride}, &limits, 1);
    if (u_ptr != NULL) {
        outer_edge_rows((struct run){u_ptr, v_ptr, uv_stride}, &limits, 0);
    }
}

void vp8_loop_filter_bh_simd128(unsigned char *y_ptr, unsigned char *u_ptr, unsigned char *v_ptr,
                                int y_stride, int uv_stride, struct loop_filter_info *lfi) {
    const struct edge_limits limits = limits_of(lfi, lfi->blim);
    for (int y = 4; y < 16; y += 4) {
        uint8_t *const row = y_ptr + y * y_stride;
        inner_edge_rows((struct run){row, row + 8, y_stride}, &limits, 1);
    }
    if (u_ptr != NULL) {
        const ptrdiff_t fourth = 4 * uv_stride;
        inner_edge_rows((struct run){u_ptr + fourth, v_ptr + fourth, uv_stride}, &limits, 0);
    }
}

// --- vertical edges
// -------------------------------------------------------------------------------------

// Transposes eight rows of eight bytes: columns[i] holds columns 2i and 2i + 1, eight places each.
SIMD_INLINE void load_columns_8(const uint8_t *from, ptrdiff_t stride, v128_t columns[4]) {
    v128_t pairs[4];
    for (int i = 0; i < 4; i++) {
        pairs[i] = interleave_low_8(wasm_v128_load64_zero(from + 2 * i * stride),
                                    wasm_v128_load64_zero(from + (2 * i + 1) * stride));
    }
    const v128_t upper_low = interleave_low_16(pairs[0], pairs[1]);
    const v128_t upper_high = interleave_high_16(pairs[0], pairs[1]);
    const v128_t lower_low = interleave_low_16(pairs[2], pairs[3]);
    const v128_t lower_high = interleave_high_16(pairs[2], pairs[3]);
    columns[0] = interleave_low_32(upper_low, lower_low);
    columns[1] = interleave_high_32(upper_low, lower_low);
    columns[2] = interleave_low_32(upper_high, lower_high);
    columns[3] = interleave_high_32(upper_high, lower_high);
}

SIMD_INLINE struct edge load_columns(const struct run *run) {
    v128_t first[4];
    v128_t second[4];
    load_columns_8(run->first - 4, run->stride, first);
    load_columns_8(run->second - 4, run->stride, second);
    return (struct edge){
        .p3 = interleave_low_64(first[0], second[0]),
        .p2 = interleave_high_64(first[0], second[0]),
        .p1 = interleave_low_64(first[1], second[1]),
        .p0 = interleave_high_64(first[1], second[1]),
        .q0 = interleave_low_64(first[2], second[2]),
        .q1 = interleave_high_64(first[2], second[2]),
        .q2 = interleave_low_64(first[3], second[3]),
        .q3 = interleave_high_64(first[3], second[3]),
    };
}

// Writes p1 p0 q0 q1 of eight places: each lane of `places` holds one place.
SIMD_INLINE void store_places(uint8_t *to, ptrdiff_t stride, v128_t upper, v128_t lower) {
    store_4x4(to, stride, upper);
    store_4x4(to + 4 * stride, stride, lower);
}

SIMD_INLINE void store_inner_columns(const struct run *run, const struct edge *e) {
    const v128_t p_low = interleave_low_8(e->p1, e->p0);
    const v128_t p_high = interleave_high_8(e->p1, e->p0);
    const v128_t q_low = interleave_low_8(e->q0, e->q1);
    const v128_t q_high = interleave_high_8(e->q0, e->q1);
    store_places(run->first - 2, run->stride, interleave_low_16(p_low, q_low),
                 interleave_high_16(p_low, q_low));
    store_places(run->second - 2, run->stride, interleave_low_16(p_high, q_high),
                 interleave_high_16(p_high, q_high));
}

// Writes back all eight columns of eight places, of which p3 and q3 are unchanged.
SIMD_INLINE void store_columns_8(uint8_t *to, ptrdiff_t stride, v128_t p32, v128_t p10, v128_t q01,
                                 v128_t q23) {
    const v128_t p_upper = interleave_low_16(p32, p10);
    const v128_t p_lower = interleave_high_16(p32, p10);
    const v128_t q_upper = interleave_low_16(q01, q23);
    const v128_t q_lower = interleave_high_16(q01, q23);
    store_8x2(to, stride, interleave_low_32(p_upper, q_upper));
    store_8x2(to + 2 * stride, stride, interleave_high_32(p_upper, q_upper));
    store_8x2(to + 4 * stride, stride, interleave_low_32(p_lower, q_lower));
    store_8x2(to + 6 * stride, stride, interleave_high_32(p_lower, q_lower));
}

SIMD_INLINE void store_outer_columns(const struct run *run, const struct edge *e) {
    store_columns_8(run->first - 4, run->stride, interleave_low_8(e->p3, e->p2),
                    interleave_low_8(e->p1, e->p0), interleave_low_8(e->q0, e->q1),
                    interleave_low_8(e->q2, e->q3));
    store_columns_8(run->second - 4, run->stride, interleave_high_8(e->p3, e->p2),
                    interleave_high_8(e->p1, e->p0), interleave_high_8(e->q0, e->q1),
                    interleave_high_8(e->q2, e->q3));
}

SIMD_INLINE void outer_edge_columns(struct run run, const struct edge_limits *limits) {
    struct edge e = load_columns(&run);
    filter_outer_edge(&e, limits);
    store_outer_columns(&run, &e);
}

SIMD_INLINE void inner_edge_columns(struct run run, const struct edge_limits *limits) {
    struct edge e = load_columns(&run);
    filter_inner_edge(&e, limits);
    store_inner_columns(&run, &e);
}

void vp8_loop_filter_mbv_simd128(unsigned char *y_ptr, unsigned char *u_ptr, unsigned char *v_ptr,
                                 int y_stride, int uv_stride, struct loop_filter_info *lfi) {
    const struct edge_limits limits = limits_of(lfi, lfi->mblim);
    outer_edge_columns((struct run){y_ptr, y_ptr + 8 * y_stride, y_stride}, &limits);
    if (u_ptr != NULL) {
        outer_edge_columns((struct run){u_ptr, v_ptr, uv_stride}, &limits);
    }
}

void vp8_loop_filter_bv_simd128(unsigned char *y_ptr, unsigned char *u_ptr, unsigned char *v_ptr,
                                int y_stride, int uv_stride, struct loop_filter_info *lfi) {
    const struct edge_limits limits = limits_of(lfi, lfi->blim);
    for (int x = 4; x < 16; x += 4) {
        inner_edge_columns((struct run){y_ptr + x, y_ptr + x + 8 * y_stride, y_stride}, &limits);
    }
    if (u_ptr != NULL) {
        inner_edge_columns((struct run){u_ptr + 4, v_ptr + 4, uv_stride}, &limits);
    }
}

// --- the simple filter, luma only
// -------------------------------------------------------------------------

SIMD_INLINE void simple_edge_rows(uint8_t *row, ptrdiff_t stride, v128_t limit) {
    struct edge e = {.p1 = wasm_v128_load(row - 2 * stride),
                     .p0 = wasm_v128_load(row - stride),
                     .q0 = wasm_v128_load(row),
                     .q1 = wasm_v128_load(row + stride)};
    filter_simple_edge(&e, limit);
    wasm_v128_store(row - stride, e.p0);
    wasm_v128_store(row, e.q0);
}

SIMD_INLINE void simple_edge_columns(uint8_t *column, ptrdiff_t stride, v128_t limit) {
    const struct run run = {column, column + 8 * stride, stride};
    struct edge e = load_columns(&run);
    filter_simple_edge(&e, limit);
    store_inner_columns(&run, &e);
}

void vp8_loop_filter_simple_mbh_simd128(unsigned char *y_ptr, int y_stride,
                                        const unsigned char *blimit) {
    simple_edge_rows(y_ptr, y_stride, wasm_v128_load(blimit));
}

void vp8_loop_filter_simple_mbv_simd128(unsigned char *y_ptr, int y_stride,
                                        const unsigned char *blimit) {
    simple_edge_columns(y_ptr, y_stride, wasm_v128_load(blimit));
}

void vp8_loop_filter_simple_bh_simd128(unsigned char *y_ptr, int y_stride,
                                       const unsigned char *blimit) {
    for (int y = 4; y < 16; y += 4) {
        simple_edge_rows(y_ptr + y * y_stride, y_stride, wasm_v128_load(blimit));
    }
}

void vp8_loop_filter_simple_bv_simd128(unsigned char *y_ptr, int y_stride,
                                       const unsigned char *blimit) {
    for (int x = 4; x < 16; x += 4) {
        simple_edge_columns(y_ptr + x, y_stride, wasm_v128_load(blimit));
    }
}
