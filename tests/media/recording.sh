#!/bin/bash
# SPDX-License-Identifier: MIT
#
# tests/media/recording.sh RECUT [CLIP]   real VP8 and Opus through the recorder, judged by tools of others
#
# Encodes a clip (its own when none is given), cuts it into wire messages, records and finalises it with RECUT
# (tests/tools/recut.c). No exit status is believed: mediaconch must print pass!, ffprobe must print nothing, packet
# hashes must be the source's, each seek must show the frame that a full decode has at that time.
set -euo pipefail
recut=${1:?which recut?}
clip=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
id=abcdefghij27
failures=0

fail() {
    printf 'not ok: %s\n' "$*"
    failures=$((failures + 1))
}
ok() { printf 'ok: %s\n' "$*"; }

# A live stream: Segment of unknown size, as a creator's tab would send it.
encode() {
    local inputs=()
    if [ -n "$clip" ]; then
        inputs=(-t 20 -i "$clip")
    else
        inputs=(-f lavfi -i "testsrc2=s=640x360:r=30:d=12" -f lavfi -i "sine=440:d=12:r=48000")
    fi
    ffmpeg -v error -nostdin "${inputs[@]}" -c:v libvpx -deadline realtime -cpu-used -8 -lag-in-frames 0 \
        -auto-alt-ref 0 -g 60 -b:v 1M -c:a libopus -b:a 64k -ac 2 -ar 48000 -f webm -live 1 - |
        cat > "$work/source.webm"
}

# packets FILE MAP   one line per packet: stream, pts, size, hash. Durations are the container's guess, and order between
# tracks is ours.
packets() {
    ffmpeg -v error -nostdin -copyts -i "$1" -map "$2" -c copy -f framehash - |
        awk -F', *' -v one="$2" '!/^#/ { print (one == 0 ? $1 : 0), $3, $5, $6 }' | sort
}

# pictures FILE [-ss TIME] -- ARGS   decoded pictures as "pts in ms, hash"
pictures() {
    local file=$1 seek=()
    shift
    while [ "$1" != -- ]; do
        seek+=("$1")
        shift
    done
    shift
    ffmpeg -v error -nostdin -copyts "${seek[@]}" -i "$file" -map 0:v "$@" -fps_mode passthrough -enc_time_base 1:1000 \
        -f framehash - | awk -F', *' '!/^#/ { print $3, $6 }'
}

check_replay() { # NAME MAP RECUT-ARGS...
    local name=$1 map=$2 replay="$work/$1/$id.webm" said
    shift 2
    mkdir "$work/$name"
    "$recut" "$work/source.webm" "$work/$name" "$id" "$@" || fail "$name: recut ended with $?"
    said=$(mediaconch -mc "$replay" 2>&1 | tr -d '\r' | grep . || true)
    if [ "$said" = "pass! $replay" ]; then ok "$name: mediaconch implementation check"; else fail "$name: mediaconch: $said"; fi
    said=$(ffprobe -v error -show_entries format=format_name -of csv=p=0 "$replay" 2>&1 > /dev/null)
    if [ -z "$said" ]; then ok "$name: ffprobe is silent"; else fail "$name: ffprobe: $said"; fi
    said=$(ffmpeg -v error -nostdin -i "$replay" -f null - 2>&1)
    if [ -z "$said" ]; then ok "$name: decodes in silence"; else fail "$name: decoding: $said"; fi
    packets "$work/source.webm" "$map" > "$work/$name.sent"
    packets "$replay" 0 > "$work/$name.kept"
    if [ -s "$work/$name.sent" ] && cmp -s "$work/$name.sent" "$work/$name.kept"; then
        ok "$name: $(wc -l < "$work/$name.sent") packets are the source's"
    else
        fail "$name: packets differ: $(diff "$work/$name.sent" "$work/$name.kept" | head -n 3)"
    fi
}

check_policy() { # NAME
    local said
    said=$(mediaconch -p "$here/webm-policy.xml" "$work/$1/$id.webm" 2>&1)
    if [ "$said" = "pass! $work/$1/$id.webm" ]; then ok "$1: mediaconch policy"; else fail "$1: policy: $said"; fi
    # The policy is able to fail: the live source has no duration.
    said=$(mediaconch -p "$here/webm-policy.xml" "$work/source.webm" 2>&1)
    case $said in
    fail!*"There is a duration"*) ok "$1: the policy refuses a live stream" ;;
    *) fail "$1: the policy says of a live stream: $said" ;;
    esac
}

check_seeks() { # NAME
    local replay="$work/$1/$id.webm" time wanted shown start seeks=0
    pictures "$replay" -- > "$work/pictures"
    # ffmpeg counts -ss from the file's start, which Opus' pre-skip puts a few milliseconds before zero.
    start=$(ffprobe -v error -show_entries format=start_time -of csv=p=0 "$replay")
    for time in 0 0.5 1.999 2 2.001 3.3 5 7.77 9.95 11; do
        wanted=$(awk -v s="$time" -v start="$start" '$1 >= (s + start) * 1000 - 0.001 { print; exit }' "$work/pictures")
        shown=$(pictures "$replay" -ss "$time" -- -frames:v 1)
        if [ -n "$wanted" ] && [ "$wanted" = "$shown" ]; then
            seeks=$((seeks + 1))
        else
            fail "$1: seek to $time shows '$shown', not '$wanted'"
        fi
    done
    ok "$1: $seeks seeks land on their frame"
}

encode
check_replay whole 0
check_policy whole
check_seeks whole
check_replay sound-only 0:a --sound-only
check_replay pictures-only 0:v --pictures-only
[ "$failures" -eq 0 ] || exit 1
