// SPDX-License-Identifier: MIT
// The tables of the temporal layers. Pure; any thread.
#include "wasm/temporal_pattern.h"

#include "shared/limits.h"

#include <assert.h>

#define READ_LA (TEMPORAL_READ_LAST | TEMPORAL_READ_ALTREF)
#define READ_LGA (TEMPORAL_READ_LAST | TEMPORAL_READ_GOLDEN | TEMPORAL_READ_ALTREF)

static const struct temporal_slot slots_1[] = {
    {0, 1, READ_LA | TEMPORAL_WRITE_LAST},
};

static const struct temporal_slot slots_2[] = {
    {0, 1, READ_LA | TEMPORAL_WRITE_LAST},
    {1, 1, READ_LA | TEMPORAL_WRITE_GOLDEN},
    {0, 1, READ_LA | TEMPORAL_WRITE_LAST},
    {1, 0, READ_LGA},
};

static const struct temporal_slot slots_3[] = {
    {0, 1, READ_LA | TEMPORAL_WRITE_LAST},    {2, 1, READ_LA},
    {1, 1, READ_LA | TEMPORAL_WRITE_GOLDEN},  {2, 0, READ_LGA},
    {0, 1, READ_LA | TEMPORAL_WRITE_LAST},    {2, 0, READ_LGA},
    {1, 0, READ_LGA | TEMPORAL_WRITE_GOLDEN}, {2, 0, READ_LGA},
};

struct pattern {
    const struct temporal_slot *slots;
    uint8_t period;
    uint8_t bitrate_percents[LIMIT_TEMPORAL_LAYERS_COUNT];
    uint8_t rate_decimators[LIMIT_TEMPORAL_LAYERS_COUNT];
};

static const struct pattern patterns[LIMIT_TEMPORAL_LAYERS_COUNT] = {
    {slots_1, sizeof slots_1 / sizeof slots_1[0], {100}, {1}},
    {slots_2, sizeof slots_2 / sizeof slots_2[0], {60, 100}, {2, 1}},
    {slots_3, sizeof slots_3 / sizeof slots_3[0], {40, 60, 100}, {4, 2, 1}},
};

static const struct pattern *pattern_of(unsigned layers_count) {
    assert(layers_count >= 1 && layers_count <= LIMIT_TEMPORAL_LAYERS_COUNT);
    return &patterns[layers_count - 1];
}

const struct temporal_slot *temporal_slot_at(unsigned layers_count, unsigned position) {
    const struct pattern *const pattern = pattern_of(layers_count);
    return &pattern->slots[position % pattern->period];
}

unsigned temporal_period(unsigned layers_count) { return pattern_of(layers_count)->period; }

unsigned temporal_bitrate_percent(unsigned layers_count, unsigned layer) {
    assert(layer < layers_count);
    return pattern_of(layers_count)->bitrate_percents[layer];
}

unsigned temporal_rate_decimator(unsigned layers_count, unsigned layer) {
    assert(layer < layers_count);
    return pattern_of(layers_count)->rate_decimators[layer];
}
