import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AudioWindow__Output, readEmbedding, TriptychClient } from '@triptych/client';
import { RATE } from './tiny-server.js';

const help = `Two replicas behind a real proxy, with the configuration in deploy/, and live streams through it while the replicas are
restarted one after the other: does every window of every stream arrive exactly once, the same as without restarts?

  node tools/bench/dist/rolling-restart.js [--proxy nginx|haproxy] [--streams 30] [--restarts 10] [--json]
`;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PROXY_PORT = 50_050;
const WINDOW_MS = 500;
const CHUNK_MS = 100;
const config = { format: { encoding: 1 as const, sampleRateHz: RATE }, windowMs: WINDOW_MS };

/** A replica of the demo's Whisper on ports of its own. */
class Replica {
  #child: ChildProcess | undefined;

  constructor(private readonly index: number) {}

  get address(): string {
    return `127.0.0.1:${PROXY_PORT + 1 + this.index}`;
  }

  async start(): Promise<void> {
    const metrics = `127.0.0.1:${9464 + this.index}`;
    const flags = [
      '--listen',
      this.address,
      '--metrics-listen',
      metrics,
      '--drain-ms',
      '500',
      '--log-level',
      'error',
    ];
    const args = ['apps/cli/bin/triptych.js', 'serve', '--model', 'models/demo/whisper', ...flags];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new TypeError(`a replica ended with code ${code}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

async function startProxy(name: string, folder: string): Promise<ChildProcess> {
  if (name === 'haproxy')
    return spawn('haproxy', ['-db', '-f', join(root, 'deploy/haproxy/haproxy.cfg')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const site = await readFile(join(root, 'deploy/nginx/triptych.conf'), 'utf8');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; daemon off; error_log ${folder}/error.log; events {}\nhttp { access_log off; ${paths.join(' ')}\n${site}\n}`,
  );
  return spawn('nginx', ['-p', folder, '-e', `${folder}/error.log`, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await sleep(100);
  }
  throw new TypeError(`nobody listens on port ${port}`);
}

/** Streams audio in real time until `isOver`, then ends. Its windows, and how many bytes it sent. */
async function live(client: TriptychClient, audio: Buffer, isOver: () => boolean) {
  const stream = client.resumingAudio(config);
  const bytes = (RATE * 2 * CHUNK_MS) / 1000;
  let sent = 0;
  const sending = (async () => {
    const started = performance.now();
    for (let i = 0; !isOver(); i++) {
      await sleep(Math.max(0, started + i * CHUNK_MS - performance.now()));
      const at = sent % audio.length;
      await stream.send(audio.subarray(at, at + bytes));
      sent += Math.min(bytes, audio.length - at);
    }
    stream.finish();
  })();
  const windows: AudioWindow__Output[] = [];
  for await (const { window } of stream) if (window) windows.push(window);
  await sending;
  return { windows, sent };
}

/** The windows of the same audio, sent at once to a server that stays. */
async function expected(client: TriptychClient, audio: Buffer, sent: number): Promise<AudioWindow__Output[]> {
  const stream = client.streamAudio();
  stream.configure(config);
  const sending = (async () => {
    for (let at = 0; at < sent;) {
      const piece = audio.subarray(at % audio.length, (at % audio.length) + Math.min(32_000, sent - at));
      await stream.send(piece);
      at += piece.length;
    }
    stream.finish();
  })();
  const windows: AudioWindow__Output[] = [];
  for await (const { window } of stream) if (window) windows.push(window);
  await sending;
  return windows;
}

/** Windows that are missing, come twice or in another order, or hold another vector. */
function differences(found: AudioWindow__Output[], wanted: AudioWindow__Output[]): number {
  let wrong = Math.abs(found.length - wanted.length);
  for (let i = 0; i < Math.min(found.length, wanted.length); i++) {
    const [a, b] = [found[i], wanted[i]];
    const isPlaced = a.index === b.index && a.startSample === b.startSample && a.endSample === b.endSample;
    const [x, y] = [a, b].map(({ embedding }) => (embedding ? readEmbedding(embedding).values : undefined));
    const isSame = x && y ? x.every((value, d) => Math.abs(value - y[d]) <= 1e-5) : !x && !y;
    if (!isPlaced || !isSame) wrong++;
  }
  return wrong;
}

async function main(proxyName: string, streams: number, restarts: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-proxy-'));
  const replicas = [new Replica(0), new Replica(1)];
  let proxy: ChildProcess | undefined;
  try {
    await Promise.all(replicas.map((replica) => replica.start()));
    proxy = await startProxy(proxyName, folder);
    await listening(PROXY_PORT);
    const client = new TriptychClient(`127.0.0.1:${PROXY_PORT}`);
    const names = ['pizza-a', 'volcano-b', 'sailboat-a', 'cherries-b'];
    const parts = await Promise.all(names.map((name) => readFile(join(root, `examples/speech/${name}.wav`))));
    const audio = Buffer.concat(parts.map((wav) => wav.subarray(44)));
    let isOver = false;
    const running = Array.from({ length: streams }, () => live(client, audio, () => isOver));
    // One that fails is reported below, once the others have ended too.
    for (const stream of running) stream.catch(() => undefined);
    await sleep(1000);
    for (let i = 0; i < restarts; i++) {
      process.stderr.write(`restart ${i + 1} of ${restarts} …\n`);
      const replica = replicas[i % 2];
      await replica.stop();
      await replica.start();
      await sleep(1500);
    }
    isOver = true;
    const results = await Promise.all(running);
    client.close();
    const direct = new TriptychClient(replicas[0].address);
    let [windows, wrong] = [0, 0];
    for (const result of results) {
      windows += result.windows.length;
      wrong += differences(result.windows, await expected(direct, audio, result.sent));
    }
    direct.close();
    const report = { proxy: proxyName, streams, restarts, windows, wrong };
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${Object.entries(report)
            .map(([k, v]) => `${k.padEnd(10)}${v}\n`)
            .join('')}`,
    );
    if (wrong > 0) process.exitCode = 1;
  } finally {
    proxy?.kill('SIGTERM');
    await Promise.all(replicas.map((replica) => replica.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    proxy: { type: 'string', default: 'nginx' },
    streams: { type: 'string', default: '30' },
    restarts: { type: 'string', default: '10' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(values.proxy, Number(values.streams), Number(values.restarts), values.json ?? false);
