import { serveWorker } from '@triptych/core';
import { decodeAvif } from '../decode/avif.js';
import { decodeImage, MorePixels } from '../decode/decode.js';
import { restrictLoaders } from '../decode/loaders.js';
import { smallAvif } from '../decode/small-avif.js';
import { rawPixels } from '../raw-pixels.js';
import { applyRecipe } from '../recipe.js';
import type { PrepareReply, PrepareRequest } from './protocol.js';

serveWorker({
  start: restrictLoaders,
  decodeSmallAvif: async () => {
    await decodeAvif(smallAvif);
  },
  prepare: async ({ source, recipe, limits }: PrepareRequest): Promise<PrepareReply> => {
    const started = performance.now();
    try {
      const image = source.kind === 'raw' ? rawPixels(source) : await decodeImage(source.data, limits);
      const pixels = applyRecipe(image, recipe);
      return { pixels, preprocessUs: Math.round(1000 * (performance.now() - started)) };
    } catch (thrown) {
      if (thrown instanceof MorePixels) return { foundPixels: thrown.pixels };
      throw thrown;
    }
  },
});
