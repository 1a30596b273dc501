#!/bin/bash
# SPDX-License-Identifier: MIT
set -euo pipefail
. "$(dirname "$0")/scripts/steps.sh"
cd "$root"

usage() {
    cat <<TEXT
./test.sh [--fast]

Installs what the tests need, builds what is shipped and what is tested, and runs every test: lint, C (warnings
as errors; ASan and UBSan with all fuzz corpora; TSan), the page's modules, types, and real browsers. The last
line says how many passed and failed; any failure, and any stage without a test, makes the exit status 1. A file of
browser tests that fails is run once more, and named if it passes then.

  --fast   leave the browsers out

Each stage's log is in build/logs. TABCAST_E2E_SECONDS (default 900) bounds each browser test file,
TABCAST_CONTRACT_SECONDS (default 1500) a run of all contract tests.
TEXT
}

fast=0
for arg in "$@"; do
    case $arg in
    --fast) fast=1 ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) die "test.sh does not know '$arg' (--help tells what it knows)" ;;
    esac
done

jobs=${TABCAST_JOBS:-$(nproc)}
e2e_seconds=${TABCAST_E2E_SECONDS:-900}
contract_seconds=${TABCAST_CONTRACT_SECONDS:-1500}
passed_total=0
failed_total=0
unsteady=()
rows=()

# --- counting --------------------------------------------------------------------------------------

# add_row NAME SECONDS PASSED FAILED SKIPPED
add_row() {
    passed_total=$((passed_total + $3))
    failed_total=$((failed_total + $4))
    rows+=("$(printf '%-28s %14s %8d %8d %8d' "$1" "$(elapsed_text "$2")" "$3" "$4" "$5")")
}

# The number behind "# pass" and the like, summed over a log of TAP from node --test.
tap_count() { awk -v what="$2" '$1 == "#" && $2 == what { n += $3 } END { print n + 0 }' "$1"; }

count_tap() { # LOG -> passed, failed, skipped
    passed=$(tap_count "$1" pass)
    failed=$(($(tap_count "$1" fail) + $(tap_count "$1" cancelled)))
    skipped=$(($(tap_count "$1" skipped) + $(tap_count "$1" todo)))
}
count_ctest() { # "95% tests passed, 1 tests failed out of 20"; what did not run is told as failed
    local line
    line=$(grep -aE '^[0-9]+% tests passed' "$1" | tail -n 1)
    failed=$(sed -nE 's/.* ([0-9]+) tests failed out of ([0-9]+).*/\1/p' <<< "$line")
    passed=$(sed -nE 's/.* ([0-9]+) tests failed out of ([0-9]+).*/\2/p' <<< "$line")
    failed=${failed:-0}
    passed=$((${passed:-0} - failed))
    skipped=0
}
count_one() { # one check that speaks by its status alone
    passed=1
    failed=0
    skipped=0
}

# Of TAP the failed tests, of CTest the failed tests' own output and their names; else the end.
failed_tests() {
    awk '/^ *not ok /{ show = 1 } show { print } /^ *\.\.\.$/{ show = 0 }
        / Test +#[0-9]+: .*(Failed|Timeout|Exception|Not Run)/{ block = 1 } block { print } /^ *[0-9]+\/[0-9]+ Test/{ block = block && /Failed|Timeout|Exception|Not Run/ }
        /^The following tests FAILED/{ block = 1 }' "$1" | head -n 80 | grep . || last_lines "$1"
}

# test_stage NAME COUNTER "What" COMMAND...: a step whose tests are counted. A bad status without a counted
# failure, and a stage in which nothing ran, count as one failure.
test_stage() {
    local name=$1 counter=$2 what=$3 status=0 passed=0 failed=0 skipped=0
    shift 3
    step_excerpt=failed_tests step "test-$name" "$what" "$@" || status=$?
    "$counter" "$logs/test-$name.log"
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1
        [ "$counter" != count_one ] || passed=0
    elif [ $((passed + failed)) -eq 0 ]; then
        say "    FAILED: no test ran"
        failed=1
    fi
    add_row "$name" "$step_seconds" "$passed" "$failed" "$skipped"
}

# browser_stage NAME "What" FILE: a file of browser tests. One that fails is run once more, alone: on two busy cores a
# browser now and then stands still by itself. What passes only then is counted as passed and named in the last lines; the
# first run's log stays as NAME-first.log.
browser_stage() {
    local failed_before=$failed_total passed_before=$passed_total
    test_stage "$1" count_tap "$2" run_browser_test "$3"
    [ "$failed_total" -ne "$failed_before" ] || return 0
    cp "$logs/test-$1.log" "$logs/test-$1-first.log"
    failed_total=$failed_before
    passed_total=$passed_before
    test_stage "$1" count_tap "$2, once more" run_browser_test "$3"
    [ "$failed_total" -ne "$failed_before" ] || unsteady+=("$1")
}

# build_stage NAME "What" COMMAND...: what tests need; only its failure is counted.
build_stage() {
    local name=$1 status=0 failed=0
    step "$name" "$2" "${@:3}" || status=$?
    [ "$status" -eq 0 ] || failed=1
    add_row "$name" "$step_seconds" 0 "$failed" 0
    return "$status"
}

# --- what the stages do ----------------------------------------------------------------------------

install_drivers() {
    npm_is_installed tests || npm_install tests || return 1
    # The headless creator is a publisher of many tests; its clip is made here, so that none of them waits for it.
    npm_is_installed demo || npm_install demo || return 1
    node --input-type=module -e "import { demoClip } from './demo/demo-clip.mjs'; await demoClip('build/demo', () => {});"
}

build_native() {
    cmake --preset "$1" && cmake --build --preset "$1" --parallel "$jobs"
}

run_ctest() {
    local preset=$1
    shift
    ctest --preset "$preset" --parallel "$jobs" "$@"
}

# One preset: built, then tested. Without a build there is nothing to test, which is told as its failure.
native_stage() {
    local preset=$1 what=$2
    shift 2
    if build_stage "build-$preset" "building for: $what" build_native "$preset"; then
        test_stage "$preset" count_ctest "$what" run_ctest "$preset" "$@"
    fi
}

run_node_tests() { node --test --test-reporter=tap "$@"; }
# TABCAST_BINARY: the relay that the tests start.
run_contract_tests() { TABCAST_BINARY=$1 timeout --kill-after=30 "$contract_seconds" node --test --test-reporter=tap tests/contract/*.test.mjs; }
run_browser_test() { timeout --kill-after=30 "$e2e_seconds" node --test --test-reporter=tap "$1"; }
check_types() { (cd web && node_modules/.bin/tsc -p tsconfig.json --noEmit); }

# --- the run ---------------------------------------------------------------------------------------

scripts/packages.sh run demo test
built_since=$SECONDS
built=0
scripts/build.sh || built=1
add_row build $((SECONDS - built_since)) 0 $built 0
build_stage drivers "the tests' npm packages" install_drivers || true

native_stage ci "lint, C tests, warnings as errors" -L 'unit|fuzz|lint'
native_stage asan "C tests and fuzz corpora under ASan and UBSan" -L 'unit|fuzz'
native_stage tsan "C tests under TSan" -L unit
test_stage types count_one "types of the page's modules" check_types
test_stage web count_tap "the page's modules in Node" run_node_tests tests/web/*.test.js
test_stage contract count_tap "the relay over real sockets" run_contract_tests build/release/tabcast
test_stage contract-asan count_tap "the same under ASan and UBSan" run_contract_tests build/asan/tabcast
if [ $fast -eq 0 ]; then
    for file in tests/e2e/*.test.mjs; do
        name=$(basename "$file" .test.mjs)
        browser_stage "e2e-$name" "browsers: $name" "$file"
    done
fi

say ""
say "$(printf '%-28s %14s %8s %8s %8s' stage time passed failed skipped)"
for row in "${rows[@]}"; do say "$row"; done
say "$(printf '%-28s %14s' all "$(elapsed_text $SECONDS)")"
say ""
[ ${#unsteady[@]} -eq 0 ] || say "passed only when run once more: ${unsteady[*]}"
echo "$passed_total passed, $failed_total failed"
[ "$failed_total" -eq 0 ]
