import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// Probes a port as an orchestrator does, each over a connection of its own: `j-probe-process.js PORT`.

/** What probes met. */
export interface ProbeTally {
  readonly asked: number;
  /** With 200, within a second. */
  readonly answered: number;
  readonly slowestMs: number;
}

const PROBES = 100;
const PAUSE_MS = 50;

const port = Number(process.argv[2]);

function probe(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path, agent: false, timeout: 1000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false));
  });
}

let [answered, slowestMs] = [0, 0];
for (let i = 0; i < PROBES; i++) {
  const started = performance.now();
  const isRight = await probe(i % 2 ? '/livez' : '/readyz');
  const tookMs = performance.now() - started;
  slowestMs = Math.max(slowestMs, Math.round(tookMs));
  if (isRight && tookMs < 1000) answered++;
  await sleep(PAUSE_MS);
}
process.send?.({ asked: PROBES, answered, slowestMs } satisfies ProbeTally, () => process.exit());
