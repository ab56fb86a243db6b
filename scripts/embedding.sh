#!/bin/sh
# What a package fetches that embeds the engine and not the service: nothing but the packages named here.
# Usage: embedding.sh SWIFT
set -eu
swift=$1
wanted="swift-argument-parser swift-asn1 swift-crypto swift-log"

# A folder of its own name: a dependency by path is called by its last part.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$PWD" "$folder/MassSpecFHE"
mkdir -p "$folder/dependent/Sources/Dependent"
cat >"$folder/dependent/Package.swift" <<'END'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Dependent",
    dependencies: [.package(path: "../MassSpecFHE")],
    targets: [
        .executableTarget(
            name: "Dependent", dependencies: [.product(name: "SpectralSearch", package: "MassSpecFHE")])
    ])
END
echo 'import SpectralSearch' >"$folder/dependent/Sources/Dependent/main.swift"

$swift package --package-path "$folder/dependent" resolve >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
fetched=$(ls "$folder/dependent/.build/checkouts" | sort | tr '\n' ' ')
if [ "$fetched" != "$wanted " ]; then
    echo "a package that embeds the engine fetches: ${fetched}but it should fetch: $wanted" >&2
    exit 1
fi
echo "a package that embeds the engine fetches: $wanted"
