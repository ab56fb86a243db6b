#!/bin/sh
# Prints the line coverage of the project's own sources, from the profile that `swift test` left in a build folder.
set -eu

build=$1
profile=$(find "$build" -name default.profdata | head -n 1)
program=$(find "$build" -name '*.xctest' -type f | head -n 1)
llvm_cov=$(command -v llvm-cov || echo "$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov")
"$llvm_cov" report "$program" -instr-profile "$profile" \
    -ignore-filename-regex='\.build|/Tests/|checkouts'
