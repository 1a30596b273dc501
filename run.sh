#!/bin/bash
# SPDX-License-Identifier: MIT
set -euo pipefail
. "$(dirname "$0")/scripts/steps.sh"

usage() {
    cat <<TEXT
./run.sh [--build] [--demo] [options of tabcast serve]

Installs what is missing, builds what has changed, and serves http://localhost:8080 until Ctrl-C.

  --build   only build: the binary is build/release/tabcast
  --demo    also go live with a clip on and on, so that there is a show to watch
  --help    this text; ./build/release/tabcast --help tells the other options

Logs of the long steps are in build/logs. Libraries built once are kept in
${TABCAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tabcast} (TABCAST_CACHE chooses another folder).
TEXT
}

build_only=0
demo=0
serve_args=()
for arg in "$@"; do
    case $arg in
    --build) build_only=1 ;;
    --demo) demo=1 ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) serve_args+=("$arg") ;;
    esac
done

lists=(run)
[ $demo -eq 0 ] || lists+=(demo)
"$root/scripts/packages.sh" "${lists[@]}"
"$root/scripts/build.sh"
binary=$root/build/release/tabcast

if [ $build_only -eq 1 ]; then
    say "built: $binary"
    exit 0
fi

if [ $demo -eq 1 ] && ! npm_is_installed "$root/demo"; then
    step demo "the demo's WebSocket client" npm_install "$root/demo"
fi

announce() {
    local url=${1/0.0.0.0/localhost}
    url=${url/127.0.0.1/localhost}
    say ""
    say "  Tabcast is on. Open ${url%/}"
    say "    go live    ${url%/}/studio"
    [ $demo -eq 0 ] || say "    watch      ${url%/} shows the demo in a moment"
    say "    stop       Ctrl-C; shows end and their recordings are finished first"
    say ""
}

# The relay's output passes through here, so that its ready line can be answered; its signals and its exit status
# are this script's.
relay=
creator=
stop() {
    trap '' TERM INT HUP
    [ -z "$creator" ] || kill -TERM "$creator" 2> /dev/null || true
    # The demo says goodbye through the relay, so it goes first.
    [ -z "$creator" ] || wait "$creator" 2> /dev/null || true
    [ -z "$relay" ] || kill -TERM "$relay" 2> /dev/null || true
}
trap stop TERM INT HUP

output=$(mktemp -u)
mkfifo "$output"
# In sessions of their own, so that Ctrl-C reaches them once, through stop().
setsid "$binary" serve "${serve_args[@]}" > "$output" 2>&1 &
relay=$!
exec 3< "$output"
rm -f "$output"

while true; do
    IFS= read -r -u 3 line || {
        # Above 128 a signal woke the read; the relay may still have something to say.
        [ $? -gt 128 ] && continue
        break
    }
    printf '%s\n' "$line"
    if [[ $line =~ listening\ on\ (https?://[^[:space:]]+) ]]; then
        url=${BASH_REMATCH[1]}
        announce "$url"
        if [ $demo -eq 1 ] && [ -z "$creator" ]; then
            setsid node "$root/demo/creator.mjs" --url "$url" 3<&- &
            creator=$!
        fi
    fi
done
exec 3<&-
status=0
wait "$relay" || status=$?
[ -z "$creator" ] || kill -TERM "$creator" 2> /dev/null || true
exit "$status"
