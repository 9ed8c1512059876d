#!/usr/bin/env bash
# Clients of the Open Inference Protocol that are not ours, as they come from PyPI: Triton's, KServe's, and perf_analyzer, which drives a text and
# an image model at concurrency 1 to 8.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
"$python" -c 'import ensurepip' 2>/dev/null || { bash .ci/debian.sh python3-venv; python=/usr/bin/python3; }
serve_flags=(--model-control on)
. .ci/serve.sh
environment() { "$python" -m venv "$work/$1" && "$work/$1/bin/pip" install -q --disable-pip-version-check "${@:2}"; }
environment kserve 'kserve==0.21.0' >"$work/kserve.log" 2>&1 &
kserve=$!
environment triton 'tritonclient[grpc]==2.73.0'
node_modules/.bin/buf build proto --output "$work/proto.binpb"
export PYTHONPATH=.ci:.ci/oip
"$work/triton/bin/python" .ci/oip/descriptors.py "$work/proto.binpb"
"$work/triton/bin/python" .ci/oip/triton.py "$address" "$work/proto.binpb"

# perf_analyzer's program wants the C library of Debian 13, which is unpacked beside it where this machine's is older.
"$work/triton/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary=:all: --platform manylinux_2_38_x86_64 \
  --dest "$work/perf" 'perf-analyzer==2.60.0'
"$python" -m zipfile -e "$work"/perf/*.whl "$work/perf"
program=$work/perf/perf_analyzer/bin/perf_analyzer
chmod +x "$program"
perf=("$program")
if ! "$program" --version >/dev/null 2>&1; then
  apt="$work/apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >"$apt/sources.list"
  options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$apt" && apt-get "${options[@]}" download libc6 libstdc++6 libgcc-s1 libssl3t64 zlib1g libzstd1)
  for package in "$apt"/*.deb; do dpkg -x "$package" "$apt/root"; done
  libraries=$apt/root/usr/lib/x86_64-linux-gnu
  perf=("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$program")
fi
"$python" .ci/oip/perf_input.py "$work"
for modality in text image; do
  # Whatever the machine does meanwhile, it reports: how steady it must be is not what is asked here.
  "${perf[@]}" -m "demo-clip-$modality" -u "$address" -i grpc --input-data "$work/$modality.json" --concurrency-range 1:8 \
    --measurement-interval 400 --stability-percentage 999 --max-trials 3 >"$work/perf.log" 2>&1 || { cat "$work/perf.log"; exit 1; }
  grep -E '^Concurrency: [1-8], throughput: [0-9.]*[1-9]' "$work/perf.log" | sed "s/^/perf_analyzer, $modality: /"
  [ "$(grep -c 'Successful request count: [1-9]' "$work/perf.log")" = 8 ]
done

wait "$kserve" || { cat "$work/kserve.log"; exit 1; }
# At a server with the arguments of the ServingRuntime, as KServe fills them in for a service named demo-clip.
mapfile -t serve_flags < <(node --input-type=module -e '
  import { readFileSync } from "node:fs";
  import { parseAllDocuments } from "yaml";
  const [runtime] = parseAllDocuments(readFileSync("deploy/kserve/triptych.yaml", "utf8")).map((one) => one.toJS());
  const [{ args }] = runtime.spec.containers;
  for (const one of args.slice(1)) console.log(one.replace("{{.Name}}", "demo-clip").replace("/mnt/models", "models/demo/clip"));')
(
  python=$work/kserve/bin/python descriptors=$work/proto.binpb
  . .ci/serve.sh
  "$python" .ci/oip/kserve_client.py "$address" "$descriptors"
)
