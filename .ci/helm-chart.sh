#!/usr/bin/env bash
# The chart renders, as it is and with everything turned on, into what Kubernetes' schemas accept.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev)
bash .ci/debian.sh "${packages[@]}"
render=$(mktemp)
trap 'rm -f "$render"' EXIT
GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$render" ./tools/deploy/render-chart
chart=deploy/helm/triptych
"$render" "$chart" | node tools/deploy/dist/check-manifests.js
"$render" "$chart" tools/deploy/render-chart/everything.yaml | node tools/deploy/dist/check-manifests.js
