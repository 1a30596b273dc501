// SPDX-License-Identifier: MIT
// Any bytes as a chunked body, whole and in pieces: the same media, the same end. The first byte
// chooses framing and pieces.
#include "relay/ingest_body.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct outcome {
    uint64_t hash, media_len, used;
    int status;
};

static struct outcome walk(uint8_t choice, const uint8_t *bytes, size_t len, size_t piece) {
    struct outcome o = {.hash = 14695981039346656037ULL};
    struct ingest_body b;
    ingest_body_init(&b, (enum ingest_framing)(choice % 3), choice * 7U);
    while (o.status == INGEST_BODY_OK && o.used < len) {
        const size_t here = piece < len - o.used ? piece : len - (size_t)o.used;
        const uint8_t *media;
        size_t consumed, media_len;
        o.status = ingest_body_next(&b, bytes + o.used, here, &consumed, &media, &media_len);
        if (consumed > here || media_len > consumed || (!consumed && o.status == INGEST_BODY_OK))
            abort();
        if (media_len && (media < bytes + o.used || media + media_len > bytes + o.used + here))
            abort();
        for (size_t i = 0; i < media_len; i++)
            o.hash = (o.hash ^ media[i]) * 1099511628211ULL;
        o.media_len += media_len;
        o.used += consumed;
    }
    if (o.status == INGEST_BODY_OK && len) { // a body that ended with the last byte says so now
        const uint8_t *media;
        size_t consumed, media_len;
        o.status = ingest_body_next(&b, bytes, 0, &consumed, &media, &media_len);
    }
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 2)
        return 0;
    const struct outcome whole = walk(data[0], data + 1, len - 1, len);
    const struct outcome pieces = walk(data[0], data + 1, len - 1, 1U + data[0] / 3U);
    if (whole.hash != pieces.hash || whole.media_len != pieces.media_len ||
        whole.used != pieces.used || whole.status != pieces.status)
        abort();
    return 0;
}
