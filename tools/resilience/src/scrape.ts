import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TriptychClient } from '@triptych/client';
import { problemsOf } from './failures/failure.js';
import { live } from './live-stream.js';
import { callOnce } from './load.js';
import { PrometheusProcess } from './prometheus-process.js';
import { printFacts } from './report.js';
import { root, ServedProcess } from './served-process.js';
import { oneClip, speech } from './speech.js';

const help = `A real Prometheus scrapes a real server: does it count what the client did, does it take every rule, and does every query of
the Grafana dashboard find something?

  node tools/resilience/dist/scrape.js [--calls 20] [--json]
`;

const METRICS = '127.0.0.1:9474';
const PROMETHEUS_PORT = 9475;
/** Scraped each second: by then it has seen all. */
const SEEN_MS = 4000;
/** Nothing is dropped where nothing goes wrong. */
const MAY_BE_EMPTY = /triptych_items_dropped_total/;

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '20' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.calls), values.json ?? false);

async function main(calls: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-prometheus-'));
  const server = await ServedProcess.start(['--metrics-listen', METRICS]);
  let prometheus: PrometheusProcess | undefined;
  try {
    prometheus = await PrometheusProcess.start(folder, PROMETHEUS_PORT, METRICS);
    await sleep(SEEN_MS);
    const { windows, failed } = await use(server.address, calls);
    await sleep(SEEN_MS);
    const count = async (expression: string) => (await prometheus!.query(expression))[0]?.value ?? 0;
    const encode = 'triptych_calls_total{method="/triptych.v1.AudioEncoder/Encode"';
    const found = {
      'calls answered': await count(`${encode},code="OK"}`),
      'calls refused': await count(`${encode},code="NOT_FOUND"}`),
      'items encoded': await count('sum(triptych_batch_items_sum)'),
      'windows with a lag': await count('triptych_window_lag_seconds_count'),
    };
    const rules = await prometheus.rules();
    const empty = await emptyPanels(prometheus);
    printFacts(
      { ...found, 'alert rules': rules.length, 'panels without data': empty.join(', ') || 'none' },
      json,
    );
    const problems = problemsOf({
      'it counts the calls that the client made': found['calls answered'] === calls,
      'it counts those that were refused': found['calls refused'] === failed,
      'it counts the clips and windows': found['items encoded'] === calls + windows,
      'it counts the windows': found['windows with a lag'] === windows,
      'every rule is evaluated': rules.length > 0 && rules.every(({ health }) => health === 'ok'),
      'no alert fires': rules.every(({ state }) => state === 'inactive'),
      'every panel finds something': empty.length === 0,
    });
    for (const problem of problems) process.stderr.write(`NOT SO: ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await prometheus?.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls, some that are refused, and a live stream. */
async function use(address: string, calls: number): Promise<{ windows: number; failed: number }> {
  const client = new TriptychClient(address);
  for (let i = 0; i < calls; i++) await callOnce(client, oneClip());
  for (let i = 0; i < 3; i++) await callOnce(client, { ...oneClip(), model: 'nobody' });
  const end = performance.now() + 2000;
  const { windows } = await live(client, speech(), () => performance.now() >= end);
  client.close();
  return { windows: windows.filter(({ embedding }) => embedding).length, failed: 3 };
}

/** Panels of the dashboard with a query that finds nothing. Throws where one is wrong. */
async function emptyPanels(prometheus: PrometheusProcess): Promise<string[]> {
  const text = await readFile(join(root, 'deploy/grafana/triptych.json'), 'utf8');
  const empty: string[] = [];
  for (const { title, targets = [] } of (JSON.parse(text) as Dashboard).panels)
    for (const { expr } of targets) {
      const filled = expr.replaceAll('$__rate_interval', '30s').replace(/"\$(job|instance)"/g, '".*"');
      const found = await prometheus.query(filled);
      if (found.length === 0 && !MAY_BE_EMPTY.test(expr)) empty.push(title);
    }
  return empty;
}
