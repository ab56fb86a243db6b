#!/bin/sh
# Builds the documentation, the pages of docs/MassSpecFHE.docc and the reference of the public API, as a site of static
# pages, with the toolchain's own DocC.
set -eu

swift=$1
build=.build-docs
output=$build/site
graphs=$build/symbol-graphs
modules="Storage Ring RLWE CKKS Spectra SpectralSearch Datasets"

rm -rf "$graphs" "$output"
mkdir -p "$graphs/all" "$graphs/public"
for module in $modules; do
    "$swift" build --scratch-path "$build" --target "$module" \
        -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$PWD/$graphs/all"
done
for module in $modules; do
    cp "$graphs/all/$module".symbols.json "$graphs/public/"
done
docc=$(command -v docc || echo "$(dirname "$(readlink -f "$(command -v "$swift")")")/docc")
"$docc" convert docs/MassSpecFHE.docc --additional-symbol-graph-dir "$graphs/public" --output-path "$output" \
    --fallback-display-name MassSpecFHE --fallback-bundle-identifier org.massspecfhe \
    --transform-for-static-hosting
echo "the documentation is in $output; python3 -m http.server -d $output shows it: /documentation/massspecfhe" >&2
