// SPDX-License-Identifier: MIT
// Any Cluster of the wire: refused with a phrase, or its frame lies inside and can be written
// again.
#include "shared/webm_check.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct webm_block block = {0};
    const char *reason = NULL;
    if (webm_cluster_check(&block, data, len, &reason) != WEBM_OK) {
        if (!reason)
            abort();
        return 0;
    }
    if (block.len == 0 || block.offset + block.len != len)
        abort();
    uint8_t head[WEBM_CLUSTER_HEAD_MAX_LEN];
    const size_t head_len = webm_write_cluster_head(
        head, sizeof(head), block.track, block.timestamp_ms, block.is_keyframe, block.len);
    // The shortest form is never longer than what was accepted, but for an empty Timestamp, which
    // gets its zero.
    if (!head_len || head_len > block.offset + 1)
        abort();
    return 0;
}
