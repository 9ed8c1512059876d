import { decodeEmbedding } from '@triptych/core';
import { GraphBuilder, type InferenceWorker, type OnnxGraph } from '@triptych/inference-core';
import type { MelConfig } from '../config.js';
import { logMelEnergy } from '../log-mel.js';
import type { TranscriptionParts } from './transcription-options.js';

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

const FORM = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** Measures samples by a worker that runs {@link loudestGraph}. Rejects as a worker does. */
export function loudestBy(meter: InferenceWorker): TranscriptionParts['loudest'] {
  return async (samples) => {
    const feeds = {
      samples: { type: 'float32', dims: [1, samples.length], data: samples.buffer },
    } as const;
    const { embeddings } = await meter.run({ feeds, rows: [{ output: 'loudest', form: FORM }] });
    return decodeEmbedding(embeddings[0].bytes, 'float32', 0)[0];
  };
}
