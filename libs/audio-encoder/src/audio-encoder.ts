import type { EmbeddingBytes, EmbeddingForm, Logger, WeightSet } from '@triptych/core';
import {
  BatchQueue,
  InferenceWorker,
  type Queued,
  type RunRequest,
  type SessionSettings,
  type SubmitOptions,
} from '@triptych/inference-core';
import { contextSamples, frameSamples, type WhisperConfig } from './config.js';
import { inputs, outputs, whisperGraph } from './graph.js';

/** How much silence the encoder sees around the audio: the full context's, or none. */
export type AudioContext = 'padded' | 'trimmed';
/** Mean over every frame, mean over those that hold audio, or each frame. */
export type AudioPooling = 'mean' | 'mean-valid' | 'none';

/** One clip: mono float32 at the model's rate, at most the model's context. The buffer changes threads. */
export interface AudioItem {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly context: AudioContext;
  readonly pooling: AudioPooling;
  readonly form: EmbeddingForm;
}

export interface EncodedAudio {
  readonly embedding: EmbeddingBytes;
  readonly inferenceUs: number;
}

export interface AudioEncoderOptions extends SessionSettings {
  readonly name: string;
  readonly config: WhisperConfig;
  /** Called for every new inference worker. */
  readonly weights: () => Promise<WeightSet>;
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  readonly logger?: Logger;
}

const graphOutput: Record<AudioPooling, string> = {
  mean: outputs.mean,
  'mean-valid': outputs.meanValid,
  none: outputs.frames,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 8;

/** A Whisper encoder that is being served: a queue, and an inference worker behind it. */
export class AudioEncoder {
  readonly #queue: BatchQueue<AudioItem, EncodedAudio>;

  private constructor(
    readonly config: WhisperConfig,
    readonly worker: InferenceWorker,
    options: AudioEncoderOptions,
  ) {
    this.#queue = new BatchQueue({
      ...options.queue,
      inFlight: 2,
      key: (item) => `${item.context} ${item.context === 'padded' ? '' : item.samples.length}`,
      maxBatch: (item) => this.#maxBatch(item),
      bytes: (item) => item.samples.byteLength,
      run: (items) => this.#run(items),
    });
  }

  /** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
  static async start(options: AudioEncoderOptions): Promise<AudioEncoder> {
    const { config } = options;
    const worker = await InferenceWorker.start({
      ...options,
      graph: () => whisperGraph(config),
      warmUp: request(config, [warmUpItem(config)]),
    });
    return new AudioEncoder(config, worker, options);
  }

  /** Rejects with OVERLOADED, CANCELLED, NOT_READY or WORKER_LOST. */
  encode(item: AudioItem, options?: SubmitOptions): Promise<Queued<EncodedAudio>> {
    return this.#queue.submit(item, options);
  }

  /** Encoder frames that hold audio, for so many samples. */
  validFrames(samples: number): number {
    return Math.ceil(samples / frameSamples(this.config));
  }

  close(): Promise<void> {
    return this.worker.close();
  }

  /** Long clips fill both cores alone; short ones of one length share a run of up to half a context. */
  #maxBatch({ context, samples }: AudioItem): number {
    if (context === 'padded') return 1;
    return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(contextSamples(this.config) / 2 / samples.length)));
  }

  async #run(items: readonly AudioItem[]): Promise<EncodedAudio[]> {
    const { embeddings, inferenceUs } = await this.worker.run(request(this.config, items));
    return embeddings.map((embedding) => ({ embedding, inferenceUs }));
  }
}

/** Items of one batch are of one length: nobody's neighbour changes the shape of what it is computed with. */
function request(config: WhisperConfig, items: readonly AudioItem[]): RunRequest {
  const [{ samples, context }] = items;
  const perFrame = frameSamples(config);
  const padTo =
    context === 'padded' ? contextSamples(config) : Math.ceil(samples.length / perFrame) * perFrame;
  const valid = BigInt(Math.ceil(samples.length / perFrame));
  return {
    feeds: {
      [inputs.samples]: { type: 'float32', dims: [items.length, samples.length], data: joined(items) },
      [inputs.padTo]: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(padTo)).buffer },
      [inputs.validFrames]: {
        type: 'int64',
        dims: [items.length],
        data: new BigInt64Array(items.length).fill(valid).buffer,
      },
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling], form })),
  };
}

function joined(items: readonly AudioItem[]): ArrayBuffer {
  const [{ samples }] = items;
  if (items.length === 1 && samples.byteLength === samples.buffer.byteLength) return samples.buffer;
  const all = new Float32Array(items.length * samples.length);
  items.forEach((item, i) => all.set(item.samples, i * samples.length));
  return all.buffer;
}

function warmUpItem(config: WhisperConfig): AudioItem {
  const samples = new Float32Array(10 * frameSamples(config));
  return {
    samples,
    context: 'trimmed',
    pooling: 'mean',
    form: { normalize: true, dimensions: 0, numbers: 'float32' },
  };
}
