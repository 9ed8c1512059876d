#!/usr/bin/env bash
# HTTP, asked by clients that we did not write: the `openai` packages for Python and Node and tritonclient get the vectors of gRPC bit for bit and what is said,
# and errors of the right classes; the commands of docs/http.md run as they are written.
set -euo pipefail
cd "$(dirname "$0")/.."
openai_python=openai==3.57.0
triton='tritonclient[http]==2.73.0'
openai_node=openai@6.30.1
clients=$(mktemp -d)
python3 -m venv --system-site-packages "$clients/venv" 2>/dev/null || {
  bash .ci/debian.sh python3-venv
  python3 -m venv "$clients/venv"
}
"$clients/venv/bin/pip" install --quiet --disable-pip-version-check "$openai_python" "$triton"
(cd "$clients" && npm install --silent --no-save --no-audit --no-fund "$openai_node")
trap 'rm -rf "$clients"' EXIT
# serve FLAG…: the demo server with HTTP, where the official clients look for it.
serve() {
  serve_flags=(--http 127.0.0.1:0 "$@")
  . .ci/serve.sh
  http=
  for _ in $(seq 50); do
    http=$(sed -n 's/^HTTP on //p' "$work/address")
    [ -z "$http" ] || break
    sleep 0.1
  done
  [ -n "$http" ] || { echo 'the demo server serves no HTTP'; exit 1; }
  export OPENAI_API_KEY=none OPENAI_BASE_URL=http://$http/v1
}

# In shells of their own, which end their server.
(
  serve
  # What gRPC answers, as the command line writes it.
  node apps/cli/bin/triptych.js encode --text 'a pizza' --text 'a sailboat' --server "$address" >"$work/grpc.jsonl"
  "$clients/venv/bin/python" .ci/http/openai-client.py "$work/grpc.jsonl"
  "$clients/venv/bin/python" .ci/http/openai-speech.py examples/speech
  cp .ci/http/openai-client.mjs "$clients/"
  node "$clients/openai-client.mjs" "$work/grpc.jsonl" examples/speech
  "$clients/venv/bin/python" .ci/http/triton_http.py "$http" "$work/grpc.jsonl"
  # The page's own commands, against the address that they name.
  node .ci/http/run-examples.mjs docs/http.md 127.0.0.1:8080 "$http"
)
(
  token=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
  printf '{"tokens": [{"name": "texts", "sha256": "%s", "methods": ["/triptych.v1.TextEncoder/*"]}]}' \
    "$(printf %s "$token" | sha256sum | cut -d' ' -f1)" >"$clients/tokens.json"
  serve --tokens "$clients/tokens.json" --max-calls 2
  TEXTS_TOKEN=$token "$clients/venv/bin/python" .ci/http/openai-refusals.py
)
