// SPDX-License-Identifier: MIT
// Which addresses are of the public Internet: what strangers name, the relay may connect to no
// other (RFC 6890's registries). Pure.
#ifndef TABCAST_RELAY_PUBLIC_ADDRESS_H
#define TABCAST_RELAY_PUBLIC_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

bool public_address_v4(const uint8_t address[4]);
bool public_address_v6(const uint8_t address[16]);

#endif
