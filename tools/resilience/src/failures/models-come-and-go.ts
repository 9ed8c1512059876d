import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { type ModelName, models, ModelTraffic, type TrafficOutcome } from '../models/model-traffic.js';
import { resourcesAtRest } from '../models/resources.js';
import { ServedProcess } from '../served-process.js';
import { type Failure, problemsOf } from './failure.js';

/** Of two of the models by the server's estimate (some 29 MB for Whisper, 69 MB for CLIP), and of no three. */
const BUDGET_BYTES = 100_000_000;
const WARM_UP_LOADS = 12;
const BURST_MS = 3000;
/** Longest that a load waits for memory, and the calls that wait for it. */
const TIMEOUT_MS = 120_000;

/** Since when, and until when, a model was gone. */
interface Gone {
  readonly model: ModelName;
  readonly from: number;
  until: number;
}

/** Models are loaded and unloaded all the time, with memory for two of three, while calls and streams ask for all. */
export function modelsComeAndGo(loads: number): Failure {
  return {
    title: `${loads} loads and unloads of three models under traffic, with memory for two`,
    async run() {
      const served = Object.entries(models).flatMap(([name, path]) => [
        '--model',
        `${name}=models/demo/${path}`,
      ]);
      const control = ['--model-control', '--model-memory', String(BUDGET_BYTES), '--model-wait-ms', '60000'];
      const server = await ServedProcess.start(control, 'inherit', served);
      const client = new TriptychClient(server.address, { timeoutMs: TIMEOUT_MS });
      try {
        await changeModels(client, WARM_UP_LOADS);
        await settle(client);
        const before = await resourcesAtRest(server);
        const started = performance.now();
        const { outcomes, gone, mostBytes } = await changeModels(client, loads);
        const seconds = (performance.now() - started) / 1000;
        await settle(client);
        const after = await resourcesAtRest(server);
        const failed = outcomes.filter(({ failure }) => failure !== undefined);
        const wrong = failed.filter((outcome) => !isExpected(outcome, gone));
        for (const { model, kind, failure } of wrong.slice(0, 5))
          process.stderr.write(`${kind} of ${model}: ${failure}\n`);
        const count = (kind: string) => outcomes.filter((one) => one.kind === kind && !one.failure).length;
        return {
          facts: {
            'loads and unloads': `${loads} and ${loads} in ${seconds.toFixed(0)} s`,
            'calls and streams answered': outcomes.length - failed.length,
            'audio calls': count('audio call'),
            'image calls': count('image call'),
            'text calls': count('text call'),
            'audio streams': count('audio stream'),
            'image streams': count('image stream'),
            'failed as NOT_FOUND while their model was gone': failed.length - wrong.length,
            'failed otherwise': wrong.length,
            'most memory of models by the estimate, of the budget': mostBytes / BUDGET_BYTES,
            'RSS before, MB': before.rssMb,
            'RSS after, MB': after.rssMb,
            'RSS after ÷ before': after.rssMb / before.rssMb,
            'threads before and after': `${before.threads} and ${after.threads}`,
            'descriptors before and after': `${before.descriptors} and ${after.descriptors}`,
            'processes before and after': `${before.processes} and ${after.processes}`,
          },
          problems: problemsOf({
            'no call or stream fails but those of a model that is gone': wrong.length === 0,
            'the budget is kept': mostBytes <= BUDGET_BYTES,
            'RSS after is within 5 % of before': after.rssMb <= 1.05 * before.rssMb,
            'no thread is left': after.threads <= before.threads,
            'no descriptor is left': after.descriptors <= before.descriptors,
            'no process is left': after.processes <= before.processes,
          }),
        };
      } finally {
        client.close();
        await server.stop();
      }
    },
  };
}

/** Unloads one model after the other, and loads the one before it, under traffic. All are known again in the end. */
async function changeModels(
  client: TriptychClient,
  loads: number,
): Promise<{ outcomes: readonly TrafficOutcome[]; gone: readonly Gone[]; mostBytes: number }> {
  const names = Object.keys(models) as ModelName[];
  for (const model of names) await client.loadModel({ model });
  const traffic = new ModelTraffic(client);
  const gone: Gone[] = [];
  let mostBytes = 0;
  for (let i = 0; i < loads; i++) {
    const model = names[i % names.length];
    const absence = { model, from: performance.now(), until: Infinity };
    gone.push(absence);
    await client.unloadModel({ model });
    await sleep(20);
    await client.loadModel({ model });
    absence.until = performance.now();
    mostBytes = Math.max(mostBytes, await loadedBytes(client));
    if (i % 50 === 49) process.stderr.write(`${i + 1} loads, ${traffic.outcomes.length} calls and streams\n`);
  }
  await traffic.stop();
  return { outcomes: traffic.outcomes, gone, mostBytes };
}

async function loadedBytes(client: TriptychClient): Promise<number> {
  const READY = 1;
  const all = await client.listModels(true);
  return all.reduce((sum, { state, memoryBytes }) => sum + (state === READY ? memoryBytes : 0), 0);
}

/** The same models in memory, each of which has worked. */
async function settle(client: TriptychClient): Promise<void> {
  await client.unloadModel({ model: 'tiny', wait: true });
  const traffic = new ModelTraffic(client);
  await sleep(BURST_MS);
  await traffic.stop();
  for (const model of ['voices', 'pictures']) await client.loadModel({ model });
}

/** A call may find nothing while its model is gone. */
function isExpected({ model, failure, startedAt, endedAt }: TrafficOutcome, gone: readonly Gone[]): boolean {
  return (
    failure === 'NOT_FOUND' &&
    gone.some((one) => one.model === model && startedAt <= one.until && endedAt >= one.from)
  );
}
