#!/usr/bin/env bash
# The TypeScript client, packed and installed into empty projects: as an ES module, as CommonJS, and in a bundle. Its types are checked in both;
# its vectors are the command line's; its stream goes on when the server is killed and another one takes its place.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/serve.sh
root=$PWD
archive=$(node tools/structure/pack-client.mjs "$work/pack")
mkdir "$work/project"
cd "$work/project"
echo '{ "name": "empty", "private": true, "type": "module" }' >package.json
npm install --ignore-scripts --no-audit --no-fund --prefer-offline --silent "$archive"
! ls node_modules/@triptych | grep -v '^client$'
run() { node "$@" "$address" "$root/examples" "$restart"; }
compile() {
  "$root/node_modules/.bin/tsc" --strict --target es2022 --module nodenext --moduleResolution nodenext --types node \
    --typeRoots "$root/node_modules/@types" "$@"
}
cp "$root/.ci/clients/use.ts" .
compile use.ts
run use.js >esm.jsonl
# For a bundler that knows no second kind of module.
"$root/node_modules/.bin/esbuild" use.ts --bundle --platform=node --outfile=bundle/use.cjs --log-level=warning
mv node_modules installed
run bundle/use.cjs >bundle.jsonl
mv installed node_modules
echo '{ "name": "empty", "private": true, "type": "commonjs" }' >package.json
compile use.ts
grep -q 'require("@triptych/client")' use.js
run use.js >cjs.jsonl
cmp esm.jsonl cjs.jsonl
cmp esm.jsonl bundle.jsonl
cd "$root"
triptych() { node apps/cli/bin/triptych.js "$@" --server "$address"; }
{
  triptych encode --text "a sailboat"
  triptych encode examples/images/pizza.png
  triptych encode examples/speech/pizza-a.wav
  triptych encode examples/speech/pizza-a.wav --window-ms 500
} >"$work/cli.jsonl"
/usr/bin/env node .ci/clients/compare.mjs "$work/project/esm.jsonl" "$work/cli.jsonl"
