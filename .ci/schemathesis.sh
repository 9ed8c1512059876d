#!/usr/bin/env bash
# Requests that schemathesis makes of /openapi.json, valid and not, for every route: none is answered by a fault of the server's, answers are what
# the description says they are, what it forbids is refused. The server stays, and its memory returns.
#   bash .ci/schemathesis.sh [EXAMPLES]     for each operation; the default, 10, takes half a minute, 600 some 8 000 requests in seven minutes
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${1:-10}
python=$(command -v python3)
"$python" -c 'import ensurepip' 2>/dev/null || { bash .ci/debian.sh python3-venv; python=/usr/bin/python3; }
serve_flags=(--http 127.0.0.1:0)
. .ci/serve.sh
http=$(sed -n 's/^HTTP on //p' "$work/address")
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check schemathesis==4.32.5
resident() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$(cat "$work/pid")/status"; }
attack() {
  # A description has no words for all that is wrong with a request, such as two fields of which one is expected.
  (cd "$work" && "$work/venv/bin/schemathesis" run "http://$http/openapi.json" --phases examples,coverage,fuzzing --max-examples "$1" --seed "$2" \
    --exclude-checks positive_data_acceptance --continue-on-failure --request-timeout 30 --warnings off --no-color >"$work/schemathesis.log") ||
    { cat "$work/schemathesis.log"; exit 1; }
}
# Warm: what every run has is no growth.
attack 5 1
before=$(resident)
attack "$examples" 2
grep -E 'generated' "$work/schemathesis.log"
after=$(resident)
echo "resident memory: $before MB before, $after MB after"
[ $((after - before)) -lt 200 ]
curl -fsS "http://$http/readyz"
! grep -E '"level":(50|60)' "$work/log"
