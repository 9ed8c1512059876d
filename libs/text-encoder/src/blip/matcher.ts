import type { JsonObject } from '@triptych/core';
import type { RunRequest } from '@triptych/inference-core';
import type { MatchItem, MatchTower } from '../match-tower.js';
import { BLIP_MATCH_TENSORS, type BlipTextConfig, readBlipTextConfig } from './config.js';
import { blipMatchGraph, inputs, outputs } from './graph.js';
import { idsFeed } from './tower.js';

/** Each item brings the tokens of an image: at 384 pixels 1.8 MB. */
const LARGEST_BATCH = 8;

/** BLIP's image-grounded text encoder, and its image-text matching head. Throws MODEL_CONFIG naming every bad field. */
export function blipMatcher(json: JsonObject): MatchTower {
  const config = readBlipTextConfig(json);
  const imageValues = config.image.tokens * config.image.width;
  return {
    graph: (options) => blipMatchGraph(config, options),
    tensors: BLIP_MATCH_TENSORS,
    dimensions: config.blocks.width,
    imageValues,
    // Of one length, nothing is filled up: a pair is computed as it is alone.
    key: ({ ids }) => String(ids.length),
    maxBatch: () => LARGEST_BATCH,
    tokens: ({ ids }) => ids.length + config.image.tokens,
    bytes: ({ ids, image }) => 8 * ids.length + image.byteLength,
    request: (items) => request(config, items),
    warmUp: {
      ids: [0, 0, 0],
      image: new Float32Array(imageValues),
      form: { normalize: false, dimensions: 0, numbers: 'float32' },
    },
  };
}

/** The images are copied: their buffers would change threads, and items share them. */
function request({ image: { tokens, width } }: BlipTextConfig, items: readonly MatchItem[]): RunRequest {
  const images = new Float32Array(items.length * tokens * width);
  items.forEach(({ image }, i) => images.set(image, i * tokens * width));
  return {
    feeds: {
      [inputs.ids]: idsFeed(items),
      [inputs.image]: { type: 'float32', dims: [items.length, tokens, width], data: images.buffer },
    },
    rows: items.map(({ form }) => ({ output: outputs.match, form })),
  };
}
