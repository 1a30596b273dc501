// SPDX-License-Identifier: MIT
#include "relay/public_address.h"

#include <stddef.h>
#include <string.h>

struct block {
    uint8_t address[16];
    unsigned bits;
};

// Not global by IANA's special-purpose registries, and multicast.
static const struct block blocks_v4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 3}, // multicast, reserved, broadcast
};
// Outside of 2000::/3 nothing is global; within it these are not.
static const struct block blocks_v6[] = {
    {{0x20, 0x01, 0x00}, 23},       // protocols, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    {{0x20, 0x02}, 16},             // 6to4: an IPv4 address inside
    {{0x3f, 0xff, 0x00}, 20},       // documentation
};

static bool is_within(const uint8_t *address, const struct block *block) {
    const unsigned bytes = block->bits / 8, rest = block->bits % 8;
    if (memcmp(address, block->address, bytes) != 0)
        return false;
    return rest == 0 || (address[bytes] ^ block->address[bytes]) >> (8 - rest) == 0;
}

bool public_address_v4(const uint8_t address[4]) {
    for (size_t i = 0; i < sizeof(blocks_v4) / sizeof(blocks_v4[0]); i++)
        if (is_within(address, &blocks_v4[i]))
            return false;
    return true;
}

bool public_address_v6(const uint8_t address[16]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(address, mapped, sizeof(mapped)) == 0)
        return public_address_v4(address + 12);
    if (address[0] >> 5 != 1)
        return false;
    for (size_t i = 0; i < sizeof(blocks_v6) / sizeof(blocks_v6[0]); i++)
        if (is_within(address, &blocks_v6[i]))
            return false;
    return true;
}
