import type { EmbeddingForm } from '@triptych/core';
import {
  Encoder,
  type EncoderOptions,
  type EncoderParts,
  type FeedTensor,
  joined,
  type RunRequest,
} from '@triptych/inference-core';
import { contextSamples, frameSamples, type WhisperConfig } from './config.js';
import { type AudioContext, framing } from './framing.js';
import { inputs, outputs, whisperBlocks, whisperGraph } from './graph.js';

/** Mean over every frame, mean over those that hold audio, or each frame. */
export type AudioPooling = 'mean' | 'mean-valid' | 'none';

/** One clip: mono float32 at the model's rate, at most the model's context. The buffer changes threads. */
export interface AudioItem {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly context: AudioContext;
  readonly pooling: AudioPooling;
  readonly form: EmbeddingForm;
}

/** A Whisper encoder that is being served. */
export type AudioEncoder = Encoder<AudioItem>;

const graphOutput: Record<AudioPooling, string> = {
  mean: outputs.mean,
  'mean-valid': outputs.meanValid,
  none: outputs.frames,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 8;

/** What makes an encoder of a Whisper encoder's graph. */
export function audioParts(config: WhisperConfig): EncoderParts<AudioItem> {
  return {
    graph: (options) => whisperGraph(config, options),
    blocks: whisperBlocks(config),
    key: ({ context, samples }: AudioItem) => `${context} ${samples.length}`,
    maxBatch: (item: AudioItem) => maxBatch(config, item),
    bytes: (item: AudioItem) => item.samples.byteLength,
    isShort: (item: AudioItem) => maxBatch(config, item) > 1,
    request: (items: readonly AudioItem[]) => clipRequest(config, items),
    warmUp: warmUpItem(config),
  };
}

/** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
export function startAudioEncoder(config: WhisperConfig, options: EncoderOptions): Promise<AudioEncoder> {
  return Encoder.start(audioParts(config), options);
}

/** Long clips fill both cores alone; short ones of one length share a run of up to half a context. */
function maxBatch(config: WhisperConfig, { context, samples }: AudioItem): number {
  if (context === 'padded') return 1;
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(contextSamples(config) / 2 / samples.length)));
}

/**
 * What a graph is run with. Items of one batch are of one length: nobody's neighbour changes the shape of what it is
 * computed with.
 */
export function clipRequest(config: WhisperConfig, items: readonly AudioItem[]): RunRequest {
  const [{ samples, context }] = items;
  const { frames, validFrames, padTo, places } = framing(config, samples.length, context);
  const isValidAlone = items.every(({ pooling }) => pooling === 'mean-valid');
  return {
    feeds: {
      [inputs.samples]: {
        type: 'float32',
        dims: [items.length, samples.length],
        data: joined(items.map((item) => item.samples)),
      },
      [inputs.padTo]: int64([padTo]),
      [inputs.places]: { type: 'int64', dims: [frames], data: places.buffer },
      [inputs.kept]: int64([isValidAlone ? validFrames : frames]),
      [inputs.validFrames]: int64(items.map(() => validFrames)),
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling], form })),
  };
}

function int64(values: readonly number[]): FeedTensor {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt).buffer };
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
