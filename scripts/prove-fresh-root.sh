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
# Only committed files are proved.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
. "$root/scripts/fresh-root.sh"

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
set_fresh_root "$base"
relay_pid=

cleanup() {
    [ -z "$relay_pid" ] || kill -TERM "$relay_pid" 2> /dev/null || true
    [ $keep -eq 1 ] || rm -rf --one-file-system "$fresh"
}
trap cleanup EXIT

make_root() {
    make_bare_root || return
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
