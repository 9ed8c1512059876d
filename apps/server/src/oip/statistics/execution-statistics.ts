import type { EngineObserver } from '@triptych/engine';

/** Batches of one size, and what they took together. */
export interface ExecutedBatches {
  readonly size: number;
  readonly count: number;
  readonly ns: number;
}

/** What an encoder has computed, whatever protocol asked for it. */
export interface Executions {
  readonly items: number;
  readonly batches: number;
  /** By size, the smallest first. */
  readonly bySize: readonly ExecutedBatches[];
}

type Counts = Map<number, { count: number; ns: number }>;

const NS_OF_MS = 1e6;

/** Counts batches on their way to another observer. */
export class ExecutionStatistics {
  readonly #byEncoder = new Map<string, Counts>();

  /** The same observer, listened to. */
  observing(observer: EngineObserver): EngineObserver {
    return {
      queue: (encoder) => {
        const queue = observer.queue(encoder);
        const counts: Counts = new Map();
        this.#byEncoder.set(encoder, counts);
        return {
          started: (waitsMs) => queue.started(waitsMs),
          ended: (runMs, items) => {
            const sum = counts.get(items) ?? { count: 0, ns: 0 };
            counts.set(items, { count: sum.count + 1, ns: sum.ns + Math.round(NS_OF_MS * runMs) });
            queue.ended(runMs, items);
          },
          dropped: (reason) => queue.dropped(reason),
        };
      },
      ended: (encoder) => {
        this.#byEncoder.delete(encoder);
        observer.ended(encoder);
      },
      preprocessed: (modality, microseconds) => observer.preprocessed(modality, microseconds),
      audio: (seconds, paddingSeconds) => observer.audio(seconds, paddingSeconds),
      window: (lagMs) => observer.window(lagMs),
    };
  }

  /** Of `MODEL/MODALITY`. */
  of(encoder: string): Executions {
    const bySize = [...(this.#byEncoder.get(encoder) ?? [])]
      .map(([size, { count, ns }]) => ({ size, count, ns }))
      .sort((a, b) => a.size - b.size);
    const sum = (of: (batches: ExecutedBatches) => number) =>
      bySize.reduce((total, batches) => total + of(batches), 0);
    return { items: sum(({ size, count }) => size * count), batches: sum(({ count }) => count), bySize };
  }
}
