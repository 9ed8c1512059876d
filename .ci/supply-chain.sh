#!/usr/bin/env bash
# What is shipped: its licences, its bill of materials, and what is known to be wrong with it.
set -euo pipefail
cd "$(dirname "$0")/.."
node tools/setup/licences.mjs --check
# The bill of materials by a second method: npm's own list of what the command needs, by its name for each.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm run -s sbom >"$work/bill.json"
node -e '
  const bill = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  if (bill.bomFormat !== "CycloneDX") process.exit(1);
  for (const component of [bill.metadata.component, ...bill.components]) console.log(component["bom-ref"]);
' "$work/bill.json" | sort -u >"$work/bill"
# PATH:NAME@VERSION, and for a workspace its path a second time; the root is not part of what is shipped.
npm ls --all --package-lock-only --omit=dev --workspace apps/cli --parseable --long | cut -d: -f2 |
  grep -v '^triptych-monorepo@' | sort -u >"$work/npm"
diff "$work/bill" "$work/npm"
echo "bill of materials: $(wc -l <"$work/bill") components, the same by the lockfile and by npm"
# A mirror of the registry may not know of advisories: that is no finding.
if ! findings=$(npm audit --omit dev --audit-level=high 2>&1); then
  grep -q 'audit endpoint returned an error' <<<"$findings" || { printf '%s\n' "$findings"; exit 1; }
  echo 'npm audit: this registry has no advisories to ask'
fi
