import { ConfigFields, readQuantization } from '@triptych/core';
import { GraphBuilder, type GraphOptions, buffersOf, linear } from '@triptych/inference-core';
import type { ModelFamily } from '@triptych/model-families';
import type { ImageTower } from '@triptych/vision-encoder';

const LAYER = 'layer.weight';

/** A family that only tests have: an image's pixels, times one matrix. */
export const tiny: ModelFamily = {
  name: 'tiny',
  classes: ['TinyModel'],
  modelTypes: ['tiny'],
  names: { renames: [[/^tiny\./, '']], keeps: /^layer\./ },
  files: { required: ['notes/tiny.txt'], optional: [] },
  read: ({ config, files }) => {
    const fields = new ConfigFields(config);
    const [side, width] = [fields.count('side'), fields.count('width')];
    fields.choice('activation', { none: true }, 'none');
    const quantization = readQuantization(fields);
    if (files['notes/tiny.txt'] !== 'tiny') fields.problem('notes/tiny.txt must say tiny');
    fields.check('tiny configuration');
    const graph = (options: GraphOptions = {}) => {
      const g = new GraphBuilder('tiny', options);
      const pixels = g.input('pixels', 'uint8', ['batch', side, side, 3]);
      const floats = g.op('Cast', [pixels], { attributes: { to: 1 } });
      const flat = g.op('Reshape', [floats, g.ints([-1, 1, 3 * side * side])]);
      const scaled = g.op('Mul', [flat, g.floats([1 / 255], [])]);
      const bias = g.weight('layer.bias', [width]);
      const shape = [width, 3 * side * side] as const;
      const product = linear(g, scaled, { weight: LAYER, shape, bias, quantization });
      g.output('vector', g.op('Squeeze', [product, g.ints([1])]), 'float32', ['batch', width]);
      if (options.inspect) g.output('state_1', product, 'float32', ['batch', 1, width]);
      return g.build();
    };
    const tower: ImageTower = {
      graph,
      key: () => '',
      maxBatch: () => 4,
      bytes: ({ pixels }) => pixels.byteLength,
      tokens: () => 1,
      request: (items) => ({
        feeds: {
          pixels: {
            type: 'uint8',
            dims: [items.length, side, side, 3],
            data: buffersOf(items.map(({ pixels }) => pixels)),
          },
        },
        rows: items.map(({ form }) => ({ output: 'vector', form })),
      }),
      warmUp: {
        pixels: new Uint8Array(3 * side * side),
        pooling: 'class',
        form: { normalize: true, dimensions: 0, numbers: 'float32' },
      },
      poolings: ['class'],
      dimensions: () => width,
      blocks: ['layer'],
      sites: [{ block: 'layer', name: 'product', weights: [LAYER], biases: ['layer.bias'], scaledBy: [] }],
      recipe: { size: { width: side, height: side }, filter: 'bilinear', inputSize: side },
      patchSize: side,
      ownSpace: () => undefined,
    };
    return { image: tower };
  },
};
