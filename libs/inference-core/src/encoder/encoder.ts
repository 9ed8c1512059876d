import type { EmbeddingBytes, Isolation, Logger, WeightSet } from '@triptych/core';
import type { GraphOptions, OnnxGraph } from '../onnx/graph-builder.js';
import { BatchQueue, type Queued, type QueueObserver, type SubmitOptions } from '../queue/batch-queue.js';
import { InferenceWorker } from '../session/inference-worker.js';
import type { TransformerBlocks } from '../transformer/block.js';
import type { RunRequest, SessionSettings } from '../session/protocol.js';

/** How an encoder is run, whatever it encodes. */
export interface EncoderOptions extends SessionSettings {
  readonly name: string;
  /** Called for every new inference worker, the first and each restarted one. */
  readonly weights: () => Promise<WeightSet>;
  /** Where its session runs. Default: a thread. */
  readonly isolation?: Isolation | undefined;
  /** Bounds of what waits. */
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  readonly observer?: QueueObserver | undefined;
  readonly logger?: Logger;
}

/** What makes an encoder of a graph: how items share batches, and how a batch becomes the graph's inputs. */
export interface EncoderParts<Item> {
  readonly graph: (options?: GraphOptions) => OnnxGraph;
  /** The transformer in it. */
  readonly blocks: TransformerBlocks;
  /** Items may share a batch only where their keys are equal. */
  readonly key: (item: Item) => string;
  readonly maxBatch: (item: Item) => number;
  readonly bytes: (item: Item) => number;
  /** One row for each item, in order. */
  readonly request: (items: readonly Item[]) => RunRequest;
  /** Encoded once before the encoder counts as ready. */
  readonly warmUp: Item;
}

export interface Encoded {
  readonly embedding: EmbeddingBytes;
  /** Of the batch that the item was computed in. */
  readonly inferenceUs: number;
}

/** Batches handed to the worker at a time: two keep it busy while the first one's results are sent. */
const IN_FLIGHT = 2;

/** An encoder that is being served: a queue, and an inference worker behind it. */
export class Encoder<Item> {
  readonly #queue: BatchQueue<Item, Encoded>;

  private constructor(
    readonly worker: InferenceWorker,
    parts: EncoderParts<Item>,
    options: EncoderOptions,
  ) {
    const run = async (items: readonly Item[]) => {
      const { embeddings, inferenceUs } = await worker.run(parts.request(items));
      return embeddings.map((embedding) => ({ embedding, inferenceUs }));
    };
    const { queue, observer } = options;
    this.#queue = new BatchQueue({ ...queue, ...parts, inFlight: IN_FLIGHT, run, observer });
  }

  /** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
  static async start<Item>(parts: EncoderParts<Item>, options: EncoderOptions): Promise<Encoder<Item>> {
    const { graph, request, warmUp } = parts;
    const worker = await InferenceWorker.start({
      ...options,
      graph: () => graph(),
      warmUp: request([warmUp]),
    });
    return new Encoder(worker, parts, options);
  }

  /** Rejects with OVERLOADED, CANCELLED, NOT_READY or WORKER_LOST. */
  encode(item: Item, options?: SubmitOptions): Promise<Queued<Encoded>> {
    return this.#queue.submit(item, options);
  }

  /** What waits. */
  get depth(): { readonly items: number; readonly bytes: number } {
    return this.#queue.depth;
  }

  close(): Promise<void> {
    return this.worker.close();
  }
}

/** Items of one batch, one after the other. An item that fills its buffer alone is handed on as it is. */
export function joined<T extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  items: readonly T[],
): ArrayBuffer {
  const [first] = items;
  if (items.length === 1 && first.byteLength === first.buffer.byteLength) return first.buffer;
  const all = new Uint8Array(items.reduce((sum, item) => sum + item.byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of items) {
    all.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return all.buffer;
}
