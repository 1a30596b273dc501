// SPDX-License-Identifier: MIT
// The API's own description, openapi.json, as it lies in the program.
#ifndef TABCAST_RELAY_OPENAPI_H
#define TABCAST_RELAY_OPENAPI_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t openapi_json[];
extern const size_t openapi_json_len;

#endif
