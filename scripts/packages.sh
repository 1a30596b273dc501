#!/bin/bash
# SPDX-License-Identifier: MIT
#
# scripts/packages.sh LIST...   LIST is run, demo or test
#
# Installs the Debian packages of these lists that the machine lacks, and nothing else; without anything to do it
# is silent and takes no time. Needs root or sudo only when something is missing. Uses the machine's own
# apt entries; where those do not offer a package (a bare root often lacks the updates and security
# suites), it reads these suites of the same mirrors for this one installation, from a private list.
set -euo pipefail
. "$(dirname "$0")/steps.sh"

# To build and to serve.
run_packages=(
    ca-certificates gcc libc6-dev make cmake ninja-build pkg-config patch # the build itself
    dpkg-dev xz-utils bzip2                                              # apt-get source
    emscripten clang-19 llvm-19 lld-19                                   # WebAssembly
    libwebsockets-dev libwebsockets-evlib-ev libev-dev
    libjansson-dev libsodium-dev liburing-dev libsqlite3-dev liboath-dev libcjose-dev libcurl4-openssl-dev libssl-dev
)
# The headless creator's clip.
demo_packages=(ffmpeg)
# Native codecs, sanitizers, browsers with a screen and a sound device of their own, checkers, clips.
test_packages=(
    clang-14 libclang-rt-14-dev llvm-14 clang-format-14 libcmocka-dev
    libvpx-dev libopus-dev libavformat-dev libavcodec-dev libavutil-dev
    chromium firefox-esr webkit2gtk-driver xvfb pulseaudio
    ffmpeg mediaconch mkvtoolnix espeak-ng imagemagick curl jq git
)
# For tests of mail. Packages of mail servers exclude each other: one that the machine has already stays.
[ -e /usr/sbin/sendmail ] || test_packages+=(exim4-daemon-light)
# node and npm come from Debian unless the machine has its own, which then stay as they are.
node_major_min=18

have_node() {
    command -v npm > /dev/null && command -v node > /dev/null &&
        [ "$(node -p 'parseInt(process.versions.node)')" -ge $node_major_min ]
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }
has_candidate() { apt-cache "${apt_options[@]}" policy "$1" | grep -q '^  Candidate: [^(]'; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_options=(-o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
install_missing() {
    local package lacking=()
    as_root apt-get "${apt_options[@]}" update || echo "some mirrors did not answer; trying with what is known"
    for package in "${missing[@]}"; do
        has_candidate "$package" || lacking+=("$package")
    done
    if [ ${#lacking[@]} -gt 0 ]; then
        echo "not offered by this machine's entries: ${lacking[*]}; adding the updates and security suites"
        add_private_suites
    fi
    as_root apt-get "${apt_options[@]}" install -y --no-install-recommends "${missing[@]}"
}

# The archives this machine takes its release from, one URI a line, from both forms of apt entries.
archive_uris() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] || continue
        sed -nE "s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+$1[[:space:]].*/\2/p" "$file"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        awk -v release="$1" 'BEGIN { RS = "" } $0 ~ "Suites:[^\n]*" release "([ \n]|$)" {
            for (i = 1; i <= NF; i++) if ($i == "URIs:") print $(i + 1) }' "$file"
    done
}

# The release, its updates and its security suite from the archives this machine knows; mirrors keep the
# last as a neighbour of the first (.../debian and .../debian-security). List and index are private, so that
# the machine's own are neither changed nor contradicted.
add_private_suites() {
    local release uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    private=$(mktemp -d)
    trap 'as_root rm -rf "$private"' EXIT
    mkdir -p "$private/sources.list.d" "$private/lists/partial"
    chmod -R a+rX "$private"
    archive_uris "$release" | sort -u | while read -r uri; do
        uri=${uri%/}
        case $uri in *-security) continue ;; esac
        echo "deb [signed-by=$keyring] $uri $release main"
        echo "deb [signed-by=$keyring] $uri $release-updates main"
        echo "deb [signed-by=$keyring] $uri-security $release-security main"
    done > "$private/sources.list.d/tabcast.list"
    apt_options+=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$private/sources.list.d"
        -o "Dir::State::lists=$private/lists")
    as_root apt-get "${apt_options[@]}" update || echo "some mirrors did not answer; trying with what is known"
}

wanted=()
for list in "$@"; do
    case $list in
    run) wanted+=("${run_packages[@]}") ;;
    demo) wanted+=("${demo_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    *) die "packages.sh knows the lists run, demo and test, not '$list'" ;;
    esac
done

command -v apt-get > /dev/null || die "this is not Debian; install what scripts/packages.sh lists by hand"
missing=()
have_node || wanted+=(nodejs npm)
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
    is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] && ! command -v sudo > /dev/null; then
    die "these packages are missing and need root or sudo: ${missing[*]}"
fi
# The password is asked for here, where it can be seen; the step's output goes to its log.
[ "$(id -u)" -eq 0 ] || sudo -v
export DEBIAN_FRONTEND=noninteractive
step packages "installing ${#missing[@]} Debian packages: ${missing[*]}" install_missing
have_node || die "Node $node_major_min or newer is needed; this machine has $(node --version 2> /dev/null || echo none)"
