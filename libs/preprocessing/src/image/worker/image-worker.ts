import { serveWorker, Transferred } from '@triptych/core';
import { decodeImage } from '../decode/decode.js';
import { rawPixels } from '../raw-pixels.js';
import { applyRecipe } from '../recipe.js';
import type { PreparedImage, PrepareRequest } from './protocol.js';

serveWorker({
  prepare: async ({ source, recipe, limits }: PrepareRequest) => {
    const started = performance.now();
    const image = source.kind === 'raw' ? rawPixels(source) : await decodeImage(source.data, limits);
    const pixels = applyRecipe(image, recipe);
    const reply: PreparedImage = { pixels, preprocessUs: Math.round(1000 * (performance.now() - started)) };
    return new Transferred(reply, [pixels.buffer]);
  },
});
