// SPDX-License-Identifier: MIT
// Any init segment: refused with a phrase, or its tracks can be written again and read back the
// same.
#include "shared/limits.h"
#include "shared/webm_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct webm_tracks tracks = {0};
    const char *reason = NULL;
    if (webm_init_check(&tracks, data, len, &reason) != WEBM_OK) {
        if (!reason)
            abort();
        return 0;
    }
    uint8_t written[LIMIT_INIT_BYTES];
    struct webm_tracks again = {0};
    const size_t written_len = webm_write_init(written, sizeof(written), &tracks);
    if (!written_len || webm_init_check(&again, written, written_len, NULL) != WEBM_OK)
        abort();
    if (again.width != tracks.width || again.height != tracks.height ||
        again.channels != tracks.channels || again.pre_skip != tracks.pre_skip)
        abort();
    return 0;
}
