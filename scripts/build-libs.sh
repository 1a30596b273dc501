#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds libvpx (without and with threads), opus and FFmpeg's WebM demuxer for WebAssembly and prints
# the folder they lie in as its last line (see wasm/libs/README.md for its layout). Progress goes to
# stderr.
#
# Each library is kept in $CACHE/libs under a hash over all that it is made from: its rows of
# emsdk.lock, the Debian revision, this script, the compiler wrapper and its own files under wasm/.
# What is there already is not built again. A library is built in a folder of its own and renamed when
# whole, so that an interruption leaves nothing half made.
set -euo pipefail
shopt -s nullglob

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${TABCAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tabcast}
here=$root/wasm/libs
jobs=${TABCAST_JOBS:-$(nproc)}

export NODE_PATH=/usr/share/nodejs # emcc 3.1.6 looks for Debian's acorn there under any Node
export CC=$here/wasm-cc CXX=$here/wasm-cc LD=$here/wasm-cc AR=llvm-ar-19 NM=llvm-nm-19 RANLIB=llvm-ranlib-19 STRIP=true LC_ALL=C

say() { echo "[libs] $*" >&2; }
die() {
    say "$*"
    exit 1
}

# --- one library at a time -------------------------------------------------------------------------

# Runs build_NAME in a folder of its own unless its result is in the cache; sets prefix_of[NAME].
declare -A prefix_of=()
library() {
    local name=$1 source=$2 key work started=$SECONDS
    shift 2
    # A list first, so that a missing input fails here and not inside the pipe.
    local inputs=("$root/scripts/build-libs.sh" "$here/wasm-cc" "$@")
    key=$({
        echo "$name ${revision_of[$source]}"
        grep -E "^(tool|source +$source) " "$root/emsdk.lock"
        (cd "$root" && sha256sum "${inputs[@]#"$root"/}")
    } | sha256sum | cut -c1-20)
    prefix_of[$name]=$name-$key
    [ -d "$cache/libs/$name-$key" ] && return

    say "$name ..."
    work=$(mktemp -d "$cache/libs/.$name-XXXXXX")
    mkdir "$work/out" "$work/build"
    llvm-nm-19 -u "$sysroot_libc" 2> /dev/null | awk '$1 == "U" { print $2 }' | sort -u > "$work/js-symbols"
    if ! (export TABCAST_JS_SYMBOLS=$work/js-symbols && cd "$work/build" &&
        set -e && "build_$name" "${folder_of[$source]}" "$work/out") > "$work/log" 2>&1 < /dev/null; then
        tail -n 40 "$work/log" >&2
        die "$name does not build; the whole log is $work/log"
    fi
    mv "$work/out" "$cache/libs/$name-$key"
    rm -rf "$work"
    say "$name done in $((SECONDS - started)) s"
}

# Replaces the RTCD choices that libvpx's generator made, as kernels.list says: in its headers the choice
# is defined as ours, which gets the prototype of the C reference.
choose_kernels() {
    local header choice kernel reference
    while read -r header choice kernel; do
        case $header in '' | '#'*) continue ;; esac
        kernel=${kernel:-${choice}_simd128}
        reference=$(sed -nE "s/^#define $choice ([a-z0-9_]+)$/\1/p" "$header")
        if [ -z "$reference" ]; then
            echo "$header has no $choice to replace" >&2
            return 1
        fi
        sed -i -E "/\b$reference\(/{p; s/\b$reference\(/$kernel(/}
            s/^#define $choice .*/#define $choice $kernel/" "$header"
    done < "$root/wasm/simd/kernels.list"
}

build_vpx_variant() {
    local source=$1 out=$2 flags=$3 kernel patch
    shift 3
    cp -a "$source" source
    for patch in "$here"/libvpx-*.patch; do
        patch -d source -p1 < "$patch" || return 1
    done
    # Not --enable-realtime-only: it leaves out some of the encoder's decisions, which gave other bits than the
    # system's libvpx for a screen in three layers at cpu-used -1 and -4.
    source/configure --target=generic-gnu --prefix="$out" "$@" --disable-vp9 --disable-examples \
        --disable-tools --disable-docs --disable-unit-tests --disable-webm-io --disable-postproc --disable-libyuv \
        --disable-runtime-cpu-detect --disable-temporal-denoising --extra-cflags="$flags" || return 1
    make vp8_rtcd.h vpx_dsp_rtcd.h vpx_scale_rtcd.h || return 1
    choose_kernels || return 1
    make -j"$jobs" libvpx.a || return 1
    for kernel in "$root"/wasm/simd/*.c; do
        "$CC" -O3 -std=c17 -Wall -Wextra -Wshadow -Wvla -Werror -Wmissing-prototypes $flags -I. -isystem source \
            -c "$kernel" -o "simd_$(basename "$kernel" .c).o" || return 1
    done
    $AR rs libvpx.a simd_*.o || return 1
    mkdir -p "$out/lib" "$out/include/vpx" "$out/kernels"
    cp libvpx.a "$out/lib/"
    cp source/vpx/*.h "$out/include/vpx/"
    # What a test of the kernels against the C reference includes: the headers inside libvpx.
    (cd source && find vp8 vpx_dsp vpx_mem vpx_ports vpx_scale vpx_util vpx -name '*.h' \
        -exec cp --parents -t "$out/kernels" {} +) || return 1
    cp vp8_rtcd.h vpx_dsp_rtcd.h vpx_scale_rtcd.h vpx_config.h "$out/kernels/" || return 1
    cp source/LICENSE "$out/"
}

build_vpx() { build_vpx_variant "$1" "$2" "-msimd128" --disable-multithread; }
build_vpx_threads() { build_vpx_variant "$1" "$2" "-msimd128 -pthread -matomics" --enable-multithread; }

# With opus' SSE4.1 intrinsics through Emscripten's headers, which emcc would switch on by -msse4.1.
# With atomics, though it has none: an archive so marked links into modules with and without threads.
build_opus() {
    local source=$1 out=$2
    local simd="-msimd128 -D__SSE__=1 -D__SSE2__=1 -D__SSE3__=1 -D__SSSE3__=1 -D__SSE4_1__=1"
    "$source/configure" --host=x86_64-unknown-linux --prefix="$out" --disable-shared --enable-intrinsics \
        --disable-rtcd --disable-asm --disable-stack-protector --disable-doc --disable-extra-programs \
        CFLAGS="-O3 $simd -Xclang -iwithsysroot/include/compat -matomics" || return 1
    make -j"$jobs" || return 1
    make install || return 1
    rm -rf "$out/share" "$out/lib/"*.la
    cp "$source/COPYING" "$out/"
}

build_ffmpeg() {
    local source=$1 out=$2
    "$source/configure" --prefix="$out" --cc="$CC" --ar="$AR" --nm="$NM" --ranlib="$RANLIB" \
        --enable-cross-compile --target-os=none --arch=x86_32 --disable-asm --disable-stripping --enable-small \
        --disable-everything --disable-programs --disable-doc --disable-network --disable-autodetect \
        --disable-avdevice --disable-avfilter --disable-swscale --disable-swresample --disable-postproc \
        --disable-pthreads --disable-debug --enable-demuxer=matroska --extra-cflags="-Os" || return 1
    make -j"$jobs" || return 1
    make install || return 1
    rm -rf "$out/share"
    cp "$source/COPYING.LGPLv2.1" "$out/"
}

# --- all of them -----------------------------------------------------------------------------------

sysroot_libc=/usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten/libc.a
[ -f "$sysroot_libc" ] || die "Emscripten's system libraries are missing: install the package emscripten"
mkdir -p "$cache/libs"
declare -A revision_of=() folder_of=()
while read -r name revision folder; do
    revision_of[$name]=$revision
    folder_of[$name]=$folder
done < <("$root/scripts/fetch-sources.sh")
[ ${#folder_of[@]} = 3 ] || die "no sources, no libraries"

exec 8> "$cache/libs/.lock"
flock 8
rm -rf "$cache"/libs/.*-?????? "$cache"/.prefix-?????? # what an interrupted build left
kernel_files=("$root"/wasm/simd/*.[ch] "$root/wasm/simd/kernels.list" "$here"/libvpx-*.patch)
library vpx libvpx "${kernel_files[@]}"
library vpx_threads libvpx "${kernel_files[@]}"
library opus opus
library ffmpeg ffmpeg

prefix=$cache/$(printf '%s\n' "${prefix_of[@]}" | sort | sha256sum | cut -c1-20)
if ! [ -d "$prefix" ]; then
    work=$(mktemp -d "$cache/.prefix-XXXXXX")
    ln -s "../libs/${prefix_of[vpx]}" "$work/vpx"
    ln -s "../libs/${prefix_of[vpx_threads]}" "$work/vpx-threads"
    ln -s "../libs/${prefix_of[opus]}" "$work/opus"
    ln -s "../libs/${prefix_of[ffmpeg]}" "$work/ffmpeg"
    chmod 755 "$work"
    mv "$work" "$prefix"
fi
say "ready in $SECONDS s"
echo "$prefix"
