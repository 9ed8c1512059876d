// Runs every documented command as written, in a fresh clone under a fresh user account.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { documentedCommands } from './documented-commands.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USER = 'triptych-newcomer';
const HOME = `/home/${USER}`;
const CLONE = join(HOME, 'triptych');
/** Longest that a command may take. */
const LIMIT_MS = 900_000;

const help = `Runs every command of the README and of --help as written, in a fresh clone under a fresh user account, and prints a table: command,
seconds, result. As root, on Debian or alike; all take some ten minutes. What the examples name beside the repository's own files
(photos/, ./clip, a server on port 50051) is made or started before them. Ends with 1 where a command fails.

  node tools/setup/run-documented-commands.mjs [--only REGEXP] [--list]

  --only    the commands that match
  --list    what there is, without running it
`;

/** What is not run, by what it needs. */
const needs = [
  [/^npm test$/, 'is what CI runs first'],
  [/ --words\b/, "needs a Whisper with alignment_heads, which the demo's is not; the command's spec runs it"],
  [/\bgo run\b/, "needs Debian's Go packages; .ci/go-client.sh runs it"],
];

/** The server that a command speaks to, as its page has it started; `hub`: the model of a hub that it may be asked to load. */
const servers = [
  {
    for: /\btriptych models\b/,
    command:
      'npx triptych serve --model clip@1=models/demo/clip --model-control on --model-root model-root --hub-model "openai/*"',
    hub: '--hub openai/whisper-tiny',
  },
  { for: /:8080/, command: 'npx triptych serve --http 127.0.0.1:8080' },
  { for: /:50051/, command: 'npx triptych serve' },
];

const option = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const only = new RegExp(process.argv.includes('--only') ? option('--only') : '');

if (process.argv.includes('--help')) process.stdout.write(help);
else if (process.argv.includes('--list')) {
  for (const { from, command } of documentedCommands(root)) console.log(`${from.padEnd(10)}${command}`);
} else if (userInfo().uid !== 0) {
  console.error('run this as root: it makes a user account');
  process.exitCode = 1;
} else process.exitCode = await main();

async function main() {
  makeUser();
  let server;
  const rows = [];
  try {
    // As a reader's clone: what is committed, and nothing that lies around here.
    execFileSync('git', ['-c', 'safe.directory=*', 'clone', '-q', root, CLONE]);
    execFileSync('chown', ['-R', `${USER}:`, HOME]);
    const commands = documentedCommands(CLONE).filter(({ command }) => only.test(command));
    let isPrepared = false;
    for (const { from, command } of commands) {
      const [, reason] = needs.find(([pattern]) => pattern.test(command)) ?? [];
      const row = { from, command, seconds: 0, result: `not run: ${reason}`, output: '' };
      if (reason === undefined) {
        // The first command installs and builds the clone: that is part of it.
        if (!isPrepared && !/^npm run/.test(command)) isPrepared = await prepare();
        const isServer = /\btriptych serve\b/.test(command) && !command.includes('--print-config');
        if (isServer) server = await stop(server);
        else server = await serverFor(command, server);
        // Each example writes a directory of its own, which must not be there.
        const [, target] = /\b(?:convert|quantize|pull) \S+ (\S+)/.exec(command) ?? [];
        if (target !== undefined) rmSync(join(CLONE, target), { recursive: true, force: true });
        const { command: asRun, environment: more, hub } = await withHub(command);
        Object.assign(row, await (isServer ? startAndStop : run)(asRun, more));
        await hub?.close();
      }
      rows.push(row);
      print(row);
    }
  } finally {
    await stop(server);
    spawnSync('userdel', ['-rf', USER], { stdio: 'ignore' });
  }
  const failed = rows.filter(({ result }) => result.startsWith('FAILED')).length;
  const ran = rows.filter(({ result }) => !result.startsWith('not run')).length;
  console.log(`\n${ran - failed} of ${ran} commands ran as written, ${rows.length - ran} were not run`);
  return failed > 0 ? 1 : 0;
}

/** The server that a command needs, which may be the one that runs. */
async function serverFor(command, running) {
  const wanted = servers.find((one) => one.for.test(command));
  if (!wanted || running?.wanted === wanted) return running;
  await stop(running);
  const { hub, environment: more } = await withHub(wanted.hub ?? '');
  return { ...(await serve(wanted.command, more)), wanted, hub };
}

/** A command of a hub's model has a hub of this machine, which serves a checkpoint under that model's name. */
async function withHub(command) {
  const [, model, commit] =
    /(?:--model|--hub|pull) ([a-z][\w-]*\/[\w-]+)(?:@([0-9a-f]{40}))?/.exec(command) ?? [];
  if (model === undefined) return { command };
  const { startFakeHub } = await import('@triptych/hub/testing');
  const folder = join(CLONE, model.includes('clip') ? 'openai-clip-vit-base-patch32' : 'openai-whisper-tiny');
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]),
  );
  const hub = await startFakeHub(model, files, { commit });
  const { endpoint } = hub;
  return {
    hub,
    command: command.replace('https://hub.example.org', endpoint),
    environment: { HF_ENDPOINT: endpoint },
  };
}

function makeUser() {
  spawnSync('userdel', ['-rf', USER], { stdio: 'ignore' });
  execFileSync('useradd', ['--create-home', '--shell', '/bin/bash', USER]);
  chmodSync(HOME, 0o755);
}

/** Makes what the examples call theirs. Returns true. */
async function prepare() {
  const script = `set -e
    npm run -s build
    cp -r examples/images photos
    cp -r examples/speech recordings
    cp examples/images/volcano.png one-like-this.jpg
    cp examples/speech/pizza-a.wav speech.wav
    cp examples/speech/pizza-b.wav spoken-question.wav
    cp examples/speech/sunflower-b.wav talk.mp3
    printf 'a pizza\\na sailboat\\n' >captions.txt
    node tools/setup/make-checkpoint.mjs models/demo/clip clip-vit-base-patch32-from-the-hub
    cp -r clip-vit-base-patch32-from-the-hub openai-clip-vit-base-patch32
    cp -r clip-vit-base-patch32-from-the-hub clip-vit-base-patch32
    node tools/setup/make-checkpoint.mjs models/demo/whisper openai-whisper-tiny
    cp -r models/demo/whisper whisper-tiny
    cp -r models/demo/clip/reference reference
    cp models/demo/clip/reference.json clip-reference.json
    cp models/demo/clip/reference.json vectors.json
    cp models/demo/clip/weights.parquet weights.parquet
    mkdir -p ~/bin model-root
    cp -r models/demo/clip model-root/clip-v2
    printf '#!/bin/sh\\ntail -c +45 examples/speech/pizza-a.wav\\n' >~/bin/arecord
    chmod +x ~/bin/arecord`;
  const { result, output } = await run(script);
  if (result !== 'ok') throw new Error(`nothing to start from: ${output}`);
  return true;
}

function environment() {
  // How this machine reaches its registries is no business of the clone's.
  const passedOn = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_registry|pip_|.*_proxy$|.*_CA_.*)/i.test(name),
  );
  return {
    HOME,
    USER,
    LANG: 'C.UTF-8',
    PATH: `${HOME}/bin:${process.env.PATH}`,
    ...Object.fromEntries(passedOn),
  };
}

function asUser(command) {
  return [
    'setpriv',
    [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', 'bash', '-o', 'pipefail', '-c', command],
  ];
}

async function run(command, more) {
  const started = performance.now();
  const { child, ended, output } = start(command, more);
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const code = await ended;
  clearTimeout(timer);
  const result = code === 0 ? 'ok' : `FAILED: exit code ${code ?? child.signalCode}`;
  return { seconds: (performance.now() - started) / 1000, result, output: output() };
}

function start(command, more = {}) {
  const child = spawn(...asUser(command), {
    cwd: CLONE,
    env: { ...environment(), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  return { child, ended, output: () => output };
}

/** A server that listens. Throws where it ends instead. */
async function serve(command, more) {
  // `exec`: a signal reaches the command itself.
  const { child, ended, output } = start(`exec ${command.replace(/^((\w+=\S+ )*)npx/, 'env $1npx')}`, more);
  const limit = performance.now() + LIMIT_MS;
  while (!/^listening on /m.test(output())) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || performance.now() > limit) {
      child.kill('SIGKILL');
      throw new Error(
        `${output()}${isOver ? `ended: ${child.exitCode ?? child.signalCode}` : 'does not listen'}`,
      );
    }
    await sleep(50);
  }
  return { child, ended, output };
}

async function stop(server) {
  if (!server) return undefined;
  server.child.kill('SIGTERM');
  await server.ended;
  await server.hub?.close();
  return undefined;
}

async function startAndStop(command, more) {
  const started = performance.now();
  const took = () => (performance.now() - started) / 1000;
  try {
    const server = await serve(command, more);
    const seconds = took();
    await stop(server);
    return { seconds, result: 'ok: listens, ends with SIGTERM', output: '' };
  } catch (error) {
    return { seconds: took(), result: 'FAILED: does not listen', output: error.message };
  }
}

function print({ from, command, seconds, result, output }) {
  console.log(`| ${from} | \`${command.replaceAll('\n', '; ')}\` | ${seconds.toFixed(1)} | ${result} |`);
  if (result.startsWith('FAILED')) console.error(output.slice(-2000));
}
