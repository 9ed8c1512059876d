#!/usr/bin/env bash
# Arrow Flight by a client that is not ours: pyarrow's from PyPI; DuckDB and pandas read what it gets. A sample of the texts and images; the whole:
# flight-client.sh 100000 2000. Then over TLS and with tokens.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
"$python" -c 'import ensurepip' 2>/dev/null || { bash .ci/debian.sh python3-venv; python=/usr/bin/python3; }
. .ci/serve.sh
clients=$work
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check 'pyarrow==26.0.1' 'duckdb==2.0.1' 'pandas==3.1.1' 'numpy<3'
cp -r clients/python "$work/package"
"$work/venv/bin/pip" install -q --disable-pip-version-check "$work/package[flight]"
node_modules/.bin/buf build proto --output "$work/proto.binpb"
PYTHONPATH=.ci "$work/venv/bin/python" .ci/flight/descriptors.py "$work/proto.binpb"
"$work/venv/bin/python" .ci/flight/pyarrow_client.py "$address" examples/images "$(cat "$work/pid")" "$@"
(
  node .ci/flight/certificate.mjs "$clients"
  token() { node apps/cli/bin/triptych.js token "$@" --json; }
  token tables --methods '/arrow.flight.protocol.FlightService/*' >"$clients/tables.json"
  token texts --methods '/triptych.v1.TextEncoder/*' >"$clients/texts.json"
  field() { node -p 'const found = JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]]; found.name ? JSON.stringify(found) : found' "$@"; }
  printf '{"tokens": [%s, %s]}' "$(field "$clients/tables.json" entry)" "$(field "$clients/texts.json" entry)" >"$clients/tokens.json"
  FLIGHT_TOKEN=$(field "$clients/tables.json" token)
  OTHER_TOKEN=$(field "$clients/texts.json" token)
  export FLIGHT_TOKEN OTHER_TOKEN
  serve_flags=(--tls-cert "$clients/cert.pem" --tls-key "$clients/key.pem" --tokens "$clients/tokens.json")
  . .ci/serve.sh
  "$clients/venv/bin/python" .ci/flight/pyarrow_secure.py "$address" "$clients/cert.pem"
)
