import { setTimeout as sleep } from 'node:timers/promises';
import { ModelState, TriptychClient } from '@triptych/client';
import { type ModelName, models, ModelTraffic, type TrafficOutcome } from '../models/model-traffic.js';
import { resourcesAtRest } from '../models/resources.js';
import { ServedProcess } from '../served-process.js';
import { type Failure, problemsOf } from './failure.js';

/** Of two of the models by the server's estimate (some 52 MB for Whisper, 75 MB for CLIP), and of no three. */
const BUDGET_BYTES = 160_000_000;
/** What allocators keep grows for some 20 to 30 loads of each model, and then no more: so many are no measure of what is left. */
const WARM_UP_LOADS = 24;
const PART_OF_WARM_UP = 0.25;
const LEAST_LOADS_FOR_RSS = 100;
const BURST_MS = 3000;
/** Longest that a load waits for memory, and the calls that wait for it. */
const TIMEOUT_MS = 120_000;

/** Since when, and until when, a model was gone. */
interface Gone {
  readonly model: ModelName;
  readonly from: number;
  until: number;
}

/**
 * Models are unloaded and loaded all the time, with memory for two of three, while calls and streams ask for all: those load what had to go.
 * `loads`: how often the server is to load a model, whoever asks.
 */
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
        await changeModels(client, Math.max(WARM_UP_LOADS, PART_OF_WARM_UP * loads));
        await settle(client);
        const before = await resourcesAtRest(server);
        const started = performance.now();
        const { outcomes, gone, mostBytes, loaded } = await changeModels(client, loads);
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
            'loads, each after an unload': `${loaded} in ${seconds.toFixed(0)} s`,
            'of them by Models.Unload and Load': gone.length,
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
            'RSS after is within 5 % of before':
              loads < LEAST_LOADS_FOR_RSS || after.rssMb <= 1.05 * before.rssMb,
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

interface Changes {
  readonly outcomes: readonly TrafficOutcome[];
  readonly gone: readonly Gone[];
  readonly mostBytes: number;
  readonly loaded: number;
}

/** Unloads and loads one model after the other under traffic, until the server has loaded models so often. */
async function changeModels(client: TriptychClient, loads: number): Promise<Changes> {
  const names = Object.keys(models) as ModelName[];
  for (const model of names) await client.loadModel({ model });
  const traffic = new ModelTraffic(client);
  const gone: Gone[] = [];
  let mostBytes = 0;
  const before = (await stateOf(client)).loads;
  let loaded = 0;
  for (let i = 0; loaded < loads; i++) {
    const model = names[i % names.length];
    const absence = { model, from: performance.now(), until: Infinity };
    gone.push(absence);
    await client.unloadModel({ model });
    await sleep(20);
    await client.loadModel({ model });
    absence.until = performance.now();
    const state = await stateOf(client);
    mostBytes = Math.max(mostBytes, state.bytes);
    loaded = state.loads - before;
    if (i % 20 === 19)
      process.stderr.write(`${loaded} loads, ${traffic.outcomes.length} calls and streams\n`);
  }
  await traffic.stop();
  return { outcomes: traffic.outcomes, gone, mostBytes, loaded };
}

/** Bytes of the models in memory, and how often models were loaded. */
async function stateOf(client: TriptychClient): Promise<{ bytes: number; loads: number }> {
  const all = await client.listModels(true);
  const sum = (of: (model: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    bytes: sum(({ state, memoryBytes }) => (state === ModelState.MODEL_STATE_READY ? memoryBytes : 0)),
    loads: sum(({ loads }) => loads),
  };
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
