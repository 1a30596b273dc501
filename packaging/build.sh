#!/bin/bash
# SPDX-License-Identifier: MIT
#
# packaging/build.sh
#
# Makes the Debian package build/package/tabcast_VERSION_ARCH.deb: the relay with its page, linked so that it needs nothing
# but the C library, OpenSSL 3 and libcurl (docs/decisions/0021-semi-static.md). libwebsockets is built here from Debian's source
# with libev inside (half a minute the first time, then kept in the cache); the other libraries are Debian's own archives.
set -euo pipefail
. "$(dirname "$0")/../scripts/steps.sh"
cd "$root"

jobs=${TABCAST_JOBS:-$(nproc)}
cache=${TABCAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tabcast}

build_page() { scripts/build.sh; }

# As Debian configures it, but for: libev within instead of a plugin that is loaded by name and brings a second copy of the
# library along; nothing of what the relay never asks for (other event loops, capabilities, programs).
build_libwebsockets() {
    local revision source key work
    read -r _ revision source < <(TABCAST_LOCK=packaging/sources.lock scripts/fetch-sources.sh)
    [ -n "$source" ] || return
    key=$({ echo "$revision" && sha256sum packaging/build.sh packaging/sources.lock && gcc --version; } | sha256sum | cut -c1-20)
    prefix=$cache/libs/libwebsockets-$key
    if ! [ -d "$prefix" ]; then
        work=$root/build/libwebsockets
        rm -rf "$work"
        cmake -S "$source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$work/out" \
            -DCMAKE_C_FLAGS="-fno-strict-aliasing -fstack-protector-strong -D_FORTIFY_SOURCE=2" -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
            -DLWS_WITH_STATIC=ON -DLWS_WITH_SHARED=OFF -DLWS_WITH_LIBEV=ON -DLWS_WITH_EVLIB_PLUGINS=OFF -DLWS_IPV6=ON \
            -DLWS_HAVE_LIBCAP=OFF -DLWS_WITHOUT_DAEMONIZE=ON -DLWS_WITHOUT_TESTAPPS=ON -DLWS_WITH_MINIMAL_EXAMPLES=OFF -DDISABLE_WERROR=ON &&
            cmake --build "$work/build" --parallel "$jobs" && cmake --install "$work/build" || return
        # What was built says where it was put; it is looked for elsewhere.
        sed -i "s|$work/out|$prefix|g" "$work"/out/lib/pkgconfig/*.pc
        cp "$source/LICENSE" "$work/out/"
        mkdir -p "$cache/libs" && mv "$work/out" "$prefix" && rm -rf "$work"
    fi
    echo "$prefix" > build/static-lws
}

build_package() {
    cmake --preset package "-DTABCAST_STATIC_LWS=$(cat build/static-lws)" &&
        cmake --build --preset package --parallel "$jobs" &&
        (cd build/package && rm -f ./*.deb && cpack -G DEB)
}

# What the binary asks the dynamic linker for: the C library's parts, OpenSSL, libcurl, and nothing else.
check_needed() {
    local needed name
    needed=$(objdump -p build/package/tabcast | awk '$1 == "NEEDED" { print $2 }')
    echo needs $needed
    for name in $needed; do
        case $name in
        libc.so.6 | libm.so.6 | ld-linux-*.so.* | libssl.so.3 | libcrypto.so.3 | libcurl.so.4) ;;
        *) return 1 ;;
        esac
    done
}

build_page
step static-lws "libwebsockets with libev inside" build_libwebsockets
step package "the package" build_package
step package-needs "what the package's binary needs" check_needed
last_lines build/logs/package-needs.log
ls -l build/package/*.deb
