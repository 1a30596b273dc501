// SPDX-License-Identifier: MIT
// Any bytes as requests, whole, in pieces and one at a time: the same verdict, at the same request,
// and never a bare LF in what was let through as a head. The first byte chooses the pieces.
#include "relay/head_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct outcome {
    size_t taken;
    unsigned count;
    enum head_fault fault;
    bool has_left, is_blind;
};

static struct outcome walk(const uint8_t *bytes, size_t len, size_t piece) {
    struct head_check h;
    struct outcome o = {0};
    head_check_init(&h);
    while (o.taken < len && o.fault == HEAD_FINE && !head_check_has_left(&h)) {
        const size_t here = piece < len - o.taken ? piece : len - o.taken;
        const size_t n = head_check_take(&h, bytes + o.taken, here, &o.fault);
        if (n > here || (n < here && o.fault == HEAD_FINE && !head_check_has_left(&h)))
            abort();
        o.taken += n;
    }
    o.count = h.count;
    o.has_left = head_check_has_left(&h);
    o.is_blind = head_check_is_blind(&h);
    return o;
}

// Each call ends no later than one request does.
static struct outcome walk_by_one(const uint8_t *bytes, size_t len) {
    struct head_check h;
    struct outcome o = {0};
    head_check_init(&h);
    while (o.taken < len && o.fault == HEAD_FINE && !head_check_has_left(&h)) {
        const uint16_t before = h.count;
        const size_t here = len - o.taken;
        const size_t n = head_check_take_one(&h, bytes + o.taken, here, &o.fault);
        if (n > here || h.count > before + 1 || (!n && o.fault == HEAD_FINE) ||
            (n < here && o.fault == HEAD_FINE && !head_check_has_left(&h) &&
             !head_check_is_between(&h)))
            abort();
        o.taken += n;
    }
    o.count = h.count;
    o.has_left = head_check_has_left(&h);
    o.is_blind = head_check_is_blind(&h);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 1)
        return 0;
    const struct outcome whole = walk(data + 1, len - 1, len);
    const struct outcome cut = walk(data + 1, len - 1, 1U + data[0]);
    if (whole.fault != cut.fault || whole.count != cut.count || whole.has_left != cut.has_left ||
        whole.is_blind != cut.is_blind || cut.taken < whole.taken ||
        (whole.fault == HEAD_FINE && cut.taken != whole.taken))
        abort();
    const struct outcome one = walk_by_one(data + 1, len - 1);
    if (whole.fault != one.fault || whole.count != one.count || whole.has_left != one.has_left ||
        whole.is_blind != one.is_blind || whole.taken != one.taken)
        abort();
    // A single head that was let through has no line end but CR LF, and one Host at least.
    if (whole.count == 1 && whole.fault == HEAD_FINE && whole.has_left) {
        const uint8_t *at = data + 1;
        const uint8_t *const end = at + whole.taken;
        for (const uint8_t *lf = at; (lf = memchr(lf, '\n', (size_t)(end - lf))); lf++)
            if (lf == at || lf[-1] != '\r')
                abort();
    }
    return 0;
}
