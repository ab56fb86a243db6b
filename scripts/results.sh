#!/usr/bin/env bash
# The way from a simulated LC-MS/MS run to its results, which are then read by other people's software.
# Usage: results.sh PROGRAM ENVIRONMENT
set -euo pipefail

msfhe=$1
environment=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
    -r Checks/results/requirements.txt

"$msfhe" demo --keep "$folder/walk" > "$folder/demo.txt"
cp "$folder/walk/run.mzML" "$folder/run.mzML"
"$msfhe" keygen --out "$folder/key"
"$msfhe" encrypt "$folder/run.mzML" --key "$folder/key" --card "$folder/walk/library/card.json" --out "$folder/run.msq"
"$msfhe" search --library "$folder/walk/library" --queries "$folder/run.msq" --out "$folder/run.mss"
for format in tsv json mztab; do
    "$msfhe" identify "$folder/run.mss" --key "$folder/key" --run "$folder/run.local" \
        --entries "$folder/walk/library/entries.tsv" --top 3 --collection PXD000561 \
        --features "$folder/features.tsv" --out "$folder/hits.$format"
done
"$environment/bin/python" Checks/results/check.py "$folder" docs/hits.schema.json
