// SPDX-License-Identifier: MIT
// Several frames in one block (RFC 9559 10.3): how long each is, and how long a packet of Opus
// lasts. Pure.
#ifndef TABCAST_RELAY_INGEST_LACING_H
#define TABCAST_RELAY_INGEST_LACING_H

#include <stddef.h>
#include <stdint.h>

#define INGEST_LACES_COUNT 256

// `lacing`: 0 none, 1 Xiph, 2 fixed, 3 EBML; `count` frames share `bytes`, which begin behind the
// frame count. Fills lens[count]; the frames are the last bytes, sum(lens) of them. 0, or -1 when
// the lengths do not fit.
int ingest_lacing_read(uint32_t lens[INGEST_LACES_COUNT], unsigned lacing, unsigned count,
                       const uint8_t *bytes, size_t len);

// How long a packet of Opus lasts (RFC 6716 3.1); 0 when it is none.
uint32_t ingest_opus_duration_us(const uint8_t *packet, size_t len);

#endif
