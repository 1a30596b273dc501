// SPDX-License-Identifier: MIT
// Checks of what a publisher sends, apart from any session: for tests and fuzzers. Pure.
#ifndef TABCAST_RELAY_PUBLISH_H
#define TABCAST_RELAY_PUBLISH_H

#include "relay/refusal.h"
#include "shared/webm_check.h"
#include "shared/wire.h"

// Whether the payload is what the (already checked) header says. Fills *tracks for INIT.
enum refusal media_check(struct webm_tracks *tracks, const struct wire_header *h,
                         const uint8_t *payload, size_t len);

// Begins with SOI, ends with EOI: nothing in front, nothing behind.
bool jpeg_is_whole(const uint8_t *bytes, size_t len);

#endif
