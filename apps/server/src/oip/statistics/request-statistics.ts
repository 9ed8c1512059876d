import type { EncodedItem, ItemResult } from '@triptych/engine';
import type { OipModel } from '../models/oip-model.js';

/** How many there were, and what they took together. */
export interface Duration {
  readonly count: number;
  readonly ns: number;
}

/** What became of the requests for one model. */
export interface RequestCounts {
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
  /** Items of requests that succeeded. */
  readonly items: number;
  /** Milliseconds since the epoch; 0: there was none. */
  readonly lastInference: number;
}

/** A request that is under way. One of its two endings is called. */
export interface CountedRequest {
  succeeded(results: readonly ItemResult<EncodedItem>[]): void;
  failed(): void;
}

const stages = ['success', 'fail', 'queue', 'computeInput', 'computeInfer', 'computeOutput'] as const;
type Stage = (typeof stages)[number];
type Mutable = Record<Stage, { count: number; ns: number }> & { items: number; lastInference: number };

const NS_OF_MS = 1e6;
const NS_OF_US = 1e3;

/** What requests are counted by. */
export type CountedModel = Pick<OipModel, 'name' | 'version'>;

/** Counts requests of the Open Inference Protocol by model. */
export class RequestStatistics {
  readonly #byModel = new Map<string, Mutable>();

  of(model: CountedModel): RequestCounts {
    return this.#byModel.get(keyOf(model)) ?? none();
  }

  /** Forgets models that are not among these. */
  keep(models: readonly CountedModel[]): void {
    const keys = new Set(models.map(keyOf));
    for (const key of this.#byModel.keys()) if (!keys.has(key)) this.#byModel.delete(key);
  }

  begin(model: CountedModel): CountedRequest {
    const key = keyOf(model);
    const counts = this.#byModel.get(key) ?? none();
    this.#byModel.set(key, counts);
    const started = performance.now();
    const add = (stage: Stage, ns: number) => {
      counts[stage].count++;
      counts[stage].ns += Math.round(ns);
    };
    return {
      succeeded: (results) => {
        const encoded = results.filter((result): result is EncodedItem => !('error' in result));
        // Its items are computed side by side: the request waits for the one that takes longest.
        const longest = (time: (item: EncodedItem) => number) => NS_OF_US * Math.max(0, ...encoded.map(time));
        const [queue, input, infer] = [
          longest(({ timing }) => timing.queueUs),
          longest(({ timing }) => timing.preprocessUs),
          longest(({ timing }) => timing.inferenceUs),
        ];
        const ns = NS_OF_MS * (performance.now() - started);
        add('success', ns);
        add('queue', queue);
        add('computeInput', input);
        add('computeInfer', infer);
        add('computeOutput', Math.max(0, ns - queue - input - infer));
        counts.items += encoded.length;
        counts.lastInference = Date.now();
      },
      failed: () => add('fail', NS_OF_MS * (performance.now() - started)),
    };
  }
}

function keyOf({ name, version }: CountedModel): string {
  return `${version} ${name}`;
}

function none(): Mutable {
  const durations = Object.fromEntries(stages.map((stage) => [stage, { count: 0, ns: 0 }]));
  return { ...(durations as Record<Stage, { count: number; ns: number }>), items: 0, lastInference: 0 };
}
