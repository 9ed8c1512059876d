#!/usr/bin/env bash
# Commands of the README and of --help, as written, in a fresh clone under a fresh user account: a sample of them, as all take half an
# hour. All: node tools/setup/run-documented-commands.mjs
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/debian.sh git python3-venv
only='^npm run demo$|convert ./clip|inspect|validate models|encode (--text|talk)|pip install|search (spoken|"a sailboat" photos)|token|print-config|:8080|triptych models'
node tools/setup/run-documented-commands.mjs --only "$only"
