#!/usr/bin/env bash
# A Python client generated from proto/ gets the same vectors as the command line.
set -euo pipefail
cd "$(dirname "$0")/.."
python=/usr/bin/python3
command -v grpc_python_plugin >/dev/null && "$python" -c 'import grpc, google.protobuf' 2>/dev/null || {
  apt-get update -qq
  apt-get install -y -qq python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc >/dev/null
}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
protoc -I proto --python_out="$work" --grpc_out="$work" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" \
  triptych/v1/common.proto triptych/v1/audio.proto
node apps/cli/bin/triptych.js serve --listen 127.0.0.1:0 --log-level warn >"$work/address" &
server=$!
for _ in $(seq 100); do [ -s "$work/address" ] && break; sleep 0.1; done
address=$(sed -n 's/^listening on //p' "$work/address")
for sample in pizza-a sunflower-b; do
  PYTHONPATH=$work "$python" examples/python/stream_audio.py "$address" "examples/speech/$sample.wav" 500 >"$work/python.jsonl"
  node apps/cli/bin/triptych.js encode "examples/speech/$sample.wav" --server "$address" --window-ms 500 >"$work/cli.jsonl"
  "$python" examples/python/check.py "$work/python.jsonl" "$work/cli.jsonl"
done
