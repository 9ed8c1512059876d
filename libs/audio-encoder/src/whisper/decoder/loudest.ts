import { GraphBuilder, type OnnxGraph } from '@triptych/inference-core';
import type { MelConfig } from '../config.js';
import { logMelEnergy } from '../log-mel.js';

/** The largest log-mel energy: `samples` float32 [1, n], which hold their edges → `loudest` [1, 1]. It takes no weights. */
export function loudestGraph(mel: MelConfig): OnnxGraph {
  const g = new GraphBuilder('loudest');
  const samples = g.input('samples', 'float32', [1, 'samples']);
  const most = g.op('ReduceMax', [logMelEnergy(g, samples, mel), g.ints([1, 2])], {
    attributes: { keepdims: 0 },
  });
  g.output('loudest', g.op('Reshape', [most, g.ints([1, 1])]), 'float32', [1, 1]);
  return g.build();
}
