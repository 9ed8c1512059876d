import { describe, expect, it } from 'vitest';
import { postNormNames } from './block.js';
import { quantizationSites } from './sites.js';

const config = {
  width: 8,
  heads: 2,
  mlpWidth: 16,
  activation: 'silu',
  layerNormEpsilon: 1e-6,
  names: { ...postNormNames, mlpGate: 'gate' },
} as const;
const sites = (more: object) =>
  quantizationSites({ prefixes: ['b'], config: { ...config, norms: 'pre', ...more } });

describe('sites of quantisation', () => {
  it('have the gate of an MLP beside what it is multiplied with: both read the same input', () => {
    const [, , mlpIn, mlpOut] = sites({ unbiased: ['mlpGate'] });
    expect(mlpIn).toMatchObject({
      weights: ['b.gate.weight', 'b.intermediate.dense.weight'],
      biases: [undefined, 'b.intermediate.dense.bias'],
      scaledBy: ['b.output.LayerNorm.weight', 'b.output.LayerNorm.bias'],
    });
    expect(mlpOut).toMatchObject({ weights: ['b.output.dense.weight'], scaledBy: [] });
  });

  it('scale the weight of an RMS norm, which has no bias, before products alone', () => {
    const [attention, , mlpIn] = sites({ norm: 'rms' });
    expect(attention.scaledBy).toEqual(['b.attention.output.LayerNorm.weight']);
    expect(mlpIn.scaledBy).toEqual(['b.output.LayerNorm.weight']);
    const [behind, , behindMlp] = sites({ norm: 'rms', norms: 'post' });
    expect([behind.scaledBy, behind.factors]).toEqual([[], 'b.attention.self.query.input_factors']);
    expect([behindMlp.scaledBy, behindMlp.factors]).toEqual([[], 'b.gate.input_factors']);
  });
});
