#!/usr/bin/env bash
# Makes from proto/ the messages of the clients in other languages, which are committed: generate-clients.sh [--check] [python] [go].
# With --check: fails where they are out of date; comments may lag behind, as they are no part of what is sent. Made by Debian 12's protoc (3.21), whose code every later release of the runtimes takes.
set -euo pipefail
cd "$(dirname "$0")/../.."
check=
[ "${1-}" != --check ] || { check=1; shift; }
languages=${*:-python go}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
case "$languages" in *python*)
  protoc -I proto --python_out="$made" --pyi_out="$made" proto/triptych/v1/*.proto
  target=clients/python/src/triptych/v1
  if [ -n "$check" ]; then
    diff -r --exclude=__pycache__ "$target" "$made/triptych/v1" || { echo "$target is out of date: bash tools/setup/generate-clients.sh python"; exit 1; }
  else
    rm -rf "$target"
    cp -r "$made/triptych/v1" "$target"
  fi
esac
case "$languages" in *go*)
  module=triptych.example/client
  mapping=
  for proto in proto/triptych/v1/*.proto; do mapping+="M${proto#proto/}=$module/triptychv1,"; done
  mkdir "$made/go"
  protoc -I proto --go_out="${mapping}module=$module:$made/go" --go-grpc_out="${mapping}module=$module:$made/go" proto/triptych/v1/*.proto
  target=clients/go/triptychv1
  if [ -n "$check" ]; then
    cp -r "$target" "$made/kept"
    sed -Ei 's!\s*//.*$!!; /^\s*$/d' "$made"/kept/*.go "$made"/go/triptychv1/*.go
    diff -r "$made/kept" "$made/go/triptychv1" || { echo "$target is out of date: bash tools/setup/generate-clients.sh go"; exit 1; }
  else
    rm -rf "$target"
    cp -r "$made/go/triptychv1" "$target"
  fi
esac
