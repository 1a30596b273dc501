// SPDX-License-Identifier: MIT
// A numeric address of IPv4 or IPv6 in 17 bytes rather than 46, for whoever keeps thousands. Pure.
#ifndef TABCAST_RELAY_PACKED_ADDRESS_H
#define TABCAST_RELAY_PACKED_ADDRESS_H

#include <stdint.h>

#define ADDRESS_TEXT_LEN 46 // the longest, and NUL

struct packed_address {
    uint8_t len; // 4, 16; 0: none
    uint8_t bytes[16];
};

// Anything but a numeric address is none.
void packed_address_read(struct packed_address *a, const char *text);
// Returns `out`; "" for none.
const char *packed_address_write(const struct packed_address *a, char out[ADDRESS_TEXT_LEN]);

#endif
