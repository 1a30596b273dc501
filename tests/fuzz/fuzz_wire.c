// SPDX-License-Identifier: MIT
// Any binary message: read or refused; what is read is written back as the same bytes.
#include "shared/limits.h"
#include "shared/wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct wire_header h;
    const int status = wire_header_read(&h, data, len);
    if (strcmp(wire_status_name(status), "unknown") == 0)
        abort();
    if (status != WIRE_OK)
        return 0;
    uint8_t written[WIRE_HEADER_LEN];
    wire_header_write(written, &h);
    if (memcmp(written, data, WIRE_HEADER_LEN) != 0 || h.timestamp_us > LIMIT_TIMESTAMP_US)
        abort();
    return 0;
}
