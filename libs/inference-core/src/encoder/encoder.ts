import { availableParallelism } from 'node:os';
import {
  elementCount,
  type EmbeddingBytes,
  type Isolation,
  type Logger,
  type WeightSet,
} from '@triptych/core';
import { itemsOf, onCpu } from '../device/placement.js';
import type { GraphOptions, OnnxGraph } from '../onnx/graph-builder.js';
import {
  BatchQueue,
  type Queued,
  type QueueObserver,
  type SubmitOptions,
  type Waiting,
} from '../queue/batch-queue.js';
import { InferenceWorker } from '../session/inference-worker.js';
import type { RunRequest, SessionSettings } from '../session/protocol.js';
import { Sessions } from './sessions.js';

/** How an encoder is run, whatever it encodes. */
export interface EncoderOptions extends SessionSettings {
  readonly name: string;
  /** Called for every new inference worker, the first and each restarted one. */
  readonly weights: () => Promise<WeightSet>;
  /** Narrow sessions beside the one of all threads, for encoders that have short items. */
  readonly instances: number | 'auto';
  /** Where its sessions run. Default: a thread. */
  readonly isolation?: Isolation | undefined;
  /** Bounds of what waits. */
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  /** Ends the start. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: QueueObserver | undefined;
  readonly logger?: Logger;
}

/** What makes an encoder of a graph: how items share batches, and how a batch becomes the graph's inputs. */
export interface EncoderParts<Item> {
  readonly graph: (options?: GraphOptions) => OnnxGraph;
  /** Items may share a batch only where their keys are equal. */
  readonly key: (item: Item) => string;
  readonly maxBatch: (item: Item) => number;
  readonly bytes: (item: Item) => number;
  /** Those that its graph computes for an item. */
  readonly tokens: (item: Item) => number;
  /** Whether an item is one for narrow sessions. Default: where a thread computes it in some 20 ms. */
  readonly isShort?: (item: Item) => boolean;
  /** One row for each item, in order; behind them, with its `item`, one for each whose frames are wanted beside its vector. */
  readonly request: (items: readonly Item[]) => RunRequest;
  /** Encoded once before the encoder counts as ready. */
  readonly warmUp: Item;
}

export interface Encoded {
  readonly embedding: EmbeddingBytes;
  /** All of its frames, where they are wanted too. */
  readonly frames?: EmbeddingBytes | undefined;
  /** Of the batch that the item was computed in. */
  readonly inferenceUs: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the weights of all narrow sessions may take together. */
const NARROW_BYTES = 128 * 1024 ** 2;
/** A thread computes so much in some 10 to 20 ms. */
const SHORT_RUN_FLOP = 1e9;

/** An encoder that is being served: a queue, and inference workers behind it. */
export class Encoder<Item> {
  readonly #queue: BatchQueue<Item, Encoded>;

  private constructor(
    /** The one that must be there for the encoder to be ready. */
    readonly worker: InferenceWorker,
    private readonly sessions: Sessions<Item>,
    parts: EncoderParts<Item>,
    { queue, observer, placement = onCpu }: EncoderOptions,
  ) {
    const place = (first: Item, waiting: Waiting) => {
      const found = sessions.place(first, waiting);
      if (!found) return undefined;
      const run = async (items: readonly Item[]): Promise<Encoded[]> => {
        const request = parts.request(items);
        const { embeddings, inferenceUs } = await found.run(request);
        const encoded = items.map((_, i): Writable<Encoded> => ({ embedding: embeddings[i], inferenceUs }));
        for (let row = items.length; row < embeddings.length; row++)
          encoded[request.rows[row].item ?? 0].frames = embeddings[row];
        return encoded;
      };
      return { ...found, run };
    };
    const { batchTokens } = placement;
    const maxBatch =
      batchTokens === undefined ? parts.maxBatch : (item: Item) => itemsOf(batchTokens, parts.tokens(item));
    this.#queue = new BatchQueue({ ...queue, ...parts, maxBatch, place, observer });
  }

  /** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
  static async start<Item>(parts: EncoderParts<Item>, options: EncoderOptions): Promise<Encoder<Item>> {
    const { graph, request, warmUp } = parts;
    const { device, kernels } = options.placement ?? onCpu;
    const size = graph();
    const start = (threads: number) =>
      InferenceWorker.start({
        ...options,
        threads,
        graph: () => graph({ kernels }),
        warmUp: request([warmUp]),
      });
    const worker = await start(options.threads);
    const threads = options.threads || availableParallelism();
    // A device computes the items of one batch side by side.
    const narrow = device.kind === 'cpu' ? narrowSessions(size, options.instances, threads) : 0;
    const flopOf = flopOfTokens(size);
    const itemsOfShortRun = (item: Item) => Math.floor(SHORT_RUN_FLOP / flopOf(parts.tokens(item)));
    const sessions = new Sessions(worker, {
      narrow,
      startNarrow: () => start(Math.max(1, Math.floor(threads / narrow))),
      isShort: parts.isShort ?? ((item) => itemsOfShortRun(item) > 0),
      itemsOfShortRun,
      ...(options.logger ? { logger: options.logger } : {}),
    });
    return new Encoder(worker, sessions, parts, options);
  }

  /** Rejects with OVERLOADED, CANCELLED, NOT_READY or WORKER_LOST. */
  encode(item: Item, options?: SubmitOptions): Promise<Queued<Encoded>> {
    return this.#queue.submit(item, options);
  }

  /** What waits. */
  get depth(): { readonly items: number; readonly bytes: number } {
    return this.#queue.depth;
  }

  /** Times a dead worker was replaced. */
  get restarts(): number {
    return this.sessions.restarts;
  }

  close(): Promise<void> {
    return this.sessions.close();
  }
}

/** As many as asked for; else one a thread, as far as their weights do not take too much. One alone would help nobody. */
function narrowSessions({ weights }: OnnxGraph, asked: number | 'auto', threads: number): number {
  if (asked !== 'auto') return asked;
  const parameters = parametersOf(weights, weights.keys());
  const most = Math.min(threads, Math.floor(NARROW_BYTES / (4 * parameters)));
  return most < 2 ? 0 : most;
}

/** Floating-point operations that an item of so many tokens takes, its products alone: each parameter but those of tables, twice a token. */
function flopOfTokens({ weights, fed }: OnnxGraph): (tokens: number) => number {
  const parameters = parametersOf(weights, weights.keys()) - parametersOf(weights, fed);
  return (tokens) => 2 * parameters * tokens;
}

function parametersOf(weights: OnnxGraph['weights'], names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + elementCount(weights.get(name) ?? []), 0);
}

/** The buffers of a batch's items, to be joined where they are computed. What is part of a larger buffer is copied out of it. */
export function buffersOf<T extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  items: readonly T[],
): ArrayBuffer[] {
  return items.map((item) =>
    item.byteLength === item.buffer.byteLength ? item.buffer : item.slice().buffer,
  );
}
