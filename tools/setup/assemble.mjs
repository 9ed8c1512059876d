// Makes the installed program of a built clone, in a folder of its own: FOLDER/apps/cli/bin/triptych.js.
//   node tools/setup/assemble.mjs FOLDER
// Its packages come from npm, by the lockfile and for this platform. Nothing that builds or tests is among them, and nothing is
// installed or compiled later.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root, shipped } from './shipped.mjs';

/** What the program reads beside its code: the demo models, and the samples of `demo` and `quantize`. */
const data = [
  'LICENSE',
  'docs/third-party.md',
  'examples/images',
  'examples/speech',
  'examples/texts.txt',
  'models/demo',
  'tools/reference/images',
];

const [folder] = process.argv.slice(2);
if (!folder || (existsSync(folder) && readdirSync(folder).length > 0)) {
  process.stderr.write(
    'node tools/setup/assemble.mjs FOLDER: expected a folder that is empty or not there yet\n',
  );
  process.exit(1);
}
const target = resolve(folder);
const { workspaces } = shipped();
const unbuilt = workspaces.filter(({ location }) => !existsSync(join(root, location, 'dist')));
if (unbuilt.length > 0) {
  const names = unbuilt.map(({ location }) => location).join(', ');
  process.stderr.write(`not built: ${names}. Build the clone first: npm run build\n`);
  process.exit(1);
}
installPackages();
for (const { location } of workspaces) copyProgram(location);
for (const path of data) copy(path);
dropOtherPlatforms();

/** npm compares the lockfile with every workspace; only what is needed stays. */
function installPackages() {
  const manifests = ['libs', 'apps', 'tools'].flatMap((area) =>
    readdirSync(join(root, area)).map((name) => `${area}/${name}/package.json`),
  );
  const forInstallation = ['package.json', 'package-lock.json', '.npmrc', ...manifests].filter((path) =>
    existsSync(join(root, path)),
  );
  for (const path of forInstallation) copy(path);
  const { status } = spawnSync('npm', ['ci', '--omit=dev', '--workspace=apps/cli'], {
    cwd: target,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status || 1);
  for (const path of forInstallation) rmSync(join(target, path));
  // npm links workspaces that are development dependencies, too.
  const links = join(target, 'node_modules', '@triptych');
  const needed = new Set(workspaces.map(({ location }) => resolve(target, location)));
  for (const name of readdirSync(links))
    if (!needed.has(realpathSync(join(links, name)))) rmSync(join(links, name));
  // What stays of a workspace are packages of its own, of other versions than those that all share.
  for (const area of ['libs', 'apps', 'tools'])
    for (const name of readdirSync(join(target, area)))
      if (!needed.has(join(target, area, name))) rmSync(join(target, area, name), { recursive: true });
}

/** A workspace as it is run: its code, without tests and what only compilers and debuggers read. */
function copyProgram(location) {
  copy(`${location}/package.json`);
  // Commands have one; libraries do not.
  if (existsSync(join(root, location, 'bin'))) copy(`${location}/bin`);
  copy(`${location}/dist`, (path) => !/\.spec\.|\/testing(\/|$)|\.d\.ts$|\.map$|\.tsbuildinfo$/.test(path));
}

/** ONNX Runtime comes with its libraries for every platform: 220 MB of 290. */
function dropOtherPlatforms() {
  const binaries = join(target, 'node_modules', 'onnxruntime-node', 'bin');
  for (const api of readdirSync(binaries)) {
    const keep = join(binaries, api, process.platform, process.arch);
    if (!existsSync(keep)) {
      process.stderr.write(`ONNX Runtime has no library for ${process.platform} on ${process.arch}\n`);
      process.exit(1);
    }
    for (const platform of readdirSync(join(binaries, api)))
      for (const architecture of readdirSync(join(binaries, api, platform)))
        if (join(binaries, api, platform, architecture) !== keep)
          rmSync(join(binaries, api, platform, architecture), { recursive: true });
  }
}

function copy(path, filter) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  cpSync(join(root, path), join(target, path), { recursive: true, filter });
}
