// SPDX-License-Identifier: MIT
// Any journal: what counts as whole is readable, rises, and is found again.
#include "relay/cue_journal.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const size_t count = cue_journal_count(data, len);
    if (count > len / CUE_RECORD_LEN)
        abort();
    struct cue_record last = {0};
    for (size_t i = 0; i < count; i++) {
        struct cue_record record, found;
        if (cue_record_read(&record, data + i * CUE_RECORD_LEN) != 0)
            abort();
        if (i && (record.offset <= last.offset || record.timestamp_ms < last.timestamp_ms))
            abort();
        if (cue_journal_find(&found, data, count, record.offset) != 0 ||
            found.offset != record.offset)
            abort();
        last = record;
    }
    struct cue_record none;
    if (count && last.offset < UINT64_MAX &&
        cue_journal_find(&none, data, count, last.offset + 1) == 0)
        abort();
    return 0;
}
