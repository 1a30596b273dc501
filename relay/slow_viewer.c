// SPDX-License-Identifier: MIT
#include "relay/slow_viewer.h"

#include "shared/limits.h"
#include <string.h>

#define NO_LAYER_LOST LIMIT_TEMPORAL_LAYERS_COUNT
#define CALM_FIRST_US 2000000ULL
#define CALM_LONGEST_US 16000000ULL
// Falling again this soon after a rise means the rise was too early.
#define RELAPSE_US 10000000ULL
// Reports come each second; without one for 3 s the last says nothing any more.
#define REPORT_VALID_US 3000000ULL
#define UNSENT_LIMIT_BYTES (8ULL * 1024 * 1024)

static const struct {
    const char *name;
    uint64_t unsent_us;
    uint64_t shown_us;
} stages[SLOW_STAGE_COUNT] = {
    [SLOW_NONE] = {"none", 0, 0},
    [SLOW_NO_TL2] = {"no-tl2", 200000, 1000000},
    [SLOW_BASE] = {"base", 500000, 2500000},
    [SLOW_KEYS] = {"keys", 1200000, 5000000},
};

const char *slow_stage_name(unsigned stage) {
    return stage < SLOW_STAGE_COUNT ? stages[stage].name : "unknown";
}

void slow_viewer_init(struct slow_viewer *v) {
    memset(v, 0, sizeof(*v));
    v->calm_needed_us = CALM_FIRST_US;
    v->lost_layer = 0; // decoding begins with a key frame
}

void slow_viewer_report(struct slow_viewer *v, uint64_t now_us, uint64_t behind_us,
                        bool is_hidden) {
    v->shown_behind_us = is_hidden ? 0 : behind_us;
    v->reported_us = now_us;
}

// The stage the viewer's delay asks for; `scale` 2 asks whether it is below half of the limits.
static unsigned stage_for(const struct slow_viewer *v, const struct slow_view *view,
                          uint64_t scale) {
    const bool is_reported = v->reported_us && view->now_us - v->reported_us <= REPORT_VALID_US;
    const uint64_t shown_us = is_reported ? v->shown_behind_us : 0;
    if (view->unsent_bytes * scale > UNSENT_LIMIT_BYTES)
        return SLOW_KEYS;
    for (unsigned s = SLOW_KEYS; s > SLOW_NONE; s--)
        if (view->unsent_us * scale >= stages[s].unsent_us ||
            shown_us * scale >= stages[s].shown_us)
            return s;
    return SLOW_NONE;
}

bool slow_viewer_is_untroubled(const struct slow_viewer *v) {
    return v->stage == SLOW_NONE && v->lost_layer == NO_LAYER_LOST && !v->has_video_gap &&
           !v->has_audio_gap;
}

bool slow_viewer_reports_trouble(const struct slow_viewer *v, uint64_t now_us) {
    const struct slow_view view = {.now_us = now_us};
    return stage_for(v, &view, 1) != SLOW_NONE;
}

bool slow_viewer_assess(struct slow_viewer *v, const struct slow_view *view) {
    const unsigned wanted = stage_for(v, view, 1);
    if (wanted > v->stage) {
        if (v->rose_us && view->now_us - v->rose_us < RELAPSE_US &&
            v->calm_needed_us < CALM_LONGEST_US)
            v->calm_needed_us *= 2;
        v->stage = (uint8_t)wanted;
        v->calm_since_us = 0;
        return wanted == SLOW_KEYS;
    }
    if (v->stage == SLOW_NONE) {
        if (v->rose_us && view->now_us - v->rose_us > 3 * RELAPSE_US)
            v->calm_needed_us = CALM_FIRST_US;
        return false;
    }
    if (stage_for(v, view, 2) >= v->stage) {
        v->calm_since_us = 0;
    } else if (!v->calm_since_us) {
        v->calm_since_us = view->now_us;
    } else if (view->now_us - v->calm_since_us >= v->calm_needed_us) {
        v->stage--;
        v->rose_us = view->now_us;
        v->calm_since_us = view->now_us;
    }
    return false;
}

void slow_viewer_skipped(struct slow_viewer *v, uint64_t count) {
    v->lost_layer = 0;
    if (count) {
        v->has_video_gap = v->has_audio_gap = true;
        v->dropped_count[SLOW_KEYS] += count;
    }
}

static enum slow_verdict drop(struct slow_viewer *v, bool *gap) {
    *gap = true;
    v->dropped_count[v->stage]++;
    return SLOW_DROP;
}

static enum slow_verdict send(bool *gap) {
    const enum slow_verdict verdict = *gap ? SLOW_SEND_GAP : SLOW_SEND;
    *gap = false;
    return verdict;
}

// Highest temporal layer the stage lets through; a key frame always may.
static int highest_layer(unsigned stage) {
    switch (stage) {
    case SLOW_NONE:
        return 2;
    case SLOW_NO_TL2:
        return 1;
    case SLOW_BASE:
        return 0;
    default:
        return -1;
    }
}

enum slow_verdict slow_viewer_judge(struct slow_viewer *v, const struct wire_header *h,
                                    uint64_t unsent_us, bool is_newest_key) {
    const bool is_too_old = v->stage == SLOW_KEYS && unsent_us > SLOW_OLDEST_US;
    if (h->kind == WIRE_AUDIO)
        return is_too_old ? drop(v, &v->has_audio_gap) : send(&v->has_audio_gap);

    const uint8_t layer = h->temporal_id;
    if (h->flags & WIRE_KEY) {
        if (is_too_old && !is_newest_key) {
            v->lost_layer = 0;
            return drop(v, &v->has_video_gap);
        }
        v->lost_layer = NO_LAYER_LOST;
        return send(&v->has_video_gap);
    }
    if ((int)layer > highest_layer(v->stage) || v->lost_layer == 0) {
        if (layer < v->lost_layer)
            v->lost_layer = layer;
        return drop(v, &v->has_video_gap);
    }
    if (layer >= v->lost_layer) {
        if (!(h->flags & WIRE_SYNC))
            return drop(v, &v->has_video_gap);
        // This frame needs layer 0 alone. If it is of the lowest lost layer, everything above
        // builds on it.
        if (layer == v->lost_layer)
            v->lost_layer = NO_LAYER_LOST;
    } else if (layer == 1 && (h->flags & WIRE_SYNC)) {
        v->lost_layer = NO_LAYER_LOST; // layer 2 refers to nothing older than this frame
    }
    return send(&v->has_video_gap);
}
