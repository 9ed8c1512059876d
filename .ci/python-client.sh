#!/usr/bin/env bash
# Python clients generated from proto/ get the same vectors as the command line, of speech, pictures and words.
set -euo pipefail
cd "$(dirname "$0")/.."
python=/usr/bin/python3
command -v grpc_python_plugin >/dev/null && "$python" -c 'import grpc, google.protobuf' 2>/dev/null || {
  apt-get update -qq
  apt-get install -y -qq python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc >/dev/null
}
. .ci/serve.sh
protoc -I proto --python_out="$work" --grpc_out="$work" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" \
  proto/triptych/v1/*.proto
export PYTHONPATH=$work
triptych() { node apps/cli/bin/triptych.js "$@" --server "$address"; }
for sample in pizza-a sunflower-b; do
  "$python" examples/python/stream_audio.py "$address" "examples/speech/$sample.wav" 500 >"$work/python.jsonl"
  triptych encode "examples/speech/$sample.wav" --window-ms 500 >"$work/cli.jsonl"
  "$python" examples/python/check.py "$work/python.jsonl" "$work/cli.jsonl"
done
"$python" examples/python/encode.py "$address" --text "a sailboat" examples/images/*.png >"$work/python.jsonl"
triptych encode examples/images/*.png --text "a sailboat" >"$work/cli.jsonl"
"$python" examples/python/check.py "$work/python.jsonl" "$work/cli.jsonl"
