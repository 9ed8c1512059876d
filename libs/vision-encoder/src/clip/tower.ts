import type { JsonObject } from '@triptych/core';
import { buffersOf, quantizationSites, type RunRequest } from '@triptych/inference-core';
import { readImageRecipe } from '@triptych/preprocessing';
import type { ImageItem, ImageTower } from '../image-tower.js';
import { readVisionConfig, tokenCount, VISION_TENSORS, type VisionConfig } from './config.js';
import { inputs, outputs, visionBlocks, visionGraph } from './graph.js';

/** The class token after the final norm, its projection to the shared space, or every token. */
type ClipVisionPooling = 'class' | 'projected' | 'none';

const graphOutput: Readonly<Record<ClipVisionPooling, string>> = {
  class: outputs.pooled,
  projected: outputs.projected,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 16;

/**
 * The vision tower of a CLIP checkpoint, of a configuration that has its fields in `vision_config`. Throws MODEL_CONFIG naming every
 * bad field.
 */
export function clipVisionTower(json: JsonObject, preprocessor?: JsonObject): ImageTower {
  const config = readVisionConfig(json, preprocessor);
  const blocks = visionBlocks(config);
  return {
    graph: (options) => visionGraph(config, options),
    tensors: VISION_TENSORS,
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    poolings: ['projected', 'class', 'none'],
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    // What every token is wanted of takes a last block of another shape.
    key: ({ pooling }) => (pooling === 'none' ? 'tokens' : 'class token'),
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ pixels }) => pixels.byteLength,
    tokens: () => tokenCount(config),
    request: (items) => request(config, items),
    warmUp: warmUpItem(config),
    recipe: readImageRecipe(preprocessor ?? {}, config.imageSize),
    patchSize: config.patchSize,
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `image/${pooling}`),
  };
}

function request(config: VisionConfig, items: readonly ImageItem[]): RunRequest {
  const { imageSize } = config;
  const kept = items[0].pooling === 'none' ? tokenCount(config) : 1;
  return {
    feeds: {
      [inputs.pixels]: {
        type: 'uint8',
        dims: [items.length, imageSize, imageSize, 3],
        data: buffersOf(items.map((item) => item.pixels)),
      },
      [inputs.kept]: { type: 'int64', numbers: [kept] },
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling as ClipVisionPooling], form })),
  };
}

function warmUpItem({ imageSize }: VisionConfig): ImageItem {
  return {
    pixels: new Uint8Array(3 * imageSize * imageSize),
    pooling: 'projected',
    form: { normalize: true, dimensions: 0, numbers: 'float32' },
  };
}
