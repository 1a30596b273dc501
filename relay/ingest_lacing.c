// SPDX-License-Identifier: MIT
#include "relay/ingest_lacing.h"

#include "shared/ebml.h"

#define OPUS_DURATION_MAX_US 120000

// 255 bytes add up until one below 255 ends the number.
static uint64_t read_xiph(struct ebml_reader *r) {
    uint64_t len = 0, byte;
    do {
        byte = ebml_read_uint(r, 1);
        len += byte;
    } while (byte == 255 && !r->error);
    return len;
}

// The first length as it is, the others as differences, biased so that half of the range is
// negative.
static uint64_t read_ebml(struct ebml_reader *r, uint64_t before, int is_first) {
    const uint8_t *const start = r->at;
    const uint64_t value = ebml_read_vint(r);
    if (is_first || r->error)
        return value;
    const unsigned bytes = (unsigned)(r->at - start);
    const uint64_t bias = (1ULL << (7 * bytes - 1)) - 1;
    if (value < bias && bias - value > before)
        r->error = EBML_ERR_INVALID;
    return before + value - bias;
}

int ingest_lacing_read(uint32_t lens[INGEST_LACES_COUNT], unsigned lacing, unsigned count,
                       const uint8_t *bytes, size_t len) {
    struct ebml_reader r = ebml_reader_of(bytes, len);
    uint64_t sum = 0, frame_len = 0;
    if (count < 1 || count > INGEST_LACES_COUNT || len > UINT32_MAX)
        return -1;
    if (lacing == 2) {
        for (unsigned i = 0; i < count; i++)
            lens[i] = (uint32_t)(len / count);
        return len % count ? -1 : 0;
    }
    for (unsigned i = 0; i + 1 < count; i++) {
        if (lacing == 0)
            return -1;
        frame_len = lacing == 1 ? read_xiph(&r) : read_ebml(&r, frame_len, i == 0);
        if (r.error || frame_len > len - sum)
            return -1;
        sum += frame_len;
        lens[i] = (uint32_t)frame_len;
    }
    if (sum > ebml_left(&r))
        return -1;
    lens[count - 1] = (uint32_t)(ebml_left(&r) - sum);
    return 0;
}

uint32_t ingest_opus_duration_us(const uint8_t *packet, size_t len) {
    static const uint32_t silk_us[4] = {10000, 20000, 40000, 60000};
    static const uint32_t celt_us[4] = {2500, 5000, 10000, 20000};
    if (len < 1)
        return 0;
    const unsigned config = packet[0] >> 3, code = packet[0] & 3;
    const uint32_t frame_us = config < 12   ? silk_us[config & 3]
                              : config < 16 ? silk_us[config & 1]
                                            : celt_us[config & 3];
    const unsigned count = code == 0 ? 1 : code < 3 ? 2 : len > 1 ? packet[1] & 63U : 0;
    return frame_us * count <= OPUS_DURATION_MAX_US ? frame_us * count : 0;
}
