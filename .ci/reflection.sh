#!/usr/bin/env bash
# Reflection describes all that it lists, to clients that are not ours: buf's, which calls a service that it knows from reflection alone, and
# Python's, which has its descriptor pool build every message.
set -euo pipefail
cd "$(dirname "$0")/.."
python=/usr/bin/python3
"$python" -c 'import grpc, google.protobuf, pip' 2>/dev/null || {
  apt-get update -qq
  apt-get install -y -qq python3-grpcio python3-protobuf python3-pip >/dev/null
}
. .ci/serve.sh
buf() { node_modules/.bin/buf curl --connect-timeout 10 --timeout 60s --protocol grpc --http2-prior-knowledge "$@"; }
buf --list-methods "http://$address" >"$work/methods"
buf "http://$address/grpc.health.v1.Health/Check" | grep -q '"SERVING"'
buf --data '{"texts": ["a sailboat"]}' "http://$address/triptych.v1.TextEncoder/Encode" | grep -q '"values"'
inference=inference.GRPCInferenceService
buf --data "{\"service\": \"$inference\"}" "http://$address/grpc.health.v1.Health/Check" | grep -q '"SERVING"'
buf "http://$address/$inference/RepositoryIndex" | grep -q '"demo-clip-image"'
# Of the same version as Debian's gRPC; nothing else is installed.
version=$("$python" -c 'import grpc; print(grpc.__version__)')
"$python" -m pip install --quiet --no-deps --target "$work/python" "grpcio-reflection==$version"
PYTHONPATH="$work/python" "$python" .ci/reflection.py "$address" "$work/methods"
