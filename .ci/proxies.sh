#!/usr/bin/env bash
# Live streams survive a rolling restart of two replicas behind a real nginx and a real HAProxy; Prometheus takes its files.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v nginx >/dev/null && command -v haproxy >/dev/null && command -v promtool >/dev/null ||
  bash .ci/debian.sh nginx-light haproxy prometheus
promtool check rules deploy/prometheus/alerts.yaml >/dev/null
promtool check config deploy/prometheus/prometheus.yaml >/dev/null
node tools/resilience/dist/scrape.js
for proxy in nginx haproxy; do
  node tools/resilience/dist/rolling-restart.js --proxy "$proxy" --streams 8 --restarts 4 --json 2>/dev/null
done
