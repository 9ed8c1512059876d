import type { JsonObject } from '@triptych/core';
import { buffersOf, type Pooling, type RunRequest } from '@triptych/inference-core';
import { readImageRecipe } from '@triptych/preprocessing';
import type { ImageItem, ImageTower } from '../image-tower.js';
import { BLIP_VISION_TENSORS, type BlipVisionConfig, readBlipVisionConfig } from './config.js';
import { blipVisionBlocks, blipVisionGraph, inputs, outputs } from './graph.js';

/** The class token after the final norm, its projection to the shared space, or every token. */
type BlipVisionPooling = 'class' | 'projected' | 'none';

const graphOutput: Readonly<Record<BlipVisionPooling, string>> = {
  class: outputs.pooled,
  projected: outputs.projected,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput: an image of 384 pixels is 577 tokens. */
const LARGEST_BATCH = 8;

/**
 * The vision tower of a BLIP checkpoint; `hasProjection`: whether it has a space that texts share. Images are resized to its input as a
 * whole. Its products stay in float32. Throws MODEL_CONFIG naming every bad field.
 */
export function blipVisionTower(
  json: JsonObject,
  preprocessor: JsonObject = {},
  { hasProjection }: { readonly hasProjection: boolean },
): ImageTower {
  const config = readBlipVisionConfig(json, preprocessor, hasProjection);
  const { imageSize, projection, blocks } = config;
  const size = { width: imageSize, height: imageSize };
  const poolings: [Pooling, ...Pooling[]] = hasProjection
    ? ['projected', 'class', 'none']
    : ['class', 'none'];
  return {
    graph: (options) => blipVisionGraph(config, options),
    tensors: BLIP_VISION_TENSORS,
    blocks: blipVisionBlocks(config),
    sites: [],
    poolings,
    dimensions: (pooling) => (pooling === 'projected' ? (projection ?? blocks.width) : blocks.width),
    key: () => '',
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ pixels }) => pixels.byteLength,
    tokens: () => 1 + (imageSize / config.patchSize) ** 2,
    request: (items) => request(config, items),
    warmUp: {
      pixels: new Uint8Array(3 * imageSize * imageSize),
      pooling: poolings[0],
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    },
    recipe: readImageRecipe({ do_center_crop: false, size, ...preprocessor }, imageSize),
    patchSize: config.patchSize,
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `image/${pooling}`),
  };
}

function request({ imageSize }: BlipVisionConfig, items: readonly ImageItem[]): RunRequest {
  return {
    feeds: {
      [inputs.pixels]: {
        type: 'uint8',
        dims: [items.length, imageSize, imageSize, 3],
        data: buffersOf(items.map((item) => item.pixels)),
      },
    },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling as BlipVisionPooling], form })),
  };
}
