#!/usr/bin/env bash
# WebGPU on a graphics card that is software (SwiftShader, which Debian's Chromium brings): vectors are the CPU's, and the server bears it that
# the process which computes there is killed. No machine of this step has a card; docs/gpu.md says what was seen on one.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=/usr/lib/chromium
if [ ! -e "$folder/libvk_swiftshader.so" ] || ! ldconfig -p | grep -q libvulkan.so.1; then
  bash .ci/debian.sh --no-install-recommends chromium libvulkan1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The description names its library by a relative path, and the loader looks for a runtime folder.
sed "s#\./libvk_swiftshader.so#$folder/libvk_swiftshader.so#" "$folder/vk_swiftshader_icd.json" >"$work/icd.json"

echo 'without a card'
triptych() { node apps/cli/bin/triptych.js "$@"; }
if triptych serve --device cuda --listen 127.0.0.1:0 2>"$work/refusal"; then exit 1; fi
grep -q 'device cuda: .*install' "$work/refusal"
triptych devices --json >"$work/devices.jsonl"
grep -q '"device":"cpu","isAvailable":true' "$work/devices.jsonl"

export VK_DRIVER_FILES="$work/icd.json" XDG_RUNTIME_DIR="$work"
echo 'with one that is software'
triptych devices webgpu | tee "$work/devices"
grep -q 'webgpu *available: float32' "$work/devices"
node tools/bench/dist/devices.js --devices webgpu --precisions float32 --models "${MODELS:-minilm}" \
  --batches 1 --items 1 --seconds 0.01 --check
node tools/resilience/dist/failures.js --only device --device webgpu --kills "${KILLS:-2}"
