import { setTimeout as sleep } from 'node:timers/promises';
import { ModelState, TriptychClient } from '@triptych/client';
import { type ModelName, names, withModels } from '../models/coming-models.js';
import { ModelTraffic, type TrafficOutcome } from '../models/model-traffic.js';
import { resourcesAtRest } from '../models/resources.js';
import { ServedProcess } from '../served-process.js';
import { type Failure, type Outcome, problemsOf } from './failure.js';

/** Enough for any two of the models by the server's estimate (some 52, 67 and 43 MB), and not for all three. */
const BUDGET_BYTES = 130_000_000;
/**
 * Loads before the first measurement, at least: what allocators keep grows for some 20 to 30 loads of each model, and then no more. A
 * measurement before them would count that as left behind.
 */
const WARM_UP_LOADS = 24;
/** The same, as a part of the loads that are measured. */
const PART_OF_WARM_UP = 0.25;
const LEAST_LOADS_FOR_RSS = 100;
/** Threads that rest collect their garbage after 15 s, and the allocator gives back what is free 25 s after the process began to rest. */
const REST_FOR_RSS_MS = 40_000;
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
 * Three models of different families are unloaded and loaded all the time, with memory for two, while calls and streams ask for all: those load
 * what had to go. `loads`: how often Models.Unload and Models.Load are called; what calls load comes on top.
 */
export function modelsComeAndGo(loads: number): Failure {
  return {
    title: `${loads} loads and unloads of three models under traffic, with memory for two`,
    run: () => withModels((directories) => comeAndGo(loads, directories)),
  };
}

async function comeAndGo(loads: number, directories: Readonly<Record<ModelName, string>>): Promise<Outcome> {
  const served = Object.entries(directories).flatMap(([name, path]) => ['--model', `${name}=${path}`]);
  const control = ['--model-control', '--model-memory', String(BUDGET_BYTES), '--model-wait-ms', '60000'];
  const server = await ServedProcess.start(control, 'inherit', served);
  const client = new TriptychClient(server.address, { timeoutMs: TIMEOUT_MS });
  try {
    const isMemoryJudged = loads >= LEAST_LOADS_FOR_RSS;
    await changeModels(
      client,
      Math.max(isMemoryJudged ? WARM_UP_LOADS : 0, Math.ceil(PART_OF_WARM_UP * loads)),
    );
    await settle(client);
    const restMs = isMemoryJudged ? REST_FOR_RSS_MS : undefined;
    const before = await resourcesAtRest(server, restMs);
    const started = performance.now();
    const { outcomes, gone, mostBytes, loaded } = await changeModels(client, loads);
    const seconds = (performance.now() - started) / 1000;
    await settle(client);
    const after = await resourcesAtRest(server, restMs);
    const failed = outcomes.filter(({ failure }) => failure !== undefined);
    const wrong = failed.filter((outcome) => !isExpected(outcome, gone));
    for (const { model, kind, failure } of wrong.slice(0, 5))
      process.stderr.write(`${kind} of ${model}: ${failure}\n`);
    const count = (kind: string) => outcomes.filter((one) => one.kind === kind && !one.failure).length;
    return {
      facts: {
        'loads after an unload, by Models.Load': `${gone.length} in ${seconds.toFixed(0)} s`,
        'further loads, by calls and streams': loaded - gone.length,
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
        'as often as was asked for a model was loaded': loaded >= loads,
        'the budget is kept': mostBytes <= BUDGET_BYTES,
        'RSS after is within 5 % of before': !isMemoryJudged || after.rssMb <= 1.05 * before.rssMb,
        'no thread is left': after.threads <= before.threads,
        'no descriptor is left': after.descriptors <= before.descriptors,
        'no process is left': after.processes <= before.processes,
      }),
    };
  } finally {
    client.close();
    await server.stop();
  }
}

interface Changes {
  readonly outcomes: readonly TrafficOutcome[];
  readonly gone: readonly Gone[];
  readonly mostBytes: number;
  /** Whoever asked. */
  readonly loaded: number;
}

/** Unloads and loads one model after the other under traffic, so many times. */
async function changeModels(client: TriptychClient, loads: number): Promise<Changes> {
  for (const model of names) await client.loadModel({ model });
  const traffic = new ModelTraffic(client);
  const gone: Gone[] = [];
  let mostBytes = 0;
  const before = (await stateOf(client)).loads;
  let loaded = 0;
  for (let i = 0; i < loads; i++) {
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
      process.stderr.write(
        `${i + 1} loads asked for, ${loaded} in all, ${traffic.outcomes.length} calls and streams\n`,
      );
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
  await client.unloadModel({ model: 'words', wait: true });
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
