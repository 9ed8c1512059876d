// Packs libraries as npm publishes them, installs each with what it depends on into an empty project outside of the repository, and
// runs the program of uses/ that uses it there. Other packages come from npm's registry or its cache.
//   node tools/structure/packages.mjs [NAME...]      default: all of libs/
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const uses = fileURLToPath(new URL('uses', import.meta.url));
const SCOPE = '@triptych/';
/** What programs of uses/ read, by what it is called there. */
const data = {
  whisper: 'models/demo/whisper',
  clip: 'models/demo/clip',
  speech: 'examples/speech',
  'pizza.png': 'examples/images/pizza.png',
};

const all = readdirSync(join(root, 'libs')).filter((name) =>
  existsSync(join(root, 'libs', name, 'package.json')),
);
const names = process.argv.slice(2);
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no library ${unknown.join(', ')}; expected some of ${all.join(', ')}\n`);
  process.exit(1);
}
const work = mkdtempSync(join(tmpdir(), 'triptych-packages-'));
try {
  const packed = new Map();
  for (const name of names.length > 0 ? names : all) check(name, packed);
} finally {
  rmSync(work, { recursive: true });
}

function check(name, packed) {
  const problems = [];
  if (!existsSync(join(uses, `${name}.mjs`))) problems.push('uses/ has no program that uses it');
  else {
    for (const library of withDependencies(name)) {
      if (!packed.has(library)) packed.set(library, pack(library));
      problems.push(...packed.get(library).problems);
    }
    if (problems.length === 0) problems.push(...use(name, packed));
  }
  process.stdout.write(`${problems.length === 0 ? 'ok' : 'FAILED'} ${name}\n`);
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** A library and those of the repository that it needs, unless it has them inside. */
function withDependencies(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  if (name === 'client') return found;
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'libs', name, 'package.json'), 'utf8'));
  for (const other of Object.keys(dependencies))
    if (other.startsWith(SCOPE)) withDependencies(other.slice(SCOPE.length), found);
  return found;
}

/** Its archive, and what it should not hold. */
function pack(name) {
  if (name === 'client') {
    const script = fileURLToPath(new URL('pack-client.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, work], { encoding: 'utf8' });
    return status === 0
      ? { archive: stdout.trim(), problems: [] }
      : { problems: [`pack of client: ${stderr}`] };
  }
  const { status, stdout, stderr } = npm(
    join(root, 'libs', name),
    'pack',
    '--json',
    '--pack-destination',
    work,
  );
  if (status !== 0) return { problems: [`npm pack of ${name}: ${stderr}`] };
  const [{ filename, files }] = JSON.parse(stdout);
  const paths = files.map(({ path }) => path);
  const unwanted = paths.filter(
    (path) => path !== 'package.json' && (!path.startsWith('dist/') || /\.spec\./.test(path)),
  );
  const problems = unwanted.map((path) => `${name} packs ${path}`);
  if (!paths.includes('dist/index.js')) problems.push(`${name} packs no dist/index.js: build it first`);
  return { archive: join(work, filename), problems };
}

/** Installs it into an empty project and runs the program that uses it. */
function use(name, packed) {
  const project = join(work, name);
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, type: 'module' }),
  );
  const archives = [...withDependencies(name)].map((library) => packed.get(library).archive);
  const installed = npm(
    project,
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    ...archives,
  );
  if (installed.status !== 0) return [`npm install: ${installed.stderr}`];
  for (const [to, from] of Object.entries(data))
    cpSync(join(root, from), join(project, 'data', to), { recursive: true });
  cpSync(join(uses, `${name}.mjs`), join(project, 'use.mjs'));
  const { status, stderr } = spawnSync(process.execPath, ['use.mjs'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 120_000,
  });
  rmSync(project, { recursive: true });
  return status === 0 ? [] : [`its use ended with ${status ?? 'no end within two minutes'}: ${stderr}`];
}

function npm(cwd, ...args) {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
