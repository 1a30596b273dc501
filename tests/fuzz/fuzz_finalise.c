// SPDX-License-Identifier: MIT
// Any recording and any journal: indexed, planned and written to memory; the replay must read back
// as planned. Input: u16 (big-endian) length of the journal, journal, recording. Fixed checksums
// would stop the fuzzer at the journal, so each 16 bytes of it become one good record.
#include "relay/block_index.h"
#include "relay/cue_journal.h"
#include "relay/replay_plan.h"
#include "shared/webm_scanner.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define RECORDS_MAX 64

struct memory {
    const uint8_t *bytes;
    size_t len;
};

static int64_t read_memory(void *ctx, uint8_t *out, size_t len, uint64_t offset) {
    const struct memory *const m = ctx;
    if (offset >= m->len)
        return 0;
    size_t n = m->len - offset < len ? (size_t)(m->len - offset) : len;
    if (n > 1000)
        n = 1000; // short reads
    memcpy(out, m->bytes + offset, n);
    return (int64_t)n;
}

static uint8_t *write_replay(const struct replay_plan *plan, const uint8_t *part) {
    uint8_t *const out = malloc(plan->size_bytes);
    if (!out)
        abort();
    replay_write_front(plan, out);
    size_t at = replay_front_len(plan);
    struct replay_cursor cursor = {0};
    for (size_t i = 0; i < plan->cluster_count; i++) {
        const struct replay_cluster *const c = &plan->clusters[i];
        if (at != c->offset || c->block_count == 0)
            abort();
        uint8_t head[REPLAY_CLUSTER_HEAD_MAX_LEN + REPLAY_BLOCK_HEAD_MAX_LEN];
        size_t head_len = replay_write_cluster_head(head, c);
        memcpy(out + at, head, head_len);
        at += head_len;
        for (uint32_t b = 0; b < c->block_count; b++) {
            uint8_t track;
            const struct block_ref *const block = replay_next(plan->index, &cursor, &track);
            head_len = replay_write_block_head(head, c, block, track);
            memcpy(out + at, head, head_len);
            memcpy(out + at + head_len, part + block->offset, block->len);
            at += head_len + block->len;
        }
    }
    if (at != plan->size_bytes)
        abort();
    return out;
}

static void check_replay(const struct replay_plan *plan, const uint8_t *bytes) {
    const struct block_index *const index = plan->index;
    struct webm_scanner s;
    webm_scanner_init(&s);
    struct webm_item item;
    size_t used, clusters = 0, blocks = 0, cues = 0;
    uint64_t last_ms = 0;
    int status;
    while ((status = webm_scanner_next(&s, &item, bytes + s.offset,
                                       (size_t)(plan->size_bytes - s.offset), &used)) == WEBM_OK) {
        clusters += item.kind == WEBM_ITEM_CLUSTER;
        cues += item.kind == WEBM_ITEM_CUE;
        if (item.kind != WEBM_ITEM_BLOCK)
            continue;
        blocks++;
        if (item.block.timestamp_ms < last_ms)
            abort();
        last_ms = item.block.timestamp_ms;
    }
    if (status != WEBM_DONE || clusters != plan->cluster_count || cues != plan->cue_count ||
        blocks != index->video.count + index->audio.count || last_ms >= plan->duration_ms)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 2)
        return 0;
    size_t records = ((size_t)data[0] << 8 | data[1]) / 16;
    data += 2;
    len -= 2;
    if (records > RECORDS_MAX)
        records = RECORDS_MAX;
    if (records * 16 > len)
        records = len / 16;
    uint8_t journal[RECORDS_MAX * CUE_RECORD_LEN];
    for (size_t i = 0; i < records; i++, data += 16, len -= 16) {
        struct cue_record record = {0};
        for (int b = 0; b < 8; b++) {
            record.offset = record.offset << 8 | data[b];
            record.timestamp_ms = record.timestamp_ms << 8 | data[8 + b];
        }
        cue_record_write(journal + i * CUE_RECORD_LEN, &record);
    }
    struct memory part = {.bytes = data, .len = len};
    const struct block_source source = {.read = read_memory,
                                        .ctx = &part,
                                        .size = len,
                                        .journal = journal,
                                        .journal_len = records * CUE_RECORD_LEN};
    struct block_index index;
    struct replay_plan plan = {0};
    const int status = block_index_build(&index, &source);
    if (status != 0 && status != -EILSEQ)
        abort();
    if (status == 0 && index.video.count + index.audio.count) {
        if (replay_plan_build(&plan, &index) != 0)
            abort();
        uint8_t *const replay = write_replay(&plan, data);
        check_replay(&plan, replay);
        free(replay);
    }
    replay_plan_dispose(&plan);
    block_index_dispose(&index);
    return 0;
}
