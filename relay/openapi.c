// SPDX-License-Identifier: MIT
#include "relay/openapi.h"

// CMake gives OPENAPI_PATH and OPENAPI_LEN.
__asm__(".pushsection .rodata\n.globl openapi_json\nopenapi_json:\n.incbin \"" OPENAPI_PATH
        "\"\n.popsection");
const size_t openapi_json_len = OPENAPI_LEN;
