#!/usr/bin/env bash
# Go clients get the same vectors as the command line: one generated from proto/, which ranks the sample pictures, and the module, in an empty module,
# whose stream goes on when the server is killed and another one takes its place. The module's generated code is what protoc makes of proto/.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(golang-go golang-google-grpc-dev golang-google-protobuf-dev golang-github-golang-protobuf-1-5-dev
  protoc-gen-go-1-5 protoc-gen-go-grpc protobuf-compiler)
bash .ci/debian.sh "${packages[@]}"
bash tools/setup/generate-clients.sh --check go
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

# Modules as Debian has them: what gRPC names beside those that it is built of is there by name alone.
mkdir "$work/empty"
cp -r clients/go "$work/module"
{
  printf 'module empty\n\ngo 1.19\n\nrequire triptych.example/client v0.1.0\nreplace triptych.example/client => %s\n' "$work/module"
  for module in google.golang.org/{grpc,protobuf,genproto} github.com/golang/protobuf golang.org/x/{net,sys,text}; do
    echo "replace $module => /usr/share/gocode/src/$module"
  done
  for module in github.com/{cncf/udpa/go,envoyproxy/go-control-plane,golang/glog,google/go-cmp,google/uuid} \
    golang.org/x/{crypto,lint,mod,oauth2,sync,term,tools} honnef.co/go/tools; do
    mkdir -p "$work/named/$module"
    echo "module $module" >"$work/named/$module/go.mod"
    echo "replace $module => $work/named/$module"
  done
} >"$work/empty/go.mod"
grep '^replace' "$work/empty/go.mod" | grep -v triptych.example >>"$work/module/go.mod"
export GOPROXY=off GOFLAGS=-mod=mod
(cd "$work/module" && test -z "$(gofmt -l .)" && go vet . && go test .)
cp .ci/clients/go/main.go "$work/empty/"
(cd "$work/empty" && go build -o "$work/use" .)
"$work/use" "$address" "$PWD/examples" "$restart" >"$work/module.jsonl"
triptych() { node apps/cli/bin/triptych.js encode "$@" --server "$address"; }
{
  triptych --text "a sailboat"
  triptych examples/images/pizza.png
  triptych examples/speech/pizza-a.wav
  triptych examples/speech/pizza-a.wav --window-ms 500
} >"$work/cli.jsonl"
node .ci/clients/compare.mjs "$work/module.jsonl" "$work/cli.jsonl"
