// SPDX-License-Identifier: MIT
// What a publisher says and sends, for session.c; and the checks of its media apart from any
// session, for tests and fuzzers. Pure.
#ifndef TABCAST_RELAY_PUBLISH_H
#define TABCAST_RELAY_PUBLISH_H

#include "relay/control.h"
#include "relay/refusal.h"
#include "shared/webm_check.h"
#include "shared/wire.h"

struct session;
struct show;

// Whether the key opens the show, and the seat is free; a dead publisher makes room.
enum refusal publisher_admit(const struct control_message *m, const struct show *show,
                             uint64_t now_us);
// `start` and `timing`.
enum refusal publisher_starts(struct session *s, const struct control_message *m, uint64_t now_us);
enum refusal publisher_times(struct session *s, const struct control_message *m, uint64_t now_us);

// Whether the payload is what the (already checked) header says. Fills *tracks for INIT.
enum refusal media_check(struct webm_tracks *tracks, const struct wire_header *h,
                         const uint8_t *payload, size_t len);

// Begins with SOI, ends with EOI: nothing in front, nothing behind.
bool jpeg_is_whole(const uint8_t *bytes, size_t len);

#endif
