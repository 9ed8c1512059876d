import type { EmbeddingForm } from '@triptych/core';
import {
  Encoder,
  type EncoderOptions,
  type EncoderParts,
  joined,
  type RunRequest,
} from '@triptych/inference-core';
import { tokenCount, type VisionConfig } from './config.js';
import { inputs, outputs, visionBlocks, visionGraph } from './graph.js';

/** The class token after the final norm, its projection to the shared space, or every token. */
export type VisionPooling = 'class' | 'projected' | 'none';

/** One image: RGB bytes of the model's input size, row by row. The buffer may change threads. */
export interface ImageItem {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly pooling: VisionPooling;
  readonly form: EmbeddingForm;
}

/** A CLIP vision tower that is being served. */
export type VisionEncoder = Encoder<ImageItem>;

const graphOutput: Record<VisionPooling, string> = {
  class: outputs.pooled,
  projected: outputs.projected,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 16;

/** What makes an encoder of a vision tower. */
export function visionParts(config: VisionConfig): EncoderParts<ImageItem> {
  return {
    graph: (options) => visionGraph(config, options),
    blocks: visionBlocks(config),
    // What every token is wanted of takes a last block of another shape.
    key: ({ pooling }: ImageItem) => (pooling === 'none' ? 'tokens' : 'class token'),
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ pixels }: ImageItem) => pixels.byteLength,
    request: (items: readonly ImageItem[]) => request(config, items),
    warmUp: warmUpItem(config),
  };
}

/** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
export function startVisionEncoder(config: VisionConfig, options: EncoderOptions): Promise<VisionEncoder> {
  return Encoder.start(visionParts(config), options);
}

function request(config: VisionConfig, items: readonly ImageItem[]): RunRequest {
  const { imageSize } = config;
  const kept = items[0].pooling === 'none' ? tokenCount(config) : 1;
  return {
    feeds: {
      [inputs.pixels]: {
        type: 'uint8',
        dims: [items.length, imageSize, imageSize, 3],
        data: joined(items.map((item) => item.pixels)),
      },
      [inputs.kept]: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(kept)).buffer },
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling], form })),
  };
}

function warmUpItem({ imageSize }: VisionConfig): ImageItem {
  return {
    pixels: new Uint8Array(3 * imageSize * imageSize),
    pooling: 'projected',
    form: { normalize: true, dimensions: 0, numbers: 'float32' },
  };
}
