#!/bin/sh
# Runs PROGRAM under valgrind's memcheck, once for each backend whose instructions valgrind knows.
set -eu
program=$1

passed=0 failed=0
backends=$(valgrind -q "$program" backends)
for backend in $backends; do
    log=$program.$backend.log
    # Every report counts, even of a place that was reported before.
    status=0
    MSFHE_BACKEND=$backend valgrind -q --error-limit=no --log-file="$log" "$program" >"$log.cases" || status=$?
    sed '$d' "$log.cases"
    counts=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log.cases")
    if [ -z "$counts" ]; then
        echo "$backend: FAILED: the program ended early, with status $status"
        counts="0 1"
    fi
    passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
    [ "${counts#* }" = 0 ] || echo "$backend: where memcheck saw it: $log"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
