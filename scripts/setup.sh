#!/bin/sh
# Installs the Debian packages named as arguments that are missing; says what to run when it may not.
set -eu

# Elsewhere than on Debian the libraries go by other names; what counts is that they are there.
if ! command -v dpkg-query >/dev/null; then
    pkg-config --exists gmp openblas zlib && exit 0
    echo "GMP, OpenBLAS and zlib are needed, with their headers; please install them." >&2
    exit 1
fi

missing=""
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These libraries are needed:$missing (their names on Debian); please install them." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo="sudo"
else
    echo "These packages are missing; please run:  sudo apt-get install$missing" >&2
    exit 1
fi
echo "installing$missing" >&2
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
