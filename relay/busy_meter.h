// SPDX-License-Identifier: MIT
// How much of its time a loop works, and whether that is so much that work should be saved (sound
// that waits for the next picture); how many messages come to it, and whether that is so many that
// they should be fetched several at a time. Looks at half a second at a time; busy from 60 % on,
// until it is below 40 %; crowded from 800 messages a second on, until it is below 500. Pure: time
// is an argument (monotonic microseconds).
#ifndef TABCAST_RELAY_BUSY_METER_H
#define TABCAST_RELAY_BUSY_METER_H

#include <stdbool.h>
#include <stdint.h>

struct busy_meter {
    uint64_t woke_us;          // when it last woke
    uint64_t since_us;         // when the half second began
    uint64_t worked_us;        // in it
    uint32_t heard_count;      // messages in it
    uint32_t heard_per_second; // in the one before
    bool is_busy;
    bool is_crowded;
};

void busy_meter_init(struct busy_meter *m, uint64_t now_us);
void busy_meter_wakes(struct busy_meter *m, uint64_t now_us);
void busy_meter_hears(struct busy_meter *m);
void busy_meter_sleeps(struct busy_meter *m, uint64_t now_us);

#endif
