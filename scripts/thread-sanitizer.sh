#!/bin/sh
# Runs tests that were built for the thread sanitizer, by the COMMAND that follows, for ten minutes at most.
set -eu
log=$1
shift

# Reports do not end the run, so that there may be several; they make its status.
status=0
TSAN_OPTIONS=halt_on_error=0 timeout -k 5 600 "$@" >"$log" 2>&1 || status=$?
grep '^[✔✘] Test ' "$log" | grep -v -e ' Test run with ' -e ' Test case ' || true
passed=$(grep '^✔ Test ' "$log" | grep -c -v -e ' Test run with ' -e ' Test case ' || true)
failed=$(grep '^✘ Test ' "$log" | grep -c -v -e ' Test run with ' -e ' Test case ' || true)
reports=$(grep -c 'WARNING: ThreadSanitizer' "$log" || true)
failed=$((failed + reports))
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
[ "$failed" = 0 ] || { grep 'SUMMARY: ThreadSanitizer' "$log" | sort | uniq -c; echo "more is in $log"; }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
