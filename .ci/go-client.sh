#!/usr/bin/env bash
# A Go client generated from proto/ ranks the sample pictures as the command line does.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(golang-go golang-google-grpc-dev golang-google-protobuf-dev golang-github-golang-protobuf-1-5-dev
  protoc-gen-go-1-5 protoc-gen-go-grpc protobuf-compiler)
dpkg -s "${packages[@]}" >/dev/null 2>&1 || {
  apt-get update -qq
  apt-get install -y -qq "${packages[@]}" >/dev/null
}
. .ci/serve.sh
protos=$(cd proto && ls triptych/v1/*.proto)
mapping=$(for proto in $protos; do printf 'M%s=triptych/v1,' "$proto"; done)
mkdir -p "$work/go/src"
# shellcheck disable=SC2086
protoc -I proto --go_out="${mapping%,}:$work/go/src" --go-grpc_out="${mapping%,}:$work/go/src" $protos
GO111MODULE=off GOPATH="$work/go:/usr/share/gocode" go build -o "$work/client" ./examples/go
"$work/client" "$address" "a sailboat" examples/images/*.png >"$work/go.txt"
node apps/cli/bin/triptych.js search "a sailboat" examples/images --server "$address" --no-cache --top 12 |
  awk '{ printf "%s  %s\n", $2, $3 }' >"$work/cli.txt"
diff "$work/go.txt" "$work/cli.txt"
echo "Go: $(wc -l <"$work/go.txt") images ranked as by the command line"
