# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by run.sh, test.sh and the scripts beside this one: how a long step shows itself. Each step says
# what it does, keeps its log in build/logs, shows that it lives (elapsed time and its newest line),
# says how long it took, and shows the end of its log when it fails.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
heartbeat_s=20

say() { printf '%s\n' "$*" >&2; }
die() {
    say "tabcast: $*"
    exit 1
}

# 75 -> "1 min 15 s"
elapsed_text() {
    if [ "$1" -ge 60 ]; then
        printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
    else
        printf '%d s' "$1"
    fi
}

# The newest line of a log that says something, short enough for one line of a terminal. A carriage return is a
# progress bar's way of starting anew.
newest_line() {
    tail -c 2000 "$1" 2> /dev/null | tr '\r' '\n' | grep -av '^[[:space:]]*$' | tail -n 1 | cut -c 1-90
}

announce_step() {
    : > "$2.told"
    say "==> $1"
}

# Shows progress of a running step: on a terminal one line rewritten each second, else a line now and then.
show_progress() {
    local log=$2 start=$3 seconds=0
    [ -e "$log.told" ] || announce_step "$1" "$log"
    while sleep 1 && kill -0 $$ 2> /dev/null; do
        seconds=$((SECONDS - start))
        if [ -t 2 ]; then
            printf '\r\033[K    %s  %s' "$(elapsed_text $seconds)" "$(newest_line "$log")" >&2
        elif [ $((seconds % heartbeat_s)) -eq 0 ] && [ $seconds -gt 0 ]; then
            printf '    %s  %s\n' "$(elapsed_text $seconds)" "$(newest_line "$log")" >&2
        fi
    done
}

# What of a failed step's log is shown; a caller may name another function in `step_excerpt`.
last_lines() { tail -n 40 "$1"; }

# step NAME "What it does" COMMAND...: runs the command with its output in build/logs/NAME.log. The command's status is
# the step's. `step_seconds` is how long it took. With `step_patience_s` set, a step that is over sooner stays silent.
step() {
    local name=$1 what=$2 log start watcher status=0
    shift 2
    mkdir -p "$logs"
    log=$logs/$name.log
    start=$SECONDS
    rm -f "$log.told"
    [ "${step_patience_s:-0}" -gt 0 ] || announce_step "$what" "$log"
    # Without the build's lock (7), which its last sleep would hold for a moment longer.
    { sleep "${step_patience_s:-0}" && show_progress "$what" "$log" "$start"; } 7>&- &
    watcher=$!
    "$@" > "$log" 2>&1 < /dev/null || status=$?
    kill "$watcher" 2> /dev/null
    wait "$watcher" 2> /dev/null || true
    [ -t 2 ] && printf '\r\033[K' >&2
    step_seconds=$((SECONDS - start))
    if [ "$status" -eq 0 ]; then
        [ ! -e "$log.told" ] || say "    done in $(elapsed_text $step_seconds)"
    else
        [ -e "$log.told" ] || announce_step "$what" "$log"
        say "    FAILED after $(elapsed_text $step_seconds); the end of $(realpath --relative-to="$PWD" "$log"):"
        "${step_excerpt:-last_lines}" "$log" | sed 's/^/    | /' >&2
    fi
    rm -f "$log.told"
    return "$status"
}

# npm keeps no note of which lock file it installed, so we do. Install scripts stay off: nothing we use needs them.
npm_is_installed() {
    [ "$(cat "$1/node_modules/.tabcast-lock" 2> /dev/null)" = "$(sha256sum < "$1/package-lock.json")" ]
}
npm_install() {
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund && sha256sum < package-lock.json > node_modules/.tabcast-lock)
}
