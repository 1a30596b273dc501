// SPDX-License-Identifier: MIT
// How much of its time a loop works, and whether that is so much that work should be saved (sound
// that waits for the next picture). Looks at half a second at a time; busy from 60 % on, until it
// is below 40 %. Pure: time is an argument (monotonic microseconds).
#ifndef TABCAST_RELAY_BUSY_METER_H
#define TABCAST_RELAY_BUSY_METER_H

#include <stdbool.h>
#include <stdint.h>

struct busy_meter {
    uint64_t woke_us;   // when it last woke
    uint64_t since_us;  // when the half second began
    uint64_t worked_us; // in it
    bool is_busy;
};

void busy_meter_init(struct busy_meter *m, uint64_t now_us);
void busy_meter_wakes(struct busy_meter *m, uint64_t now_us);
void busy_meter_sleeps(struct busy_meter *m, uint64_t now_us);

#endif
