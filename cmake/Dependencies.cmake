# SPDX-License-Identifier: MIT
# Third-party C libraries as imported targets. Each is linked PRIVATE to the one target that owns it
# (docs/architecture.md, "Who may include whom"); nothing here is linked to everything.
#
#   PkgConfig::LWS  PkgConfig::JANSSON  PkgConfig::SODIUM  PkgConfig::URING  PkgConfig::SQLITE  PkgConfig::OATH  PkgConfig::CJOSE  PkgConfig::CURL  Libev::Libev  the relay
#   PkgConfig::VPX  PkgConfig::OPUS     PkgConfig::AVFORMAT                  the codec, natively, for tests
#   PkgConfig::CMOCKA                                                        unit tests
find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl>=3.0 libcrypto>=3.0)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.85) # shared always: it brings half a system
if(TABCAST_STATIC_LWS)
    # From here on archives are found, and libwebsockets there. Whatever needs OpenSSL gets the shared one of above.
    set(shared_suffixes "${CMAKE_FIND_LIBRARY_SUFFIXES}")
    set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
    set(ENV{PKG_CONFIG_PATH} "${TABCAST_STATIC_LWS}/lib/pkgconfig")
endif()
pkg_check_modules(LWS REQUIRED IMPORTED_TARGET libwebsockets>=4.1)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose>=0.6.1)
pkg_check_modules(OATH REQUIRED IMPORTED_TARGET liboath>=2.6)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.37)
pkg_check_modules(URING REQUIRED IMPORTED_TARGET liburing>=2.3)

# libev ships no pkg-config file.
find_path(LIBEV_INCLUDE_DIR ev.h REQUIRED)
find_library(LIBEV_LIBRARY ev REQUIRED)
add_library(Libev::Libev UNKNOWN IMPORTED)
set_target_properties(Libev::Libev PROPERTIES IMPORTED_LOCATION "${LIBEV_LIBRARY}"
                      INTERFACE_INCLUDE_DIRECTORIES "${LIBEV_INCLUDE_DIR}")

if(TABCAST_STATIC_LWS)
    set(CMAKE_FIND_LIBRARY_SUFFIXES "${shared_suffixes}")
endif()

if(TABCAST_TESTS)
    pkg_check_modules(VPX REQUIRED IMPORTED_TARGET vpx>=1.12)
    pkg_check_modules(OPUS REQUIRED IMPORTED_TARGET opus>=1.3)
    pkg_check_modules(AVFORMAT REQUIRED IMPORTED_TARGET libavformat>=59 libavcodec>=59 libavutil>=57)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka>=1.1)
endif()
