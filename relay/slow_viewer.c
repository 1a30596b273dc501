// SPDX-License-Identifier: MIT
#include "relay/slow_viewer.h"

#include "shared/limits.h"
#include <string.h>

#define NO_LAYER_LOST LIMIT_TEMPORAL_LAYERS_COUNT
// No frame builds on one of this layer: leaving some out costs nothing later.
#define TOP_LAYER (LIMIT_TEMPORAL_LAYERS_COUNT - 1)
#define CALM_FIRST_US 2000000ULL
#define CALM_LONGEST_US 16000000ULL
// Falling again this soon after a rise means the rise was too early.
#define RELAPSE_US 15000000ULL
// Who has fallen soon after a rise before is on trial after the next one: this is enough to fall
// again, for what has filled the line by then keeps it behind for another second or two.
#define TRIAL_UNSENT_US 400000ULL
#define TRIAL_LATE_US 700000ULL
// The same of stalls.
#define STALL_CALM_FIRST_US 500000ULL
#define STALL_CALM_LONGEST_US 2000000ULL
#define STALL_RELAPSE_US 5000000ULL
// Behind a stall everything that waited has gone within this, and nothing waits this long again.
// In SLOW_BASE there was more of it, and it is sent.
#define STALL_RECOVERY_BASE_US 800000ULL
#define STALL_RECOVERY_US 300000ULL
#define STALL_UNSENT_US 100000ULL
// Reports come each second; without one for 3 s the last says nothing any more.
#define REPORT_VALID_US 3000000ULL
#define UNSENT_LIMIT_BYTES (8ULL * 1024 * 1024)
// A jump makes a viewer look punctual for a moment; relief is what lasts.
#define RELIEF_US 2000000ULL
#define TROUBLED_US 4000000ULL
// A quarter of the pictures for so long: a smaller size with all of them is the better show.
#define UNWELL_US 6000000ULL
// A higher rendition costs more to try than a layer.
#define HIGHER_CALM_FIRST_US 20000000ULL
#define HIGHER_CALM_LONGEST_US 320000000ULL
// Lowered again this soon means that trying it was in vain.
#define HIGHER_RELAPSE_US 60000000ULL

static const struct {
    const char *name;
    uint64_t unsent_us; // entered at; of stages that are entered by time, what counts as no relief
    uint64_t late_us;   // unsent and unread together
    uint64_t shown_us;
    uint64_t stuck_us; // without relief for so long; 0 = never stuck
} stages[SLOW_STAGE_COUNT] = {
    [SLOW_NONE] = {"none", 0, 0, 0, 0},
    [SLOW_NO_TL2] = {"no-tl2", 200000, 400000, 800000, 0},
    [SLOW_BASE] = {"base", 500000, 700000, 1200000, 0},
    [SLOW_KEYS] = {"keys", 1200000, 1200000, 1600000, 10000000},
    [SLOW_AUDIO] = {"audio", 1200000, 1200000, 1600000, 20000000},
    [SLOW_CLOSED] = {"closed", 0, 0, 0, 0},
};

const char *slow_stage_name(unsigned stage) {
    return stage < SLOW_STAGE_COUNT ? stages[stage].name : "unknown";
}

const char *slow_action_name(unsigned action) {
    static const char *const names[SLOW_ACTION_COUNT] = {"stay",  "fall",   "jump", "rise",
                                                         "lower", "higher", "close"};
    return action < SLOW_ACTION_COUNT ? names[action] : "unknown";
}

struct slow_step slow_next(enum slow_stage stage, enum slow_event event) {
#define STAY(stage)                                                                                \
    { stage, SLOW_STAY }
    static const struct slow_step table[SLOW_STAGE_COUNT][SLOW_EVENT_COUNT] = {
        // late, later, too late, stuck, stuck at the lowest rendition, calm, calm and lowered
        [SLOW_NONE] = {{SLOW_NO_TL2, SLOW_FALL},
                       {SLOW_BASE, SLOW_FALL},
                       {SLOW_KEYS, SLOW_JUMP},
                       STAY(SLOW_NONE),
                       STAY(SLOW_NONE),
                       STAY(SLOW_NONE),
                       {SLOW_NONE, SLOW_HIGHER}},
        [SLOW_NO_TL2] = {STAY(SLOW_NO_TL2),
                         {SLOW_BASE, SLOW_FALL},
                         {SLOW_KEYS, SLOW_JUMP},
                         STAY(SLOW_NO_TL2),
                         STAY(SLOW_NO_TL2),
                         {SLOW_NONE, SLOW_RISE},
                         {SLOW_NONE, SLOW_RISE}},
        [SLOW_BASE] = {STAY(SLOW_BASE),
                       STAY(SLOW_BASE),
                       {SLOW_KEYS, SLOW_JUMP},
                       {SLOW_BASE, SLOW_LOWER},
                       STAY(SLOW_BASE),
                       {SLOW_NO_TL2, SLOW_RISE},
                       {SLOW_NO_TL2, SLOW_RISE}},
        [SLOW_KEYS] = {STAY(SLOW_KEYS),
                       STAY(SLOW_KEYS),
                       {SLOW_KEYS, SLOW_JUMP},
                       {SLOW_BASE, SLOW_LOWER},
                       {SLOW_AUDIO, SLOW_FALL},
                       {SLOW_BASE, SLOW_RISE},
                       {SLOW_BASE, SLOW_RISE}},
        [SLOW_AUDIO] = {STAY(SLOW_AUDIO),
                        STAY(SLOW_AUDIO),
                        STAY(SLOW_AUDIO),
                        {SLOW_CLOSED, SLOW_CLOSE},
                        {SLOW_CLOSED, SLOW_CLOSE},
                        {SLOW_KEYS, SLOW_RISE},
                        {SLOW_KEYS, SLOW_RISE}},
        [SLOW_CLOSED] = {STAY(SLOW_CLOSED), STAY(SLOW_CLOSED), STAY(SLOW_CLOSED), STAY(SLOW_CLOSED),
                         STAY(SLOW_CLOSED), STAY(SLOW_CLOSED), STAY(SLOW_CLOSED)},
    };
#undef STAY
    return table[stage][event];
}

void slow_viewer_init(struct slow_viewer *v) {
    memset(v, 0, sizeof(*v));
    v->calm_needed_us = CALM_FIRST_US;
    v->stall_calm_us = STALL_CALM_FIRST_US;
    v->higher_calm_us = HIGHER_CALM_FIRST_US;
    v->lost_layer = 0; // decoding begins with a key frame
}

void slow_viewer_report(struct slow_viewer *v, uint64_t now_us, uint64_t behind_us,
                        bool is_hidden) {
    v->shown_behind_us = is_hidden ? 0 : behind_us;
    v->reported_us = now_us;
}

static bool is_on_trial(const struct slow_viewer *v, uint64_t now_us) {
    return v->calm_needed_us > CALM_FIRST_US && v->stage < SLOW_KEYS && v->rose_us > v->fell_us &&
           now_us - v->rose_us < RELAPSE_US;
}

// How far behind the viewer is, as the stage that is entered by it; `scale` 2 asks whether it is
// below half of the limits.
static enum slow_stage stage_for(const struct slow_viewer *v, const struct slow_view *view,
                                 uint64_t scale) {
    const bool is_reported = v->reported_us && view->now_us - v->reported_us <= REPORT_VALID_US;
    const uint64_t shown_us = is_reported ? v->shown_behind_us : 0;
    const uint64_t late_us = view->unsent_us + view->unread_us;
    if (view->unsent_bytes * scale > UNSENT_LIMIT_BYTES)
        return SLOW_KEYS;
    const bool has_failed = scale == 1 &&
                            (view->unsent_us >= TRIAL_UNSENT_US || late_us >= TRIAL_LATE_US) &&
                            is_on_trial(v, view->now_us);
    for (enum slow_stage s = SLOW_KEYS; s > SLOW_NONE; s--)
        if ((has_failed && s == v->stage + 1U) || view->unsent_us * scale >= stages[s].unsent_us ||
            late_us * scale >= stages[s].late_us || shown_us * scale >= stages[s].shown_us)
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

// Whether it has been calm for long enough to rise, or to go to a higher rendition.
static bool is_calm(struct slow_viewer *v, const struct slow_view *view) {
    const bool is_top = v->stage == SLOW_NONE;
    const enum slow_stage half = stage_for(v, view, 2);
    // Sound alone is never "less behind than its stage" by its own limits but by those of pictures.
    const bool is_less =
        is_top ? half == SLOW_NONE : half < (v->stage < SLOW_KEYS ? v->stage : SLOW_KEYS);
    if (!is_less)
        v->calm_since_us = 0;
    else if (!v->calm_since_us)
        v->calm_since_us = view->now_us;
    const uint64_t needed_us = is_top        ? v->higher_calm_us
                               : v->is_stall ? v->stall_calm_us
                                             : v->calm_needed_us;
    return v->calm_since_us && view->now_us - v->calm_since_us >= needed_us;
}

static void back_off(struct slow_viewer *v) {
    if (v->is_relapse && v->calm_needed_us < CALM_LONGEST_US)
        v->calm_needed_us *= 2;
    v->is_relapse = false;
}

// What looked like a stall was slowness after all when something waits again, or still.
static void check_stall(struct slow_viewer *v, const struct slow_view *view) {
    const uint64_t recovery_us = v->stage == SLOW_BASE ? STALL_RECOVERY_BASE_US : STALL_RECOVERY_US;
    if (!v->is_stall || view->unsent_us < STALL_UNSENT_US ||
        view->now_us - v->fell_us < recovery_us)
        return;
    v->is_stall = false;
    back_off(v);
}

// Whether the stage has not helped; where a lower rendition could, that is tried earlier.
static bool is_stuck(struct slow_viewer *v, const struct slow_view *view, enum slow_stage behind) {
    const uint64_t now_us = view->now_us;
    if (behind >= (v->stage < SLOW_KEYS ? v->stage : SLOW_KEYS))
        v->relieved_us = 0;
    else if (!v->relieved_us)
        v->relieved_us = now_us;
    if (v->relieved_us && now_us - v->relieved_us >= RELIEF_US)
        v->entered_us = now_us;
    if (v->stage == SLOW_NONE)
        v->well_us = now_us;
    if (v->stage == SLOW_BASE && view->can_lower && now_us - v->well_us >= UNWELL_US)
        return true;
    if (v->stage <= SLOW_NO_TL2)
        v->troubled_us = 0;
    else if (v->stage >= SLOW_KEYS && !v->troubled_us)
        v->troubled_us = now_us;
    if (v->stage == SLOW_KEYS && view->can_lower && now_us - v->troubled_us >= TROUBLED_US)
        return true;
    if (v->stage == SLOW_KEYS && v->misfits_count >= SLOW_MISFITS_COUNT)
        return true;
    return stages[v->stage].stuck_us && now_us - v->entered_us >= stages[v->stage].stuck_us;
}

// What has happened to the viewer; false: nothing.
static bool find_event(struct slow_viewer *v, const struct slow_view *view, enum slow_event *out) {
    const enum slow_stage behind = stage_for(v, view, 1);
    if (is_stuck(v, view, behind))
        *out = view->can_lower ? SLOW_ON_STUCK : SLOW_ON_STUCK_LOWEST;
    else if (behind > v->stage || (behind == SLOW_KEYS && v->stage == SLOW_KEYS))
        *out = (enum slow_event)(SLOW_ON_LATE + (behind - SLOW_NO_TL2));
    else if (is_calm(v, view))
        *out = view->can_raise ? SLOW_ON_CALM_LOWERED : SLOW_ON_CALM;
    else
        return false;
    return true;
}

// A fall soon after a rise means that the rise was too early, unless it was a stall: of one that
// lacked nothing, or by two stages at once, and by what its socket did not take. What was learned
// of one rendition says nothing about a lower one.
static void fall(struct slow_viewer *v, enum slow_stage from, const struct slow_view *view) {
    const uint64_t well_us = v->rose_us ? view->now_us - v->rose_us : UINT64_MAX;
    const bool is_sudden = from == SLOW_NONE || (from == SLOW_NO_TL2 && v->stage == SLOW_KEYS);
    v->fell_us = view->now_us;
    v->is_relapse = well_us < RELAPSE_US;
    v->is_stall = is_sudden && view->unsent_us >= stages[v->stage].unsent_us;
    if (!v->is_stall)
        back_off(v);
    else if (well_us >= STALL_RELAPSE_US)
        v->stall_calm_us = STALL_CALM_FIRST_US;
    else if (v->stall_calm_us < STALL_CALM_LONGEST_US)
        v->stall_calm_us *= 2;
}

static void learn(struct slow_viewer *v, enum slow_stage from, enum slow_action action,
                  const struct slow_view *view) {
    const uint64_t now_us = view->now_us;
    v->calm_since_us = v->relieved_us = 0;
    v->misfits_count = 0;
    v->entered_us = now_us;
    if (action == SLOW_LOWER) {
        const bool is_in_vain = v->highered_us && now_us - v->highered_us < HIGHER_RELAPSE_US;
        if (!is_in_vain)
            v->higher_calm_us = HIGHER_CALM_FIRST_US;
        else if (v->higher_calm_us < HIGHER_CALM_LONGEST_US)
            v->higher_calm_us *= 2;
        v->troubled_us = v->rose_us = 0;
        v->well_us = now_us;
        v->calm_needed_us = CALM_FIRST_US;
        v->is_stall = false;
    } else if (action == SLOW_RISE || action == SLOW_HIGHER) {
        v->rose_us = v->calm_since_us = now_us;
        if (v->stage == SLOW_NONE)
            v->is_stall = v->is_relapse = false; // it was one, and is over
        if (action == SLOW_HIGHER)
            v->highered_us = now_us;
    } else {
        fall(v, from, view);
    }
}

enum slow_action slow_viewer_assess(struct slow_viewer *v, const struct slow_view *view) {
    enum slow_event event;
    const enum slow_stage from = v->stage;
    v->unread_us = view->unread_us;
    check_stall(v, view);
    if (v->stage == SLOW_NONE && v->rose_us && view->now_us - v->rose_us > 3 * RELAPSE_US)
        v->calm_needed_us = CALM_FIRST_US;
    if (!find_event(v, view, &event))
        return SLOW_STAY;
    if (event < SLOW_ON_CALM)
        v->calm_since_us = 0;
    const struct slow_step step = slow_next(from, event);
    const bool is_new = step.stage != from;
    v->stage = step.stage;
    if (is_new || step.action == SLOW_HIGHER || step.action == SLOW_LOWER)
        learn(v, from, step.action, view);
    return step.action;
}

void slow_viewer_skipped(struct slow_viewer *v, uint64_t count) {
    v->lost_layer = 0;
    if (count)
        v->has_video_gap = v->has_audio_gap = true;
}

static enum slow_verdict drop(bool *gap) {
    *gap = true;
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

// Whether a key frame may go, in a stage that sends nothing else of pictures.
static bool fits(struct slow_viewer *v, uint64_t unsent_us, uint64_t expected_us,
                 bool is_newest_key) {
    if (unsent_us > (is_newest_key ? SLOW_OLDEST_KEY_US : SLOW_OLDEST_US))
        return false;
    if (!expected_us)
        return v->unread_us <= SLOW_BUSY_US;
    const bool is_in_time = unsent_us + expected_us <= SLOW_OLDEST_READ_KEY_US;
    if (is_in_time)
        v->misfits_count = 0;
    else if (v->unread_us <= SLOW_BUSY_US && v->misfits_count < SLOW_MISFITS_COUNT)
        v->misfits_count++;
    return is_in_time;
}

enum slow_verdict slow_viewer_judge(struct slow_viewer *v, const struct wire_header *h,
                                    uint64_t unsent_us, uint64_t expected_us, bool is_newest_key) {
    const bool is_last = v->stage >= SLOW_KEYS;
    const uint64_t read_us = unsent_us + (expected_us ? expected_us : v->unread_us);
    if (h->kind == WIRE_AUDIO)
        return is_last && (unsent_us > SLOW_OLDEST_US || read_us > SLOW_OLDEST_READ_US)
                   ? drop(&v->has_audio_gap)
                   : send(&v->has_audio_gap);

    const uint8_t layer = h->temporal_id;
    if (h->flags & WIRE_KEY) {
        if (v->stage >= SLOW_AUDIO ||
            (is_last && !fits(v, unsent_us, expected_us, is_newest_key))) {
            v->lost_layer = 0;
            return drop(&v->has_video_gap);
        }
        v->lost_layer = NO_LAYER_LOST;
        return send(&v->has_video_gap);
    }
    if ((int)layer > highest_layer(v->stage) || v->lost_layer == 0) {
        if (layer < v->lost_layer && layer < TOP_LAYER)
            v->lost_layer = layer;
        return drop(&v->has_video_gap);
    }
    if (layer >= v->lost_layer) {
        if (!(h->flags & WIRE_SYNC))
            return drop(&v->has_video_gap);
        // This frame needs layer 0 alone. If it is of the lowest lost layer, everything above
        // builds on it.
        if (layer == v->lost_layer)
            v->lost_layer = NO_LAYER_LOST;
    } else if (layer == 1 && (h->flags & WIRE_SYNC)) {
        v->lost_layer = NO_LAYER_LOST; // layer 2 refers to nothing older than this frame
    }
    return send(&v->has_video_gap);
}
