import type { RunReply } from '@triptych/inference-core';
import type { OpenModel } from '@triptych/model-families';
import type { Choice } from './choice.js';
import { cosine } from './cosine.js';
import type { SampledTower } from './sampled-tower.js';
import { startTower } from './start-tower.js';

/**
 * Of the distance that is allowed to a float vector, samples may take this much: inputs that nobody has seen yet go further than
 * those that chose.
 */
const SHARE_OF_SAMPLES = 0.6;

/**
 * Takes the worst parts of a tower back to float until the lowest cosine that `measure` finds keeps the bound, as few as are
 * enough. Returns the cosine that was reached.
 */
export async function holdBound(
  choices: readonly Choice[],
  bound: number,
  measure: () => Promise<number>,
): Promise<number> {
  const wanted = 1 - SHARE_OF_SAMPLES * (1 - bound);
  const worstFirst = choices.filter(({ isInt8 }) => isInt8).sort((a, b) => b.error - a.error);
  const withInFloat = (count: number) => {
    worstFirst.forEach((choice, i) => (i < count ? choice.toFloat() : choice.toInt8()));
    return measure();
  };
  const reached = await withInFloat(0);
  if (reached >= wanted) return reached;
  // More in float is nearer to float: the fewest that are enough lie between these.
  let [tooFew, enough] = [0, worstFirst.length];
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if ((await withInFloat(middle)) >= wanted) enough = middle;
    else tooFew = middle;
  }
  return withInFloat(enough);
}

/** How often {@link holdBound} measures at most. */
export function mostProbes(choices: readonly Choice[]): number {
  return 2 + Math.ceil(Math.log2(Math.max(1, choices.length)));
}

/** Vectors of all samples of a tower, those that calibrate and those that measure, as a model directory makes them. */
export async function vectorsOf(
  { modality, samples }: SampledTower,
  model: OpenModel,
): Promise<Float32Array[]> {
  const worker = await startTower(model, modality, 'bound');
  try {
    const vectors: Float32Array[] = [];
    for (const request of [...samples('measuring'), ...samples('calibrating')])
      vectors.push(first(await worker.run(request)));
    return vectors;
  } finally {
    await worker.close();
  }
}

/** The lowest cosine between vectors and those that they stand for. */
export function lowestCosine(vectors: readonly Float32Array[], originals: readonly Float32Array[]): number {
  return vectors.reduce((lowest, vector, i) => Math.min(lowest, cosine(vector, originals[i])), 1);
}

function first({ embeddings }: RunReply): Float32Array {
  return new Float32Array(embeddings[0].bytes.buffer);
}
