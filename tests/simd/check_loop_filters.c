// SPDX-License-Identifier: MIT
//
// The loop filters, at every level of strength and sharpness that a stream can ask for.
#include "check.h"

#include <string.h>

#include "vp8_rtcd.h"

#include "vp8/common/loopfilter.h"

// One canvas per plane.
struct planes {
    struct canvas y, u, v;
};

static struct planes expected;
static struct planes result;

static _Alignas(16) unsigned char outer_limit[16];
static _Alignas(16) unsigned char inner_limit[16];
static _Alignas(16) unsigned char interior_limit[16];
static _Alignas(16) unsigned char variance_limit[16];
static loop_filter_info info = {outer_limit, inner_limit, interior_limit, variance_limit};

// The limits of a filter level as vp8/common/vp8_loopfilter.c derives them.
static void set_limits(int level, int sharpness, int variance) {
    int interior = level >> ((sharpness > 0) + (sharpness > 4));
    if (sharpness > 0 && interior > 9 - sharpness) {
        interior = 9 - sharpness;
    }
    if (interior < 1) {
        interior = 1;
    }
    memset(outer_limit, (level + 2) * 2 + interior, 16);
    memset(inner_limit, level * 2 + interior, 16);
    memset(interior_limit, interior, 16);
    memset(variance_limit, variance, 16);
}

static void fill_planes(enum fill kind) {
    check_fill(&expected.y, kind);
    check_fill(&expected.u, kind);
    check_fill(&expected.v, kind);
    result = expected;
}

typedef void normal_function(unsigned char *, unsigned char *, unsigned char *, int, int,
                             loop_filter_info *);
typedef void simple_function(unsigned char *, int, const unsigned char *);

static void call_normal(normal_function *filter, struct planes *planes, int has_chroma) {
    filter(planes->y.pixels + BLOCK_AT, has_chroma ? planes->u.pixels + BLOCK_AT : NULL,
           has_chroma ? planes->v.pixels + BLOCK_AT : NULL, CANVAS_STRIDE, CANVAS_STRIDE, &info);
}

static void check_normal(const char *name, normal_function *reference, normal_function *ours) {
    for (int level = 1; level < 64; level++) {
        for (int i = 0; i < FILL_KINDS * 8; i++) {
            set_limits(level, i % 8, i % 4);
            fill_planes(i % FILL_KINDS);
            call_normal(reference, &expected, i % 5 != 0);
            call_normal(ours, &result, i % 5 != 0);
            check_equal(name, "picture", &expected, &result, sizeof(result));
        }
    }
    set_limits(20, 0, 1);
    fill_planes(FILL_GENTLE);
    CHECK_SPEED(name, call_normal(reference, &expected, 1), call_normal(ours, &result, 1));
}

static void check_simple(const char *name, simple_function *reference, simple_function *ours) {
    for (int level = 1; level < 64; level++) {
        for (int i = 0; i < FILL_KINDS * 4; i++) {
            set_limits(level, i % 8, 0);
            fill_planes(i % FILL_KINDS);
            reference(expected.y.pixels + BLOCK_AT, CANVAS_STRIDE, inner_limit);
            ours(result.y.pixels + BLOCK_AT, CANVAS_STRIDE, inner_limit);
            check_equal(name, "picture", &expected, &result, sizeof(result));
        }
    }
}

#define NORMAL(KIND)                                                                               \
    check_normal("loop_filter_" #KIND, vp8_loop_filter_##KIND##_c, vp8_loop_filter_##KIND##_simd128)

void check_loop_filters(void) {
    NORMAL(mbh);
    NORMAL(mbv);
    NORMAL(bh);
    NORMAL(bv);
    check_simple("simple_mbh", vp8_loop_filter_simple_horizontal_edge_c,
                 vp8_loop_filter_simple_mbh_simd128);
    check_simple("simple_mbv", vp8_loop_filter_simple_vertical_edge_c,
                 vp8_loop_filter_simple_mbv_simd128);
    check_simple("simple_bh", vp8_loop_filter_bhs_c, vp8_loop_filter_simple_bh_simd128);
    check_simple("simple_bv", vp8_loop_filter_bvs_c, vp8_loop_filter_simple_bv_simd128);
}
