#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds all that is shipped, in order: WebAssembly libraries (kept outside the tree), the two modules, the page, the relay
# with the page inside: build/release/tabcast. What is done already is not done again.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
cd "$root"

jobs=${TABCAST_JOBS:-$(nproc)}
export NODE_PATH=/usr/share/nodejs # emcc 3.1.6 looks for Debian's acorn there, under any Node

mkdir -p build
exec 7> build/.lock
if ! flock -n 7; then
    say "another build runs in this folder; waiting for it"
    flock 7
fi

# Sum over names and contents of the files in the given folders, without what npm installs.
sum_of() {
    find "$@" -name node_modules -prune -o -type f -print0 2> /dev/null | sort -z | xargs -0 sha256sum | sha256sum
}

build_libraries() {
    scripts/build-libs.sh > build/wasm-libs.part || return
    tail -n 1 build/wasm-libs.part | tee build/wasm-libs
    rm build/wasm-libs.part
}

# CMake is asked only when the build folder is new or its libraries are others; ninja notices everything else.
configure() {
    local preset=$1 setting
    shift
    for setting in "$@"; do
        if ! grep -qsxF "${setting#-D}" <(sed -E 's/^([A-Z_]+):[A-Z]+=/\1=/' "build/$preset/CMakeCache.txt" 2> /dev/null); then
            rm -f "build/$preset/build.ninja"
        fi
    done
    if ! [ -f "build/$preset/build.ninja" ]; then
        cmake --preset "$preset" "$@"
    fi
}

build_preset() {
    configure "$@" || return
    cmake --build --preset "$1" --parallel "$jobs"
}

page_sum() {
    {
        sum_of web NOTICE.md build/wasm/*.js build/wasm/*.wasm
        node --version
    } | sha256sum
}

build_page() {
    npm_is_installed web || npm_install web || return
    rm -f build/web.sum
    (cd web && node build.mjs) || return
    page_sum > build/web.sum
}

# A step's function is called where `set -e` does not reach: each command that can fail says `|| return`.

is_page_fresh() {
    [ -f build/web.sum ] && [ "$(cat build/web.sum)" = "$(page_sum)" ] && npm_is_installed web
}
build_page_if_stale() { is_page_fresh || build_page; }

step_patience_s=2 # what is done already takes less
step libraries "libvpx, opus and FFmpeg for WebAssembly (some minutes the first time, then kept)" build_libraries
step wasm "WebAssembly modules" build_preset wasm "-DTABCAST_WASM_LIBS=$(cat build/wasm-libs)"
step page "the page" build_page_if_stale
step release "the relay" build_preset release
