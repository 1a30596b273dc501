// SPDX-License-Identifier: MIT
// Any bytes as a client's frames, whole and in pieces: the same verdict at the same byte. The first
// byte chooses the pieces.
#include "relay/frame_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct outcome {
    size_t taken;
    unsigned control_count;
    enum frame_fault fault;
};

static struct outcome walk(const uint8_t *bytes, size_t len, size_t piece) {
    struct frame_check f;
    struct outcome o = {0};
    frame_check_init(&f);
    while (o.taken < len && o.fault == FRAME_FINE) {
        const size_t here = piece < len - o.taken ? piece : len - o.taken;
        unsigned control_count;
        const size_t n = frame_check_take(&f, bytes + o.taken, here, &control_count, &o.fault);
        if (n > here || (n < here && o.fault == FRAME_FINE) || control_count > here)
            abort();
        o.taken += n;
        o.control_count += control_count;
    }
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 1)
        return 0;
    const struct outcome whole = walk(data + 1, len - 1, len);
    const struct outcome cut = walk(data + 1, len - 1, 1U + data[0] % 32U);
    if (whole.fault != cut.fault || whole.taken != cut.taken ||
        whole.control_count != cut.control_count)
        abort();
    return 0;
}
