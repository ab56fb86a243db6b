#!/bin/sh
# Goes the way of the README on a server on this machine: a search, and a stranger who verifies the log of it. Then loads it
# with requests that its description allows and many that it does not, for SECONDS: no answer may be a failure of the server,
# and it must be alive in the end.
set -eu
msfhe=$1 seconds=$2 environment=$3
port=${PORT:-8429}

[ -x "$environment/bin/schemathesis" ] || {
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet schemathesis
}
state=$(mktemp)
MSFHE_SERVE_REQUESTS_PER_MINUTE=1000000 PORT=$port SERVE_STATE=$state "$(dirname "$0")/serve.sh" "$msfhe" >/dev/null 2>"$state.log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server || true; rm -f "$state" "$state.log"' EXIT INT TERM
for _ in $(seq 600); do
    curl --silent --fail "http://127.0.0.1:$port/v1/ready" >/dev/null && break
    sleep 0.1
done
folder=$(cat "$state")
token=$(cat "$folder/token")

export MSFHE_HOME="$folder/home"
"$msfhe" login --server "http://127.0.0.1:$port" --token-file "$folder/token"
"$msfhe" submit "$folder/demo/queries.mgf" --library peptides --wait --out "$folder/hits.tsv"
[ "$(wc -l <"$folder/hits.tsv")" -gt 400 ] || { echo "the search found next to nothing" >&2; exit 1; }
key=$(cat "$folder/key")
"$msfhe" audit copy "$folder/data/audit" --key "$key" --out "$folder/yesterday"
"$msfhe" submit "$folder/demo/queries.mgf" --library peptides --wait --out "$folder/hits.mztab"
sleep 1
"$msfhe" audit copy "$folder/data/audit" --key "$key" --out "$folder/today"
"$msfhe" audit verify "$folder/today" --key "$key" --checkpoint "$folder/yesterday/checkpoint"
# One byte of the first entries is changed: the log says in which.
entries=$(find "$folder/today/tile/entries" -type f | head -n 1)
printf X | dd of="$entries" bs=1 seek=20 conv=notrunc 2>/dev/null
if "$msfhe" audit verify "$folder/today" --key "$key" 2>"$folder/finding" || ! grep "entry 0 was altered" "$folder/finding"
then
    echo "a changed log was taken for the one that was signed" >&2
    exit 1
fi

timeout "$seconds" "$environment/bin/schemathesis" run docs/openapi.json --url "http://127.0.0.1:$port" \
    --header "Authorization: Bearer $token" --checks not_a_server_error --exclude-path '/v1/jobs/{id}/events' \
    --continue-on-failure --no-color || status=$?
case ${status:-0} in
    # The time is up: nothing was found until then.
    0 | 124) ;;
    *)
        echo "the server's log ends with:"
        tail -n 5 "$state.log"
        exit 1
        ;;
esac
curl --silent --fail "http://127.0.0.1:$port/v1/health"
echo
! grep '"level":"error"' "$state.log" || exit 1
echo "no failure of the server"
