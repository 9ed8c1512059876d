#!/usr/bin/env bash
# What is shipped: its licences, its bill of materials, and what is known to be wrong with it.
set -euo pipefail
cd "$(dirname "$0")/.."
node tools/setup/licences.mjs --check
npm run -s sbom | node -e '
  const bill = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  if (bill.bomFormat !== "CycloneDX" || !bill.components.some(({ name }) => name === "onnxruntime-node")) process.exit(1);
  console.log(`bill of materials: ${bill.components.length} components`);'
# A mirror of the registry may not know of advisories: that is no finding.
if ! findings=$(npm audit --omit dev --audit-level=high 2>&1); then
  grep -q 'audit endpoint returned an error' <<<"$findings" || { printf '%s\n' "$findings"; exit 1; }
  echo 'npm audit: this registry has no advisories to ask'
fi
