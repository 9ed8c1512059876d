import type { DType, EmbeddingBytes, EmbeddingForm, WeightPart } from '@triptych/core';
import type { Device } from '../device/device.js';
import type { Placement } from '../device/placement.js';
import type { ElementType } from '../onnx/proto.js';

/** Settings of one ONNX Runtime session. */
export interface SessionSettings {
  /** Where the session runs. Default: on the CPU. */
  readonly placement?: Placement | undefined;
  /** Threads of one run. 0: as many as ONNX Runtime finds cores. */
  readonly threads: number;
  /**
   * Take one bit from int8 weights, as a CPU needs whose uint8 × int8 instructions saturate. Default: where a trial
   * shows that they do.
   */
  readonly reduceRange?: boolean | undefined;
}

/** Where a graph's weight lies in the parts that come with it. */
export interface ExternalWeight {
  readonly name: string;
  readonly type: DType;
  readonly shape: readonly number[];
  /** An input of every run, which stays in its buffer; others are copied by the session. */
  readonly fed: boolean;
  readonly part: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface CreateRequest extends Omit<SessionSettings, 'placement'> {
  readonly device: Device;
  readonly model: Uint8Array;
  readonly weights: readonly ExternalWeight[];
  /** undefined where a buffer went ahead in slices. */
  readonly parts: readonly (WeightPart | undefined)[];
  /** Where the files lie that the model takes weights from by itself. */
  readonly folder: string | undefined;
}

/** Some bytes of a buffer of weights, on their way to another process. */
export interface PartSlice {
  readonly part: number;
  readonly byteLength: number;
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** A graph input. */
export type FeedTensor = BufferFeed | NumbersFeed;

/** One whose buffers change threads. */
export interface BufferFeed {
  readonly type: Extract<ElementType, 'float32' | 'uint8' | 'int32' | 'int64'>;
  readonly dims: readonly number[];
  /** Or parts of it, one after the other, to be joined where they are computed. */
  readonly data: ArrayBuffer | readonly ArrayBuffer[];
}

/** One of a few numbers, in one dimension: a buffer takes longer to make, to send and to free than they take to copy. */
export interface NumbersFeed {
  readonly type: Extract<ElementType, 'float32' | 'int64'>;
  readonly numbers: readonly number[];
}

/** The buffers of a graph's inputs. */
export function feedBuffers(feeds: RunRequest['feeds']): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const feed of Object.values(feeds)) {
    if ('numbers' in feed) continue;
    if (feed.data instanceof ArrayBuffer) buffers.push(feed.data);
    else buffers.push(...feed.data);
  }
  return buffers;
}

/** What one item of a batch wants: its row of a graph output, in a form. */
export interface RowRequest {
  readonly output: string;
  /** Index of the batch dimension. Default: the row's own place. */
  readonly item?: number;
  /** Keep this many of an item's leading vectors: the rest is padding. Default: all. */
  readonly vectors?: number;
  readonly form: EmbeddingForm;
}

export interface RunRequest {
  readonly feeds: Readonly<Record<string, FeedTensor>>;
  /** One for each item, most often. */
  readonly rows: readonly RowRequest[];
}

export interface RunReply {
  readonly embeddings: readonly EmbeddingBytes[];
  readonly inferenceUs: number;
}
