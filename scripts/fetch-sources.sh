#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Fetches the sources that emsdk.lock (or the lock file TABCAST_LOCK) pins and unpacks them, Debian's patches applied, into
# $CACHE/sources. Prints one line per source on stdout: NAME DEBIAN-VERSION FOLDER.
#
# It uses the machine's own Debian mirrors through a private list of source entries, and never
# touches /etc/apt or /var/lib/apt; it needs no root. The newest Debian revision of the pinned
# upstream version is taken and kept; after a week it looks for a newer one, or at once with
# --refresh. Without a network whatever was fetched before stays in use.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
lock=$root/${TABCAST_LOCK:-emsdk.lock}
cache=${TABCAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tabcast}
sources=$cache/sources
look_again_after_days=7

say() { echo "[sources] $*" >&2; }
die() {
    say "$*"
    exit 1
}

lock_rows() { awk -v kind="$1" '$1 == kind { print $2, $3, $4, $5 }' "$lock"; }
archive_sha256() { sha256sum "$1" | cut -d' ' -f1; }

# The machine's binary entries for its own release, turned into source entries. A bare machine often knows
# no security suite; mirrors keep it as a neighbour (.../debian and .../debian-security).
write_source_list() {
    local release file
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] || continue
        sed -nE "/ $release([-\/ ]|$)/ s/^deb(-src)?([[:space:]])/deb-src\2/p" "$file"
    done | sort -u > "$1/sources.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        # One stanza per record; those of other releases are left out.
        awk -v release="$release" 'BEGIN { RS = ""; ORS = "\n\n" }
            $0 ~ "Suites:[^\n]*" release { gsub(/Types:[^\n]*/, "Types: deb-src"); print }' "$file"
    done > "$1/sources.list.d/debian.sources"
    if ! grep -qs -- "$release-security" "$1/sources.list" "$1/sources.list.d/debian.sources"; then
        sed -nE "s#/debian/?[[:space:]]+$release[[:space:]]#/debian-security $release-security #p" \
            "$1/sources.list" > "$1/sources.list.d/security.list"
        sed -E "s#/debian/?\$#/debian-security#; s/^Suites:.*/Suites: $release-security/" \
            "$1/sources.list.d/debian.sources" > "$1/sources.list.d/security.sources"
    fi
    if ! [ -s "$1/sources.list" ] && ! [ -s "$1/sources.list.d/debian.sources" ]; then
        die "no apt entry for Debian's $release on this machine to fetch the sources with"
    fi
}

write_apt_config() {
    mkdir -p "$1"/{sources.list.d,lists/partial,cache/archives/partial}
    write_source_list "$1"
    cat > "$1/apt.conf" <<CONF
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "$1/sources.list.d";
Dir::State::lists "$1/lists";
Dir::Cache "$1/cache";
APT::Sandbox::User "$(id -un)";
CONF
}

# Debian version of the newest source package whose upstream version is the pinned one.
newest_revision() {
    local name=$1 version=$2 best="" candidate upstream
    while read -r candidate; do
        upstream=${candidate#*:}
        upstream=${upstream%-*}
        upstream=${upstream%%[+~]dfsg*}
        [ "$upstream" = "$version" ] || continue
        if [ -z "$best" ] || dpkg --compare-versions "$candidate" gt "$best"; then
            best=$candidate
        fi
    done < <(apt-cache showsrc --only-source "$name" 2> /dev/null | sed -n 's/^Version: //p')
    echo "$best"
}

fetch_source() {
    local name=$1 version=$2 sum=$3 file=$4 revision folder part
    revision=$(newest_revision "$name" "$version")
    if [ -z "$revision" ]; then
        say "this machine's mirrors offer no $name $version:"
        apt-cache showsrc --only-source "$name" 2> /dev/null | sed -n 's/^Version:/  offered:/p' | sort -u >&2
        return 1
    fi
    folder=$sources/$name-${revision#*:}
    if ! [ -d "$folder" ]; then
        say "$name $revision"
        part=$(mktemp -d "$sources/.part-XXXXXX")
        (cd "$part" && apt-get source -qq --only-source --download-only "$name=$revision") >&2 ||
            die "$name $revision could not be downloaded"
        if [ "$(archive_sha256 "$part/$file")" != "$sum" ]; then
            rm -rf "$part"
            die "$file does not have the SHA-256 that ${lock##*/} names"
        fi
        (cd "$part" && dpkg-source --no-check -x ./*.dsc source) > "$part/unpack.log" 2>&1 ||
            { cat "$part/unpack.log" >&2; die "$name $revision does not unpack"; }
        mv "$part/source" "$folder" && rm -rf "$part"
    fi
    echo "$name $revision $folder"
}

# The packages' source index, signed by Debian, names the archive each tool was made from.
check_tool_archive() {
    local name=$1 version=$2 sum=$3 file=$4
    apt-cache showsrc --only-source "$name" 2> /dev/null | grep -qF " $sum " ||
        say "note: this machine's mirrors do not list $file of $name $version as emsdk.lock pins it"
}

check_installed_tools() {
    local emcc clang
    emcc=$(emcc --version 2> /dev/null | sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p') || true
    clang=$(clang-19 --version 2> /dev/null | sed -nE '1s/.*version ([0-9.]+).*/\1/p') || true
    while read -r name version _; do
        case $name in
        emscripten) [ "$emcc" = "$version" ] || die "emcc is ${emcc:-missing}, emsdk.lock pins $version" ;;
        llvm-toolchain-19) [ "$clang" = "$version" ] || die "clang-19 is ${clang:-missing}, emsdk.lock pins $version" ;;
        *) die "emsdk.lock names a tool nobody checks: $name" ;;
        esac
    done < <(lock_rows tool)
}

look_for_sources() {
    local apt found
    apt=$(mktemp -d "$sources/.apt-XXXXXX")
    trap 'rm -rf "'"$apt"'"' EXIT
    write_apt_config "$apt"
    export APT_CONFIG=$apt/apt.conf
    say "reading the mirrors' source index"
    apt-get update -qq >&2 || say "some mirrors did not answer"
    found=$(mktemp "$sources/.found-XXXXXX")
    while read -r name version sum file; do
        fetch_source "$name" "$version" "$sum" "$file" >> "$found" || { rm -f "$found"; return 1; }
    done < <(lock_rows source)
    while read -r name version sum file; do
        check_tool_archive "$name" "$version" "$sum" "$file"
    done < <(lock_rows tool)
    mv "$found" "$list"
}

mkdir -p "$sources"
exec 9> "$sources/.lock"
flock 9
rm -rf "$sources"/.*-?????? # what an interrupted run left
check_installed_tools
list=$sources/list-$(archive_sha256 "$lock")

list_is_whole() {
    [ -s "$list" ] || return 1
    while read -r _ _ folder; do [ -d "$folder" ] || return 1; done < "$list"
}

if ! list_is_whole; then
    (look_for_sources) || die "the sources could not be fetched"
elif [ "${1:-}" = --refresh ] || [ -n "$(find "$list" -mtime +$look_again_after_days)" ]; then
    (look_for_sources) || say "keeping the sources fetched before"
fi
cat "$list"
