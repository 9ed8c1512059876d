#!/usr/bin/env bash
# Arrow Flight by a client that is not ours: pyarrow's from PyPI; DuckDB and pandas read what it gets. A sample of the texts and images; the whole:
# flight-client.sh 100000 2000.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
"$python" -c 'import ensurepip' 2>/dev/null || { apt-get update -qq; apt-get install -y -qq python3-venv >/dev/null; python=/usr/bin/python3; }
# A batch of 40 MB is one message.
serve_flags=(--max-message-bytes 67108864)
. .ci/serve.sh
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check 'pyarrow==26.0.1' 'duckdb==2.0.1' 'pandas==3.1.1' 'numpy<3'
cp -r clients/python "$work/package"
"$work/venv/bin/pip" install -q --disable-pip-version-check "$work/package[flight]"
"$work/venv/bin/python" .ci/flight/pyarrow_client.py "$address" examples/images "$(cat "$work/pid")" "$@"
