// npm test: every project's tests, and how far they are. Arguments are Nx's; of some projects only:
//   npm test -- --projects=@triptych/hub,@triptych/core
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { ensureReady } from './ensure-ready.mjs';

/** How often a line says that tests go on. */
const EVERY_MS = 15_000;

ensureReady();
const root = fileURLToPath(new URL('../..', import.meta.url));
const nx = fileURLToPath(new URL('../../node_modules/nx/dist/bin/nx.js', import.meta.url));
const env = { NX_DAEMON: 'false', NX_TUI: 'false', ...process.env };

const options = process.argv.slice(2);
const chosen = options.filter((option) => /^--(projects|exclude)=/.test(option));
const shown = execFileSync(
  process.execPath,
  [nx, 'show', 'projects', '--with-target', 'test', '--json', ...chosen],
  { cwd: root, env, encoding: 'utf8' },
);
const projects = JSON.parse(shown);
const started = Date.now();
const ended = new Set();
const say = () => {
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stderr.write(`npm test: ${ended.size} of ${projects.length} projects done, after ${seconds} s\n`);
};

const timer = setInterval(say, EVERY_MS);
const child = spawn(process.execPath, [nx, 'run-many', '-t', 'test', '--outputStyle=static', ...options], {
  cwd: root,
  env,
  stdio: ['inherit', 'pipe', 'inherit'],
});
let line = '';
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  const lines = (line + chunk.toString()).split('\n');
  line = lines.pop();
  for (const text of lines.map((one) => stripVTControlCharacters(one))) {
    // Nx names each project as it prints what its tests said.
    const [, project] = /^\s*(?:>|✔|✖)\s+nx run ([^:\s]+):test\b/.exec(text) ?? [];
    if (project === undefined || ended.has(project)) continue;
    ended.add(project);
    say();
  }
});
child.once('close', (code) => {
  clearInterval(timer);
  process.exitCode = code ?? 1;
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
