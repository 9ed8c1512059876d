#!/usr/bin/env bash
# Live streams survive a rolling restart of two replicas behind a real nginx and a real HAProxy; Prometheus takes its files.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v nginx >/dev/null && command -v haproxy >/dev/null && command -v promtool >/dev/null || {
  # The package starts a server of its own, which nobody asked for.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  apt-get update -qq
  apt-get install -y -qq nginx-light haproxy prometheus >/dev/null
  rm -f /usr/sbin/policy-rc.d
}
promtool check rules deploy/prometheus/alerts.yaml >/dev/null
promtool check config deploy/prometheus/prometheus.yaml >/dev/null
node tools/resilience/dist/scrape.js
for proxy in nginx haproxy; do
  node tools/resilience/dist/rolling-restart.js --proxy "$proxy" --streams 8 --restarts 4 --json 2>/dev/null
done
