# SPDX-License-Identifier: MIT
# One dialect and one set of warnings for every C file of the project; sanitizers by TABCAST_SANITIZE.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

include_directories("${PROJECT_SOURCE_DIR}") # #include "shared/wire.h"
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wpointer-arith
                    -Wwrite-strings)

if(EMSCRIPTEN)
    # emcc 3.1.6 looks for Debian's acorn there under any Node; set here too, so that plain ninja works.
    set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs")
else()
    # C17 without extensions hides POSIX and Linux calls (accept4, clock_gettime); this shows them again.
    add_compile_definitions(_GNU_SOURCE)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    add_compile_options(-fstack-protector-strong)
    # Assertions stay in the shipped relay: a broken invariant must not go on with somebody's memory.
    set(CMAKE_C_FLAGS_RELEASE "-O2")
    set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g")
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
        add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
        add_link_options(-Wl,-z,relro,-z,now)
    endif()
endif()

set(tabcast_sanitize "${TABCAST_SANITIZE}")
if(TABCAST_FUZZ)
    # Coverage for libFuzzer in every library; its main is linked to the fuzz targets alone.
    string(APPEND tabcast_sanitize ",fuzzer-no-link")
endif()
if(tabcast_sanitize)
    # Recovering would let a broken test pass: the first finding ends the process.
    set(tabcast_sanitize_flags "-fsanitize=${tabcast_sanitize}" -fno-sanitize-recover=all
                               -fno-omit-frame-pointer)
    add_compile_options(${tabcast_sanitize_flags})
    add_link_options(${tabcast_sanitize_flags})
endif()
