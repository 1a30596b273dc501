// SPDX-License-Identifier: MIT
// Pictures of anybody's making, by their heads: a kind always has a size and a type, and no byte
// beyond the end is read.
#include "relay/image_check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *const copy =
        malloc(size ? size : 1); // of its exact length, so that a sanitizer sees the end
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    const struct image_info info = image_check(copy, size);
    assert((info.kind == IMAGE_NONE) == !image_type(info.kind));
    assert(info.kind == IMAGE_NONE || (info.width && info.height));
    assert(info.kind != IMAGE_JPEG || (info.width < 65536 && info.height < 65536));
    assert((info.kind == IMAGE_JPEG) == (info.components > 0));
    free(copy);
    return 0;
}
