#!/usr/bin/env bash
# Python clients get the same vectors as the command line, of speech, pictures and words: ones generated from proto/, and the package, installed
# into an empty environment, whose streams go on when the server is killed and another one takes its place. The package's generated code is
# what protoc makes of proto/; its types, its tests and the programs in its README hold; LangChain's and LlamaIndex's vector stores search with it.
set -euo pipefail
cd "$(dirname "$0")/.."
python=/usr/bin/python3
command -v grpc_python_plugin >/dev/null && "$python" -c 'import grpc, google.protobuf, ensurepip' 2>/dev/null || {
  bash .ci/debian.sh python3-grpcio python3-protobuf python3-venv protobuf-compiler protobuf-compiler-grpc
}
bash tools/setup/generate-clients.sh --check python
version=$(node -p 'require("./libs/protocol/package.json").version')
grep -qx "version = \"$version\"" clients/python/pyproject.toml || { echo "clients/python is not of the protocol's version, $version"; exit 1; }
. .ci/serve.sh
"$python" -m venv "$work/venv"
cp -r clients/python "$work/package"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work/package[pandas,arrow,flight,llama-index]" 'langchain-core==1.8.3' 'llama-index-core==0.14.25' mypy types-grpcio types-protobuf pytest &
installed=$!
mkdir "$work/generated"
protoc -I proto --python_out="$work/generated" --grpc_out="$work/generated" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" \
  proto/triptych/v1/*.proto
triptych() { node apps/cli/bin/triptych.js "$@" --server "$address"; }
for sample in pizza-a sunflower-b; do
  PYTHONPATH="$work/generated" "$python" examples/python/stream_audio.py "$address" "examples/speech/$sample.wav" 500 >"$work/python.jsonl"
  triptych encode "examples/speech/$sample.wav" --window-ms 500 >"$work/$sample.jsonl"
  "$python" examples/python/check.py "$work/python.jsonl" "$work/$sample.jsonl"
done
PYTHONPATH="$work/generated" "$python" examples/python/encode.py "$address" --text "a sailboat" examples/images/*.png >"$work/python.jsonl"
triptych encode examples/images/*.png --text "a sailboat" >"$work/cli.jsonl"
"$python" examples/python/check.py "$work/python.jsonl" "$work/cli.jsonl"

wait "$installed"
{
  triptych encode --text "a sailboat"
  triptych encode examples/images/pizza.png
  triptych encode examples/speech/pizza-a.wav
  cat "$work/pizza-a.jsonl"
} >"$work/once.jsonl"
(cd "$work" && venv/bin/python "$OLDPWD/.ci/clients/use.py" "$address" "$OLDPWD/examples" "$restart") >"$work/package.jsonl"
# By Client, and again by AsyncClient.
cat "$work/once.jsonl" "$work/once.jsonl" >"$work/twice.jsonl"
"$python" examples/python/check.py "$work/package.jsonl" "$work/twice.jsonl"
"$work/venv/bin/python" .ci/clients/frameworks.py "$address"
"$work/venv/bin/python" .ci/clients/run_readme.py clients/python/README.md "$address"
(cd "$work/package" && ../venv/bin/mypy && ../venv/bin/python -m pytest -q -p no:cacheprovider tests)
