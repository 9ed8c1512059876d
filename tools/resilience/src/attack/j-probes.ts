import { fork } from 'node:child_process';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { freePort } from './event-loop.js';
import type { ProbeTally } from './j-probe-process.js';

const SLOW_SOCKETS = 1000;
const SCRAPES_A_SECOND = 1000;

/** Sockets that send a byte now and then, and are opened again where they are closed; and scrapes by the thousand. */
export const probes: Attack = {
  title: 'Probes beside 1000 slow sockets and 1000 scrapes a second',
  run: async (extent) => {
    const port = await freePort();
    const tallies: ProbeTally[] = [];
    let scraped = 0;
    const report = await besideAttackers({
      extent,
      flags: ['--metrics-listen', `127.0.0.1:${port}`],
      kinds: ['ping', 'pcm', 'text', 'jpeg'],
      attack: async (_server, isOver) => {
        for (let i = 0; i < SLOW_SOCKETS; i++) slowSocket(port, isOver);
        const scraping = scrape(port, isOver).then((count) => (scraped = count));
        tallies.push(await probe(port));
        await scraping;
      },
    });
    const [{ answered, asked, slowestMs }] = tallies;
    const facts = {
      'probes answered within 1 s': `${answered} of ${asked}`,
      'slowest probe, ms': slowestMs,
      'scrapes answered': scraped,
    };
    const failed = answered < asked ? [`${asked - answered} of ${asked} probes failed`] : [];
    return {
      ...report,
      facts: { ...facts, ...report.facts },
      problems: [...failed, ...report.problems],
    };
  },
};

/** From a process of its own: what floods has no time to look at answers. */
function probe(port: number): Promise<ProbeTally> {
  const child = fork(fileURLToPath(new URL('./j-probe-process.js', import.meta.url)), [String(port)]);
  return new Promise((resolve, reject) => {
    child.once('message', (tally) => resolve(tally as ProbeTally));
    child.once('exit', (code) => reject(new TypeError(`probing ended with code ${code}`)));
  });
}

function slowSocket(port: number, isOver: () => boolean): void {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET /livez HTTP/1.1\r\nx-slow: ');
  const timer = setInterval(() => socket.write('x'), 500);
  socket.once('close', () => {
    clearInterval(timer);
    if (!isOver()) setTimeout(() => slowSocket(port, isOver), 100);
  });
  const until = setInterval(() => {
    if (!isOver()) return;
    clearInterval(until);
    socket.destroy();
  }, 200);
  socket.once('close', () => clearInterval(until));
}

async function scrape(port: number, isOver: () => boolean): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  let [sent, answered, waiting] = [0, 0, 0];
  const started = performance.now();
  while (!isOver()) {
    const due = ((performance.now() - started) * SCRAPES_A_SECOND) / 1000;
    for (; sent < due && waiting < 1000; sent++) {
      waiting++;
      get({ port, host: '127.0.0.1', path: '/metrics', agent }, (response) => {
        if (response.statusCode === 200) answered++;
        response.resume();
      })
        .on('error', () => undefined)
        .once('close', () => waiting--);
    }
    await sleep(10);
  }
  agent.destroy();
  return answered;
}
