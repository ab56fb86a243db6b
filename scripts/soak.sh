#!/bin/sh
# Loads a server on this machine with requests that its description allows and many that it does not, for SECONDS: no
# answer may be a failure of the server, and it must be alive in the end.
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
token=$(cat "$(cat "$state")/token")
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
