// SPDX-License-Identifier: MIT
#include "relay/packed_address.h"

#include <arpa/inet.h>

void packed_address_read(struct packed_address *a, const char *text) {
    a->len = 0;
    if (inet_pton(AF_INET, text, a->bytes) == 1)
        a->len = 4;
    else if (inet_pton(AF_INET6, text, a->bytes) == 1)
        a->len = 16;
}

const char *packed_address_write(const struct packed_address *a, char out[ADDRESS_TEXT_LEN]) {
    const int family = a->len == 4 ? AF_INET : AF_INET6;
    if (!a->len || !inet_ntop(family, a->bytes, out, ADDRESS_TEXT_LEN))
        out[0] = '\0';
    return out;
}
