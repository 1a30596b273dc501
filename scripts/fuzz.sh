#!/bin/bash
# SPDX-License-Identifier: MIT
#
# scripts/fuzz.sh SECONDS [NAME...]   fuzzes each target (tests/fuzz/fuzz_NAME.c) so long, one after another
#
# New inputs go to build/fuzz-corpus/NAME; a finding is kept in build/fuzz-findings and ends the run with status 1. To
# keep what was learnt: `build/fuzz/tests/fuzz_NAME -merge=1 tests/fuzz/corpus/NAME build/fuzz-corpus/NAME`.
set -euo pipefail
. "$(dirname "$0")/steps.sh"
cd "$root"

seconds=${1:?how many seconds per target?}
shift
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for source in tests/fuzz/fuzz_*.c; do
        source=${source##*/fuzz_}
        names+=("${source%.c}")
    done
fi

build_targets() { cmake --preset fuzz && cmake --build --preset fuzz; }
step fuzz-build "fuzz targets" build_targets
mkdir -p build/fuzz-findings
for name in "${names[@]}"; do
    mkdir -p "build/fuzz-corpus/$name"
    step "fuzz-$name" "fuzzing $name for $seconds s" "build/fuzz/tests/fuzz_$name" -max_total_time="$seconds" \
        -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -artifact_prefix="build/fuzz-findings/$name-" \
        "build/fuzz-corpus/$name" "tests/fuzz/corpus/$name"
    printf '%s: ' "$name"
    awk '/stat::number_of_executed_units/ { n = $2 } /stat::average_exec_per_sec/ { r = $2 } / cov: / { c = $4 }
        END { print n " executions, " r "/s, " c " edges" }' "build/logs/fuzz-$name.log"
done
