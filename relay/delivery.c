// SPDX-License-Identifier: MIT
#include "relay/delivery.h"

#define SECOND_US 1000000ULL

// So few bytes tell of the way rather than of the line.
#define LEAST_SAMPLE_BYTES 4096

void delivery_wrote(struct delivery *d, size_t len, uint64_t now_us) {
    if (d->written_bytes == d->read_bytes)
        d->began_us = now_us;
    d->written_bytes += len;
}

bool delivery_is_full(const struct delivery *d) {
    const uint64_t under_way_bytes = d->written_bytes - d->read_bytes;
    const uint64_t window_bytes = d->speed * DELIVERY_WINDOW_US / SECOND_US;
    if (d->is_deaf)
        return false;
    if (!d->speed)
        return !d->is_tried && under_way_bytes >= DELIVERY_FIRST_BYTES;
    return under_way_bytes >=
           (window_bytes > DELIVERY_WINDOW_BYTES ? window_bytes : DELIVERY_WINDOW_BYTES);
}

bool delivery_is_on_trial(const struct delivery *d) {
    return !d->is_tried && !d->is_deaf && d->written_bytes >= DELIVERY_PROOF_BYTES;
}

bool delivery_wants_mark(const struct delivery *d, uint64_t now_us) {
    return d->written_bytes != d->marked_bytes && !d->asked_us && !d->is_deaf &&
           (!d->last_us || now_us - d->last_us >= DELIVERY_INTERVAL_US || delivery_is_full(d));
}

void delivery_marked(struct delivery *d, uint64_t now_us) {
    d->asked_us = d->last_us = now_us;
    d->marked_bytes = d->written_bytes;
}

static uint64_t way_us(const struct delivery *d) {
    return d->least_us && d->least_us < DELIVERY_WAY_US ? d->least_us : DELIVERY_WAY_US;
}

static bool is_busy(const struct delivery *d) { return d->trip_us >= way_us(d) + DELIVERY_BUSY_US; }

// As slow as before is what the line is; anything else may be a moment in which it stood still.
static void learn_limit(struct delivery *d, uint64_t speed) {
    const bool is_same = speed <= d->busy_speed * 2 && speed * 2 >= d->busy_speed;
    if (!is_same || !d->growth_us)
        d->growth_us = DELIVERY_GROWTH_FIRST_US;
    else if (d->growth_us < DELIVERY_GROWTH_LONGEST_US)
        d->growth_us *= 2;
    d->busy_speed = speed;
}

// Since the last answer the line was busy with the bytes between their marks, unless it had nothing
// to do for a part of that time: then it carries at least so much.
static void learn_speed(struct delivery *d, uint64_t now_us) {
    const uint64_t from_us = d->began_us > d->answered_us ? d->began_us : d->answered_us;
    const uint64_t bytes = d->marked_bytes - d->read_bytes;
    if (bytes < LEAST_SAMPLE_BYTES || now_us <= from_us)
        return;
    const uint64_t speed = bytes * SECOND_US / (now_us - from_us);
    if (is_busy(d) && speed)
        learn_limit(d, speed);
    if ((is_busy(d) && speed) || (d->speed && speed > d->speed)) {
        d->speed = speed;
        d->speed_us = now_us;
    }
}

static void hope(struct delivery *d, uint64_t now_us) {
    if (!d->speed || is_busy(d) || now_us - d->speed_us < d->growth_us)
        return;
    d->speed *= 2;
    d->speed_us = now_us;
}

void delivery_answered(struct delivery *d, uint64_t now_us) {
    d->is_deaf = false;
    if (!d->asked_us)
        return;
    d->trip_us = now_us - d->asked_us;
    if (!d->least_us || d->trip_us < d->least_us)
        d->least_us = d->trip_us ? d->trip_us : 1;
    learn_speed(d, now_us);
    hope(d, now_us);
    d->read_bytes = d->marked_bytes;
    d->is_tried |= d->marked_bytes >= DELIVERY_PROOF_BYTES;
    d->answered_us = now_us;
    d->asked_us = 0;
}

uint64_t delivery_unread_us(struct delivery *d, uint64_t now_us) {
    uint64_t trip_us = d->trip_us;
    if (d->asked_us && now_us - d->asked_us >= DELIVERY_PATIENCE_US) {
        d->asked_us = d->trip_us = trip_us = 0;
        d->is_deaf = true;
        delivery_forget_speed(d);
    } else if (d->asked_us && now_us - d->asked_us > trip_us) {
        trip_us = now_us - d->asked_us;
        d->is_tried |= trip_us >= DELIVERY_PROOF_US;
    }
    return trip_us > way_us(d) ? trip_us - way_us(d) : 0;
}

uint64_t delivery_expected_us(const struct delivery *d, size_t len) {
    return d->speed ? (d->written_bytes - d->read_bytes + len) * SECOND_US / d->speed : 0;
}

void delivery_forget_speed(struct delivery *d) {
    d->speed = 0;
    d->read_bytes = d->marked_bytes = d->written_bytes;
}
