#!/usr/bin/env bash
# A page in headless Chromium with the packed client's entry for browsers, bundled: it calls a server of another origin over Connect, and plays a
# recording through an AudioWorklet into a WebSocket, which goes on when the server is killed and another one takes its place. The vectors are the
# command line's. A page of an origin that is not listed is told nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
playwright=playwright-core@1.65.1
chromium=$(command -v chromium || true)
if [ -z "$chromium" ]; then
  bash .ci/debian.sh --no-install-recommends chromium
  chromium=$(command -v chromium)
fi
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
# Of the page: the server has to know it before it starts.
export ORIGIN_PORT=$(free_port)
http=127.0.0.1:$(free_port)
serve_flags=(--http "$http" --http-origins "http://127.0.0.1:$ORIGIN_PORT")
. .ci/serve.sh
root=$PWD
archive=$(node tools/structure/pack-client.mjs "$work/pack")
mkdir "$work/project"
cp .ci/browser/* "$work/project"
cd "$work/project"
echo '{ "name": "empty", "private": true, "type": "module" }' >package.json
npm install --ignore-scripts --no-audit --no-fund --prefer-offline --silent "$archive" "$playwright"
"$root/node_modules/.bin/tsc" --noEmit --strict --target es2022 --lib es2023,dom,dom.iterable,dom.asynciterable --module nodenext \
  --moduleResolution nodenext page.ts
mkdir page
"$root/node_modules/.bin/esbuild" page.ts --bundle --minify --format=esm --outfile=page/page.js --log-level=warning
printf 'the client for browsers, bundled and minified: %s bytes, %s gzipped\n' "$(wc -c <page/page.js)" "$(gzip -c page/page.js | wc -c)"
echo '<!doctype html><title>Triptych</title><script type="module" src="page.js"></script>' >page/index.html
cp "$root/examples/images/pizza.png" "$root/examples/speech/pizza-a.wav" page/
node drive.mjs page "http://$http" "$restart" "$chromium" >"$work/page.jsonl"
cd "$root"
triptych() { node apps/cli/bin/triptych.js "$@" --server "$address"; }
{
  triptych encode --text "a sailboat"
  triptych encode examples/images/pizza.png
  triptych encode examples/speech/pizza-a.wav --window-ms 500
} >"$work/cli.jsonl"
/usr/bin/env node .ci/clients/compare.mjs "$work/page.jsonl" "$work/cli.jsonl" exact
