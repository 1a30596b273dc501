// SPDX-License-Identifier: MIT
//
// The arithmetic of VP8's loop filters on sixteen places along an edge at once (RFC 6386, section
// 15). p3 p2 p1 p0 | q0 q1 q2 q3 are the pixels across the edge. All of it stays in bytes:
// saturating steps give the same as the reference's clamped integers, because its three equal steps
// all go one way.
#pragma once

#include "simd.h"

struct edge {
    v128_t p3, p2, p1, p0, q0, q1, q2, q3;
};

struct edge_limits {
    v128_t edge;     // of the step over the edge
    v128_t interior; // of steps beside it
    v128_t variance; // beyond which a side counts as busy
};

// All ones where the edge is filtered.
SIMD_INLINE v128_t step_mask(const struct edge *e, v128_t limit) {
    const v128_t across = absolute_difference(e->p0, e->q0);
    const v128_t around = wasm_u8x16_shr(absolute_difference(e->p1, e->q1), 1);
    const v128_t step = wasm_u8x16_add_sat(wasm_u8x16_add_sat(across, across), around);
    return wasm_i8x16_eq(wasm_u8x16_sub_sat(step, limit), wasm_i8x16_const_splat(0));
}

struct edge_masks {
    v128_t filtered; // all ones where the edge is filtered
    v128_t calm;     // all ones where neither side is busy
};

SIMD_INLINE struct edge_masks masks_of(const struct edge *e, const struct edge_limits *limits) {
    const v128_t inner =
        wasm_u8x16_max(absolute_difference(e->p1, e->p0), absolute_difference(e->q1, e->q0));
    v128_t steps =
        wasm_u8x16_max(absolute_difference(e->p3, e->p2), absolute_difference(e->p2, e->p1));
    steps = wasm_u8x16_max(steps, absolute_difference(e->q3, e->q2));
    steps = wasm_u8x16_max(steps, absolute_difference(e->q2, e->q1));
    steps = wasm_u8x16_max(steps, inner);
    const v128_t zero = wasm_i8x16_const_splat(0);
    struct edge_masks masks;
    masks.filtered = wasm_v128_and(wasm_i8x16_eq(wasm_u8x16_sub_sat(steps, limits->interior), zero),
                                   step_mask(e, limits->edge));
    masks.calm = wasm_i8x16_eq(wasm_u8x16_sub_sat(inner, limits->variance), zero);
    return masks;
}

// Pixels and signed values, in both directions.
SIMD_INLINE v128_t flip_sign(v128_t bytes) {
    return wasm_v128_xor(bytes, wasm_i8x16_const_splat(-128));
}

// Signed bytes divided by 8, rounded down; there is no such shift, so it is done on the unsigned
// scale.
SIMD_INLINE v128_t eighth(v128_t bytes) {
    return wasm_i8x16_sub(wasm_u8x16_shr(flip_sign(bytes), 3), wasm_i8x16_const_splat(16));
}

// outer + 3 * (q0 - p0), of signed values.
SIMD_INLINE v128_t common_adjustment(v128_t outer, v128_t p0, v128_t q0) {
    const v128_t step = wasm_i8x16_sub_sat(q0, p0);
    return wasm_i8x16_add_sat(wasm_i8x16_add_sat(wasm_i8x16_add_sat(outer, step), step), step);
}

// Moves p0 and q0 towards each other by an eighth of `adjustment`; returns by how much q0 moved.
// One side rounds 4 up, the other 3, so that a half is not counted twice.
SIMD_INLINE v128_t move_inner(v128_t adjustment, v128_t *p0, v128_t *q0) {
    const v128_t q_move = eighth(wasm_i8x16_add_sat(adjustment, wasm_i8x16_const_splat(4)));
    const v128_t p_move = eighth(wasm_i8x16_add_sat(adjustment, wasm_i8x16_const_splat(3)));
    *q0 = wasm_i8x16_sub_sat(*q0, q_move);
    *p0 = wasm_i8x16_add_sat(*p0, p_move);
    return q_move;
}

// Edges between the blocks of a macroblock: changes p1 p0 q0 q1.
SIMD_INLINE void filter_inner_edge(struct edge *e, const struct edge_limits *limits) {
    const struct edge_masks masks = masks_of(e, limits);
    v128_t p1 = flip_sign(e->p1);
    v128_t p0 = flip_sign(e->p0);
    v128_t q0 = flip_sign(e->q0);
    v128_t q1 = flip_sign(e->q1);

    const v128_t outer = wasm_v128_andnot(wasm_i8x16_sub_sat(p1, q1), masks.calm);
    const v128_t moved =
        move_inner(wasm_v128_and(common_adjustment(outer, p0, q0), masks.filtered), &p0, &q0);
    // (moved + 1) >> 1, by the unsigned rounding average with zero.
    const v128_t half = flip_sign(wasm_u8x16_avgr(flip_sign(moved), wasm_i8x16_const_splat(-128)));
    const v128_t outer_move = wasm_v128_and(half, masks.calm);
    q1 = wasm_i8x16_sub_sat(q1, outer_move);
    p1 = wasm_i8x16_add_sat(p1, outer_move);

    e->p1 = flip_sign(p1);
    e->p0 = flip_sign(p0);
    e->q0 = flip_sign(q0);
    e->q1 = flip_sign(q1);
}

// (adjustment * weight + 63) >> 7 for weights 9, 18 and 27, of signed bytes.
SIMD_INLINE void weigh_adjustment(v128_t adjustment, v128_t moves[3]) {
    const v128_t nine = wasm_i16x8_const_splat(9);
    const v128_t low_step = wasm_i16x8_mul(wasm_i16x8_extend_low_i8x16(adjustment), nine);
    const v128_t high_step = wasm_i16x8_mul(wasm_i16x8_extend_high_i8x16(adjustment), nine);
    v128_t low = wasm_i16x8_const_splat(63);
    v128_t high = low;
    for (int i = 0; i < 3; i++) {
        low = wasm_i16x8_add(low, low_step);
        high = wasm_i16x8_add(high, high_step);
        moves[i] = wasm_i8x16_narrow_i16x8(wasm_i16x8_shr(low, 7), wasm_i16x8_shr(high, 7));
    }
}

// Edges between macroblocks: changes p2 p1 p0 q0 q1 q2.
SIMD_INLINE void filter_outer_edge(struct edge *e, const struct edge_limits *limits) {
    const struct edge_masks masks = masks_of(e, limits);
    v128_t p2 = flip_sign(e->p2);
    v128_t p1 = flip_sign(e->p1);
    v128_t p0 = flip_sign(e->p0);
    v128_t q0 = flip_sign(e->q0);
    v128_t q1 = flip_sign(e->q1);
    v128_t q2 = flip_sign(e->q2);

    const v128_t adjustment =
        wasm_v128_and(common_adjustment(wasm_i8x16_sub_sat(p1, q1), p0, q0), masks.filtered);
    move_inner(wasm_v128_andnot(adjustment, masks.calm), &p0, &q0);
    v128_t moves[3];
    weigh_adjustment(wasm_v128_and(adjustment, masks.calm), moves);
    q0 = wasm_i8x16_sub_sat(q0, moves[2]);
    p0 = wasm_i8x16_add_sat(p0, moves[2]);
    q1 = wasm_i8x16_sub_sat(q1, moves[1]);
    p1 = wasm_i8x16_add_sat(p1, moves[1]);
    q2 = wasm_i8x16_sub_sat(q2, moves[0]);
    p2 = wasm_i8x16_add_sat(p2, moves[0]);

    e->p2 = flip_sign(p2);
    e->p1 = flip_sign(p1);
    e->p0 = flip_sign(p0);
    e->q0 = flip_sign(q0);
    e->q1 = flip_sign(q1);
    e->q2 = flip_sign(q2);
}

// The simple filter of profile 1: looks at p1 p0 q0 q1 and changes p0 and q0.
SIMD_INLINE void filter_simple_edge(struct edge *e, v128_t limit) {
    const v128_t mask = step_mask(e, limit);
    v128_t p0 = flip_sign(e->p0);
    v128_t q0 = flip_sign(e->q0);
    const v128_t outer = wasm_i8x16_sub_sat(flip_sign(e->p1), flip_sign(e->q1));
    move_inner(wasm_v128_and(common_adjustment(outer, p0, q0), mask), &p0, &q0);
    e->p0 = flip_sign(p0);
    e->q0 = flip_sign(q0);
}
