// SPDX-License-Identifier: MIT
// The cue journal beside a recording that is being written: one record per video key frame, fixed
// in size and with a checksum, so that a torn tail is recognised. Finalise needs it only where the
// recording itself is damaged: a record tells where reading may go on. Pure: bytes in, bytes out;
// no I/O, any thread.
//
//   offset 0  u32  magic "TCue"
//          4  u64  offset of the Cluster in the recording   all big-endian
//         12  u64  timestamp of the key frame, ms
//         20  u32  CRC-32 (IEEE 802.3) of the 20 bytes before
#ifndef TABCAST_RELAY_CUE_JOURNAL_H
#define TABCAST_RELAY_CUE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#define CUE_RECORD_LEN 24

struct cue_record {
    uint64_t offset;       // of the Cluster's first byte in ID.part.webm
    uint64_t timestamp_ms; // of its key frame
};

void cue_record_write(uint8_t out[CUE_RECORD_LEN], const struct cue_record *record);

// Reads one record; 0, or -1 when it is none.
int cue_record_read(struct cue_record *out, const uint8_t bytes[CUE_RECORD_LEN]);

// How many records at the start of `bytes` are whole, with offsets and timestamps that rise. What
// follows is torn.
size_t cue_journal_count(const uint8_t *bytes, size_t len);

// The first record of those `count` whose offset is at least `offset`; 0 with *out filled, or -1.
int cue_journal_find(struct cue_record *out, const uint8_t *bytes, size_t count, uint64_t offset);

#endif
