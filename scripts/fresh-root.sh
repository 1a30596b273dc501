# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Sourced by scripts/prove-fresh-root.sh and packaging/prove-package.sh: a minimal Debian 12 root, and commands in it.
# The way to the outside is this machine's own and no part of what is proved: apt entries, keyrings, name
# resolution, proxy and certificates are handed into the root.

# Sets `base` (default: a new folder below TMPDIR) and `fresh`, the root in it.
set_fresh_root() {
    [ "$(id -u)" -eq 0 ] || die "making a root needs root"
    command -v mmdebstrap > /dev/null || die "mmdebstrap is missing"
    base=${1:-$(mktemp -d)}
    mkdir -p "$base"
    base=$(realpath "$base")
    fresh=$base/root
}

# Proxies by the names that apt, curl and npm read; npm's registry and certificates are those npm has here. The
# certificates lie under a name of their own, since the package ca-certificates writes the usual file anew.
certificates=/etc/machine-certificates.crt
passed_environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8
    "NODE_EXTRA_CA_CERTS=$certificates" "NPM_CONFIG_CAFILE=$certificates" "NPM_CONFIG_REGISTRY=$(npm config get registry)")
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY TABCAST_JOBS; do
    [ -z "${!name:-}" ] || passed_environment+=("$name=${!name}")
done

# Sets `command` so that it runs the given one in the root, in a mount and process namespace that end with it.
set_command() {
    command=(env -i "${passed_environment[@]}" unshare --mount --pid --fork --kill-child=SIGTERM sh -euc '
        root=$1; shift
        mount -t proc proc "$root/proc"
        mount -t sysfs -o ro sysfs "$root/sys"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mkdir -p "$root/srv/tabcast"
        exec chroot "$root" sh -c "cd /srv/tabcast && exec \"\$@\"" sh "$@"' sh "$fresh" "$@")
}
in_root() {
    set_command "$@"
    "${command[@]}"
}

make_bare_root() {
    local tarball=$base/debian-12-minbase.tar entries
    entries=$(mktemp)
    # This machine's entries of its own release, as one file that mmdebstrap reads.
    cat /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2> /dev/null > "$entries" || true
    [ -f "$tarball" ] || mmdebstrap --variant=minbase bookworm "$tarball" "$entries" || return
    rm -rf --one-file-system "$fresh"
    mkdir -p "$fresh"
    tar -C "$fresh" -xf "$tarball" || return
    cp -L /etc/resolv.conf /etc/hosts "$fresh/etc/"
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$fresh/etc/machine-certificates.crt"
}
