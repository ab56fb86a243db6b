#!/bin/sh
# Runs each fuzz target of PROGRAM for SECONDS, from its seeds and what earlier runs found, which FOLDER keeps. For 0
# seconds, what is there is parsed once: the same inputs every time.
set -eu
program=$1 seconds=$2 folder=$3

# Swift's own backtracer would wait for a crashed process whose signal libFuzzer has taken.
export SWIFT_BACKTRACE=enable=no
# Swift tags its references, so globals look leaked.
export ASAN_OPTIONS=detect_leaks=0

case $seconds in
    0) limit=-runs=0 ;;
    *) limit=-max_total_time=$seconds ;;
esac
mkdir -p "$folder/failures"
passed=0 failed=0
for target in $("$program" list); do
    log=$folder/$target.log
    # Beyond its time, a run has the rest of its last input and of its start.
    if "$program" seeds "$target" "$folder/$target" >"$log" 2>&1 \
        && timeout -k 5 $((seconds + 60)) "$program" run "$target" "$limit" -timeout=20 \
            -rss_limit_mb=2048 -dict="$folder/$target.dict" -artifact_prefix="$folder/failures/$target-" \
            "$folder/$target" >>"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        echo "$target: passed, $(sed -n 's/^#\([0-9]*\)[[:space:]]*DONE.*/\1/p' "$log") inputs"
    else
        failed=$((failed + 1))
        echo "$target: FAILED; $log says:"
        grep -E 'Fatal error|ERROR:|SUMMARY:|DEADLYSIGNAL' "$log" || tail -n 3 "$log"
        input=$(sed -n 's/.*Test unit written to //p' "$log")
        [ -z "$input" ] || echo "again with: $program run $target $input"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
