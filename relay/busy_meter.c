// SPDX-License-Identifier: MIT
#include "relay/busy_meter.h"

#define WINDOW_US 500000ULL
#define BUSY_PERCENT 60
#define CALM_PERCENT 40
#define CROWDED_PER_SECOND 800
#define SPARSE_PER_SECOND 500

void busy_meter_init(struct busy_meter *m, uint64_t now_us) {
    *m = (struct busy_meter){.woke_us = now_us, .since_us = now_us};
}

void busy_meter_wakes(struct busy_meter *m, uint64_t now_us) { m->woke_us = now_us; }

void busy_meter_hears(struct busy_meter *m) { m->heard_count++; }

void busy_meter_sleeps(struct busy_meter *m, uint64_t now_us) {
    m->worked_us += now_us - m->woke_us;
    m->woke_us = now_us; // a loop that does not sleep at all is not told to wake
    const uint64_t window_us = now_us - m->since_us;
    if (window_us < WINDOW_US)
        return;
    m->heard_per_second = (uint32_t)(m->heard_count * 1000000ULL / window_us);
    m->is_crowded = m->heard_per_second >= (m->is_crowded ? SPARSE_PER_SECOND : CROWDED_PER_SECOND);
    m->heard_count = 0;
    m->is_busy = m->worked_us * 100 >= window_us * (m->is_busy ? CALM_PERCENT : BUSY_PERCENT);
    m->worked_us = 0;
    m->since_us = now_us;
}
