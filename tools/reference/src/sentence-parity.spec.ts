import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readModel } from '@triptych/model-families';
import type { TextTower } from '@triptych/text-encoder';
import { describe, expect, it } from 'vitest';
import { readGolden } from './golden.js';
import { Parity } from './parity.js';

// Another folder of golden files, made with --full, has the official sizes.
const folder =
  process.env['SENTENCE_GOLDEN_DIR'] ?? fileURLToPath(new URL('../golden/sentence/', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.slice(0, -'.safetensors'.length));

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** What the reference script does behind the encoder. */
const filesOf = (width: unknown) => ({
  'modules.json': JSON.stringify(
    ['Transformer', 'Pooling', 'Dense', 'Normalize'].map((kind, idx) => ({
      path: idx === 0 ? '' : `${idx}_${kind}`,
      type: `sentence_transformers.models.${kind}`,
    })),
  ),
  '1_Pooling/config.json': '{"pooling_mode_mean_tokens": true}',
  '2_Dense/config.json': JSON.stringify({ in_features: width, out_features: 48 }),
});

describe.each(names)('%s against the reference', (name) => {
  it('has its hidden states, pooled vectors and sentence vectors', async () => {
    const golden = await readGolden(join(folder, `${name}.safetensors`));
    const config = JSON.parse(golden.metadata['config']) as Record<string, unknown>;
    const tower = readModel({ config, files: filesOf(config['hidden_size']) }).text as TextTower;
    const parity = await Parity.start(tower.graph({ inspect: true }), golden);
    for (const item of golden.items) {
      const { feeds } = tower.request([{ ids: golden.integers(item, 'ids'), pooling: 'none', form }]);
      const outputs = ['tokens', 'mean', 'class', 'last', 'sentence'];
      await parity.compare(item, feeds, tower.blocks.length, outputs);
    }
    await parity.close();
    expect(golden.items.length).toBeGreaterThanOrEqual(4);
    console.log(`${name}: ${JSON.stringify(parity.worst)}`);
  });
});
