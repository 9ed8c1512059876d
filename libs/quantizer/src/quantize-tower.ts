import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuantizationSite } from '@triptych/inference-core';
import { type ModelFamily, type OpenModel, openModel } from '@triptych/model-families';
import { scratchOf } from '@triptych/weight-loader';
import { holdBound, lowestCosine, mostProbes, vectorsOf } from './bound.js';
import { type Choice, type Decided, tableChoices } from './choice.js';
import { type Observation, observe } from './observe.js';
import { counter, type OnProgress } from './progress.js';
import { quantizeSite } from './quantize-site.js';
import type { QuantizedTower } from './quantized-tower.js';
import type { SampledTower } from './sampled-tower.js';
import { Trials } from './trial.js';
import { Weights } from './weights.js';
import { type ModelToWrite, writeQuantized } from './write.js';

/** What a model is quantised to, and the table that its family is in. */
export interface TowerRequest extends ModelToWrite {
  readonly minCosine: number;
  readonly families: readonly ModelFamily[];
}

/** Quantises one tower, and takes the worst of it back to float until its vectors keep the bound. */
export async function quantizeTower(
  tower: SampledTower,
  model: OpenModel,
  request: TowerRequest,
  onProgress: OnProgress,
): Promise<QuantizedTower> {
  const { modality } = tower;
  const { sites, tensors: found } = tower.tower;
  const watched = counter(onProgress, `observing ${modality}`, tower.samples('calibrating').length);
  const observations = await observe(tower, model, watched);
  const weights = new Weights((await model.directory.load(found)).weights);
  const decided: Decided = { ranges: new Map(), inFloat: new Set() };
  const choices = await fit(
    sites,
    observations,
    weights,
    decided,
    counter(onProgress, `fitting ${modality}`, sites.length),
  );
  const inSites = new Set(sites.flatMap((site) => site.weights));
  const all = [...choices, ...tableChoices(weights, inSites, decided)];
  const tensors = () => weights.names.map((name) => weights.stored(name, decided.inFloat));
  const originals = await vectorsOf(tower, model);
  const checked = counter(onProgress, `checking ${modality}`, mostProbes(all));
  const reached = await holdBound(all, request.minCosine, async () => {
    const trial = { tensors: tensors(), ranges: decided.ranges };
    const vectors = await trialVectors(tower, model, request, trial);
    checked();
    return lowestCosine(vectors, originals);
  });
  return { modality, tensors: tensors(), ranges: decided.ranges, choices: all, reached };
}

async function fit(
  sites: readonly QuantizationSite[],
  observations: ReadonlyMap<QuantizationSite, Observation>,
  weights: Weights,
  decided: Decided,
  done: () => void,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  const trials = await Trials.start();
  try {
    for (const site of sites) {
      const observation = observations.get(site) as Observation;
      choices.push(await quantizeSite(trials, site, observation, weights, decided));
      done();
    }
    return choices;
  } finally {
    await trials.close();
  }
}

/** Vectors of a tower as it would be written: of a model directory that is, for as long as that takes. */
async function trialVectors(
  tower: SampledTower,
  model: OpenModel,
  request: TowerRequest,
  trial: Pick<QuantizedTower, 'tensors' | 'ranges'>,
): Promise<Float32Array[]> {
  const target = join(scratchOf(request.target), 'trial');
  try {
    await writeQuantized({ ...request, target, compression: 'none', files: {} }, model.directory, [trial]);
    return await vectorsOf(tower, await openModel(target, request.families));
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}
