import { TriptychError } from '@triptych/core';
import { type GraphOptions, InferenceWorker } from '@triptych/inference-core';
import type { Modality, OpenModel } from '@triptych/model-families';

/** Starts one tower of a model directory, in float or in int8 as that has it. `name` is the worker's, for errors. */
export function startTower(
  { directory, model }: OpenModel,
  modality: Modality,
  name: string,
  options: GraphOptions = {},
): Promise<InferenceWorker> {
  const tower = model[modality];
  if (!tower) throw new TriptychError('INTERNAL', `${directory.directory} has lost its ${modality} tower`);
  return InferenceWorker.start({
    name: `${modality}:${name}`,
    threads: 0,
    graph: () => tower.graph(options),
    weights: async () => (await directory.load(tower.tensors)).weights,
  });
}
