// SPDX-License-Identifier: MIT
// Pictures that strangers send.
#include "relay/jpeg_head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct jpeg_head head;
    if (jpeg_head_read(&head, data, len) &&
        (!head.width || !head.height || head.width > 65535 || head.height > 65535))
        abort();
    return 0;
}
