import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { differences, expectedWindows, liveResuming } from './live-stream.js';
import { PROXY_PORT, startProxy } from './proxies/proxy.js';
import { type Facts, printFacts } from './report.js';
import { ServedProcess } from './served-process.js';
import { speech } from './speech.js';

const help = `Two replicas behind a real proxy, with the configuration in deploy/, and live streams through it while the replicas are
restarted one after the other: does every window of every stream arrive exactly once, the same as without restarts?

  node tools/resilience/dist/rolling-restart.js [--proxy nginx|haproxy] [--streams 30] [--restarts 10] [--json]
`;

/** A replica on ports of its own. */
function startReplica(index: number): Promise<ServedProcess> {
  const listen = ['--listen', `127.0.0.1:${PROXY_PORT + 1 + index}`];
  return ServedProcess.start([
    ...listen,
    '--metrics-listen',
    `127.0.0.1:${9464 + index}`,
    '--drain-ms',
    '500',
  ]);
}

async function main(proxyName: string, streams: number, restarts: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-proxy-'));
  const replicas: ServedProcess[] = [];
  let proxy: ChildProcess | undefined;
  try {
    replicas.push(...(await Promise.all([startReplica(0), startReplica(1)])));
    proxy = await startProxy(proxyName, folder);
    const client = new TriptychClient(`127.0.0.1:${PROXY_PORT}`);
    const audio = speech();
    let isOver = false;
    const running = Array.from({ length: streams }, () => liveResuming(client, audio, () => isOver));
    // One that fails is reported below, once the others have ended too.
    for (const stream of running) stream.catch(() => undefined);
    await sleep(1000);
    for (let i = 0; i < restarts; i++) {
      process.stderr.write(`restart ${i + 1} of ${restarts} …\n`);
      await replicas[i % 2].stop();
      replicas[i % 2] = await startReplica(i % 2);
      await sleep(1500);
    }
    isOver = true;
    const results = await Promise.all(running);
    client.close();
    const direct = new TriptychClient(replicas[0].address);
    let windows = 0;
    const wrong: string[] = [];
    for (const result of results) {
      windows += result.windows.length;
      wrong.push(...differences(result.windows, await expectedWindows(direct, audio, result.sent)));
    }
    direct.close();
    const facts: Facts = { proxy: proxyName, streams, restarts, windows, wrong: wrong.length };
    printFacts(wrong.length > 0 ? { ...facts, 'what is wrong': wrong.join('; ') } : facts, json);
    if (wrong.length > 0) process.exitCode = 1;
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
