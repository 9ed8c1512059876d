import type { JsonObject } from '@triptych/core';
import { buffersOf, quantizationSites, type RunRequest } from '@triptych/inference-core';
import { readImageRecipe } from '@triptych/preprocessing';
import type { ImageItem, ImageTower } from '../image-tower.js';
import {
  readSiglipVisionConfig,
  SIGLIP_VISION_TENSORS,
  siglipTokenCount,
  type SiglipVisionConfig,
} from './config.js';
import { inputs, outputs, siglipVisionBlocks, siglipVisionGraph } from './graph.js';

/** What the pooling head makes of an image, or a vector for each patch. */
type SiglipVisionPooling = 'projected' | 'none';

const graphOutput: Readonly<Record<SiglipVisionPooling, string>> = {
  projected: outputs.pooled,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 16;

/**
 * The vision tower of a SigLIP checkpoint, of a configuration that has its fields in `vision_config`. Images are resized to its
 * input as a whole. Throws MODEL_CONFIG naming every bad field.
 */
export function siglipVisionTower(json: JsonObject, preprocessor: JsonObject = {}): ImageTower {
  const config = readSiglipVisionConfig(json, preprocessor);
  const { imageSize } = config;
  const blocks = siglipVisionBlocks(config);
  const size = { width: imageSize, height: imageSize };
  return {
    graph: (options) => siglipVisionGraph(config, options),
    tensors: SIGLIP_VISION_TENSORS,
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    poolings: ['projected', 'none'],
    dimensions: () => config.blocks.width,
    key: () => '',
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ pixels }) => pixels.byteLength,
    tokens: () => siglipTokenCount(config),
    request: (items) => request(config, items),
    warmUp: {
      pixels: new Uint8Array(3 * imageSize * imageSize),
      pooling: 'projected',
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    },
    recipe: readImageRecipe({ do_center_crop: false, size, ...preprocessor }, imageSize),
    patchSize: config.patchSize,
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `image/${pooling}`),
  };
}

function request({ imageSize }: SiglipVisionConfig, items: readonly ImageItem[]): RunRequest {
  return {
    feeds: {
      [inputs.pixels]: {
        type: 'uint8',
        dims: [items.length, imageSize, imageSize, 3],
        data: buffersOf(items.map((item) => item.pixels)),
      },
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling as SiglipVisionPooling], form })),
  };
}
