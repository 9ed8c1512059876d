// Installs and builds what a clone is missing, and nothing twice. Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = join(root, 'node_modules', '.package-lock.json');
/** Written after each build: a compiler leaves files alone that come out the same. */
const built = join(root, 'node_modules', '.triptych-built');

/** Leaves the clone installed and built, one process at a time. Ends the process with the failing step's code. */
export function ensureReady() {
  if (isInstalled() && isBuilt()) return;
  alone(join(root, '.triptych-setup'), () => {
    if (!isInstalled())
      run('installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (!isBuilt()) build();
  });
}

function isInstalled() {
  return existsSync(installed) && modified(installed) >= modified(join(root, 'package-lock.json'));
}

function isBuilt() {
  return existsSync(built) && modified(built) >= newestSource();
}

/** Builds every project; what is up to date is left as it is. */
function build() {
  run('building', process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '--build',
    'tsconfig.json',
  ]);
  writeFileSync(built, '');
}

function newestSource() {
  const projects = ['libs', 'apps', 'tools'].flatMap((area) =>
    readdirSync(join(root, area)).map((name) => join(root, area, name, 'src')),
  );
  return Math.max(...projects.filter((path) => existsSync(path)).map(newestBelow));
}

function newestBelow(directory) {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return Math.max(
    0,
    ...entries.filter((e) => e.isFile()).map((e) => modified(join(e.parentPath ?? e.path, e.name))),
  );
}

function modified(path) {
  return statSync(path).mtimeMs;
}

function run(what, command, args) {
  process.stderr.write(`triptych: ${what} …\n`);
  // Standard output belongs to the command that follows.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`triptych: ${what} failed${error ? `: ${error.message}` : ''}\n`);
  process.exit(status || 1);
}

if (process.argv[1] && basename(process.argv[1]) === 'ensure-ready.mjs') ensureReady();
