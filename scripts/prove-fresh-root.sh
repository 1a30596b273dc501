#!/bin/bash
# SPDX-License-Identifier: MIT
#
# scripts/prove-fresh-root.sh [--build-only] [--fast] [--keep] [FOLDER]
#
# Proves "two commands on a fresh machine" for real: makes a minimal Debian 12 root in FOLDER (default: a new one below
# TMPDIR), clones this repository into it, and in there runs ./run.sh --build twice, starts ./run.sh, asks /healthz, stops
# it, and runs ./test.sh twice, telling the minutes of each. Needs root, mmdebstrap and the network.
#
#   --build-only   no ./test.sh        --fast   ./test.sh --fast        --keep   leave the root there afterwards
#
# The way to the outside is this machine's own and no part of what is proved: apt entries, keyrings, name
# resolution, proxy and certificates are handed into the root. Only committed files are proved.
set -euo pipefail
. "$(dirname "$0")/steps.sh"

build_only=0
keep=0
test_args=()
base=
for arg in "$@"; do
    case $arg in
    --build-only) build_only=1 ;;
    --fast) test_args+=(--fast) ;;
    --keep) keep=1 ;;
    -*) die "unknown: $arg" ;;
    *) base=$arg ;;
    esac
done
[ "$(id -u)" -eq 0 ] || die "making a root needs root"
command -v mmdebstrap > /dev/null || die "mmdebstrap is missing"
base=${base:-$(mktemp -d)}
mkdir -p "$base"
base=$(realpath "$base")
fresh=$base/root
relay_pid=

cleanup() {
    [ -z "$relay_pid" ] || kill -TERM "$relay_pid" 2> /dev/null || true
    [ $keep -eq 1 ] || rm -rf --one-file-system "$fresh"
}
trap cleanup EXIT

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
        exec chroot "$root" sh -c "cd /srv/tabcast && exec \"\$@\"" sh "$@"' sh "$fresh" "$@")
}
in_root() {
    set_command "$@"
    "${command[@]}"
}

make_root() {
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
    git clone --quiet --no-hardlinks "file://$root" "$fresh/srv/tabcast"
}

# timed NAME COMMAND...: shows the command's own output and remembers how long it took.
report=()
timed() {
    local name=$1 start=$SECONDS status=0
    shift
    say "--- $name"
    in_root "$@" || status=$?
    report+=("$(printf '%-40s %s' "$name" "$(elapsed_text $((SECONDS - start)))")")
    [ $status -eq 0 ] || die "$name ended with $status; see $fresh/srv/tabcast/build/logs"
}

serve_and_ask() {
    local log=$base/serve.log url=
    set_command ./run.sh --listen 127.0.0.1:0
    "${command[@]}" > "$log" 2>&1 &
    relay_pid=$!
    for _ in $(seq 1 240); do
        url=$(sed -nE 's|.*listening on (http://[^ ]+).*|\1|p' "$log" | head -n 1)
        [ -n "$url" ] && break
        kill -0 "$relay_pid" 2> /dev/null || break
        sleep 0.25
    done
    [ -n "$url" ] || { cat "$log" >&2; die "the relay does not come up"; }
    url=${url%/}
    say "--- $url"
    # The network is shared with the root, which itself stays without curl.
    curl -fsS -w ' <- /healthz %{http_code}\n' "$url/healthz" || die "/healthz does not answer"
    curl -fsS -o /dev/null -w '%{content_type}, %{size_download} bytes <- / %{http_code}\n' "$url/" || die "no home page"
    # unshare passes no signal on: its child, which is run.sh, is asked itself.
    kill -TERM "$(pgrep -P "$relay_pid")"
    wait "$relay_pid" || die "run.sh ended with $? on SIGTERM"
    relay_pid=
    say "stopped cleanly"
}

step fresh-root "a fresh Debian 12 root in $fresh" make_root
timed "./run.sh --build, first time" ./run.sh --build
timed "./run.sh --build, second time" ./run.sh --build
serve_and_ask
if [ $build_only -eq 0 ]; then
    timed "./test.sh, first time" ./test.sh "${test_args[@]}"
    timed "./test.sh, second time" ./test.sh "${test_args[@]}"
fi
say ""
for line in "${report[@]}"; do say "$line"; done
