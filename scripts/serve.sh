#!/bin/sh
# Serves a fresh data folder with a demonstration library on this machine, and says how to use it.
set -eu
msfhe=$(realpath "$1")
folder=$(mktemp -d)
server=
# The server gets the signals that this script gets, and the folder is there until it has stopped.
stop() {
    trap - EXIT INT TERM
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || true
    rm -rf "$folder"
}
trap stop EXIT INT TERM

export MSFHE_SERVE_FOLDER=$folder/data MSFHE_SERVE_LISTEN=127.0.0.1:${PORT:-8420}
"$msfhe" demo --keep "$folder/demo" --json /dev/null >/dev/null 2>&1
"$msfhe" library build "$folder/demo/library.mgf" --layout both --out "$folder/library" >/dev/null
"$msfhe" host init 2>/dev/null
token=$("$msfhe" host add-account demo 2>/dev/null)
"$msfhe" host add-library "$folder/library" --name peptides --owner demo --shared >/dev/null 2>&1
printf '%s\n' "$token" >"$folder/token"
key=$("$msfhe" host audit-key 2>/dev/null)
printf '%s\n' "$key" >"$folder/key"

cat <<END
A server of simulated peptide spectra listens at http://$MSFHE_SERVE_LISTEN until you press Ctrl-C. In another terminal:

  export MSFHE_HOME=$folder/home
  $msfhe login --server http://$MSFHE_SERVE_LISTEN --token-file $folder/token
  $msfhe submit $folder/demo/queries.mgf --library peptides --wait --out hits.tsv

What was done is in a log. A copy of it, and its verification, which needs nothing but the copy and the public key:

  $msfhe audit copy $folder/data/audit --key $key --out log
  $msfhe audit verify log --key $key

END
# Whoever only wants the server running, such as another script, finds the folder here.
[ -z "${SERVE_STATE:-}" ] || printf '%s\n' "$folder" >"$SERVE_STATE"
"$msfhe" serve &
server=$!
wait "$server"
