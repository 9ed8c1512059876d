#!/usr/bin/env bash
# debian.sh [--no-install-recommends] PACKAGE…: installs those that are not there. One at a time, as apt has it: steps run beside each other.
set -euo pipefail
exec 9>"${TMPDIR:-/tmp}/triptych-apt.lock"
flock 9
options=()
while [[ ${1-} == --* ]]; do
  options+=("$1")
  shift
done
! dpkg -s "$@" >/dev/null 2>&1 || exit 0
# Some packages start a server of their own, which nobody asked for.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq "${options[@]}" "$@" >/dev/null
