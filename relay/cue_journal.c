// SPDX-License-Identifier: MIT
// Owns the bytes of cue records. Refuses a record whose magic or checksum is wrong. Pure; any
// thread.
#include "relay/cue_journal.h"

#define MAGIC 0x54437565u // "TCue"
#define CHECKED_LEN 20

static void put_be(uint8_t *p, unsigned count, uint64_t value) {
    for (unsigned i = 0; i < count; i++)
        p[i] = (uint8_t)(value >> (8 * (count - 1 - i)));
}

static uint64_t get_be(const uint8_t *p, unsigned count) {
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | p[i];
    return value;
}

// Reflected CRC-32 bit by bit: 20 bytes every few seconds need no table.
static uint32_t crc32_of(const uint8_t *bytes, size_t len) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

void cue_record_write(uint8_t out[CUE_RECORD_LEN], const struct cue_record *record) {
    put_be(out, 4, MAGIC);
    put_be(out + 4, 8, record->offset);
    put_be(out + 12, 8, record->timestamp_ms);
    put_be(out + CHECKED_LEN, 4, crc32_of(out, CHECKED_LEN));
}

int cue_record_read(struct cue_record *out, const uint8_t bytes[CUE_RECORD_LEN]) {
    if (get_be(bytes, 4) != MAGIC || get_be(bytes + CHECKED_LEN, 4) != crc32_of(bytes, CHECKED_LEN))
        return -1;
    out->offset = get_be(bytes + 4, 8);
    out->timestamp_ms = get_be(bytes + 12, 8);
    return 0;
}

size_t cue_journal_count(const uint8_t *bytes, size_t len) {
    struct cue_record last = {0};
    size_t count = 0;
    for (; (count + 1) * CUE_RECORD_LEN <= len; count++) {
        struct cue_record record;
        if (cue_record_read(&record, bytes + count * CUE_RECORD_LEN) != 0)
            break;
        if (count && (record.offset <= last.offset || record.timestamp_ms < last.timestamp_ms))
            break;
        last = record;
    }
    return count;
}

int cue_journal_find(struct cue_record *out, const uint8_t *bytes, size_t count, uint64_t offset) {
    size_t low = 0;
    size_t high = count; // the answer is in low..high; high = none
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cue_record_read(out, bytes + middle * CUE_RECORD_LEN) != 0)
            return -1; // the caller counted other bytes
        if (out->offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count ? cue_record_read(out, bytes + low * CUE_RECORD_LEN) : -1;
}
