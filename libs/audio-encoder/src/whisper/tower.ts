import type { EmbeddingForm, JsonObject } from '@triptych/core';
import { buffersOf, type NumbersFeed, quantizationSites, type RunRequest } from '@triptych/inference-core';
import type { AudioItem, AudioTower } from '../audio-tower.js';
import {
  contextSamples,
  CONV_STRIDE,
  frameSamples,
  readWhisperConfig,
  type WhisperConfig,
} from './config.js';
import { framing, validFrames, windowFrames, windowFraming } from './framing.js';
import { edges } from './log-mel.js';
import { inputs, outputs, whisperBlocks, whisperGraph } from './graph.js';

/** Mean over every frame, mean over those that hold audio, or each frame. */
type WhisperPooling = 'mean' | 'mean-valid' | 'none';

const graphOutput: Readonly<Record<WhisperPooling, string>> = {
  mean: outputs.mean,
  'mean-valid': outputs.meanValid,
  none: outputs.frames,
};

/** Frames as they are computed. */
const plain: EmbeddingForm = { normalize: false, dimensions: 0, numbers: 'float32' };

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 8;

/** A Whisper checkpoint's encoder. Throws MODEL_CONFIG naming every bad field. */
export function whisperTower(json: JsonObject, preprocessor?: JsonObject): AudioTower {
  const config = readWhisperConfig(json, preprocessor);
  const blocks = whisperBlocks(config);
  return {
    graph: (options) => whisperGraph(config, options),
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    // The mean over every frame is the default, as the reference has it.
    poolings: ['mean', 'mean-valid', 'none'],
    dimensions: () => config.width,
    tensors: /^encoder\./,
    key: ({ context, samples, recording }) => `${context} ${samples.length} ${recording?.loudest ?? ''}`,
    maxBatch: (item) => maxBatch(config, item),
    bytes: ({ samples }) => samples.byteLength,
    tokens: ({ samples, context }) =>
      context === 'padded' ? config.positions : validFrames(config, samples.length),
    isShort: (item) => maxBatch(config, item) > 1,
    request: (items) => request(config, items),
    warmUp: warmUpItem(config),
    sampleRate: config.mel.sampleRate,
    contextSamples: contextSamples(config),
    frameSamples: frameSamples(config),
    contexts: ['padded', 'trimmed'],
    validFrames: (samples) => validFrames(config, samples),
    ownSpace: (pooling, context) =>
      pooling === 'mean' && context === 'padded' ? undefined : `${context}/${pooling}`,
  };
}

/** Long clips fill both cores alone; short ones of one length share a run of up to half a context. */
function maxBatch(config: WhisperConfig, { context, samples, recording }: AudioItem): number {
  if (recording) return 1;
  if (context === 'padded') return 1;
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(contextSamples(config) / 2 / samples.length)));
}

/**
 * What a graph is run with. Items of one batch are of one length: nobody's neighbour changes the shape of what it is
 * computed with.
 */
function request(config: WhisperConfig, items: readonly AudioItem[]): RunRequest {
  const [{ samples, context, recording }] = items;
  const { frames, validFrames, padTo, places } = recording
    ? windowFraming(config, samples.length)
    : framing(config, samples.length, context);
  const silent = recording ? config.positions * CONV_STRIDE - windowFrames(config, samples.length) : 0;
  const isValidAlone = items.every(({ pooling, withFrames }) => pooling === 'mean-valid' && !withFrames);
  const rows = items.map(({ pooling, form }) => ({ output: graphOutput[pooling as WhisperPooling], form }));
  const frameRows = items.flatMap(({ withFrames }, item) =>
    withFrames ? [{ output: outputs.frames, item, form: plain }] : [],
  );
  return {
    feeds: {
      [inputs.samples]: {
        type: 'float32',
        dims: [items.length, samples.length],
        data: buffersOf(items.map((item) => item.samples)),
      },
      [inputs.padTo]: int64([padTo]),
      [inputs.reflected]: int64(recording ? [0, 0] : edges(config.mel)),
      [inputs.loudest]: { type: 'float32', numbers: [recording?.loudest ?? -Infinity] },
      [inputs.silentFrames]: int64([silent]),
      [inputs.places]: { type: 'int32', dims: [frames], data: places.buffer },
      [inputs.kept]: int64([isValidAlone ? validFrames : frames]),
      [inputs.validFrames]: int64(items.map(() => validFrames)),
    },
    rows: [...rows, ...frameRows],
  };
}

function int64(numbers: readonly number[]): NumbersFeed {
  return { type: 'int64', numbers };
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
