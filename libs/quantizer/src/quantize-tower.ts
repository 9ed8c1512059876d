import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Quantization } from '@triptych/core';
import {
  type ModelDirectory,
  openModelDirectory,
  scratchOf,
  type StoredTensor,
} from '@triptych/weight-loader';
import { holdBound, lowestCosine, mostProbes, vectorsOf } from './bound.js';
import { type Choice, type Decided, tableChoices } from './choice.js';
import { type Observation, observe } from './observe.js';
import { counter, type OnProgress } from './progress.js';
import { quantizeSite } from './quantize-site.js';
import { type Site, sitesOf } from './site.js';
import type { Tower } from './tower.js';
import { Trials } from './trial.js';
import { Weights } from './weights.js';
import { type ModelToWrite, writeQuantized } from './write.js';

/** A tower in int8, but for what had to stay in float. */
export interface QuantizedTower {
  readonly name: Tower['name'];
  readonly tensors: readonly StoredTensor[];
  readonly ranges: Quantization;
  readonly choices: readonly Choice[];
  /** Lowest cosine of the samples' vectors to float. */
  readonly reached: number;
}

/** Quantises one tower, and takes the worst of it back to float until its vectors keep the bound. */
export async function quantizeTower(
  tower: Tower,
  directory: ModelDirectory,
  request: ModelToWrite & { readonly minCosine: number },
  onProgress: OnProgress,
): Promise<QuantizedTower> {
  const sites = sitesOf(tower.blocks);
  const watched = counter(onProgress, `observing ${tower.name}`, tower.samples('calibrating').length);
  const observations = await observe(tower, directory, sites, watched);
  const weights = new Weights((await directory.load(tower.tensors)).weights);
  const decided: Decided = { ranges: new Map(), inFloat: new Set() };
  const choices = await fit(
    sites,
    observations,
    weights,
    decided,
    counter(onProgress, `fitting ${tower.name}`, sites.length),
  );
  const inSites = new Set(sites.flatMap((site) => site.weights));
  const all = [...choices, ...tableChoices(weights, inSites, decided)];
  const tensors = () => weights.names.map((name) => weights.stored(name, decided.inFloat));
  const originals = await vectorsOf(tower, directory);
  const checked = counter(onProgress, `checking ${tower.name}`, mostProbes(all));
  const reached = await holdBound(all, request.minCosine, async () => {
    const trial = { tensors: tensors(), ranges: decided.ranges };
    const vectors = await trialVectors(tower, directory, request, trial);
    checked();
    return lowestCosine(vectors, originals);
  });
  return { name: tower.name, tensors: tensors(), ranges: decided.ranges, choices: all, reached };
}

async function fit(
  sites: readonly Site[],
  observations: ReadonlyMap<Site, Observation>,
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
  tower: Tower,
  directory: ModelDirectory,
  request: ModelToWrite,
  trial: Pick<QuantizedTower, 'tensors' | 'ranges'>,
): Promise<Float32Array[]> {
  const target = join(scratchOf(request.target), 'trial');
  try {
    await writeQuantized({ ...request, target, compression: 'none', files: {} }, directory, [trial]);
    return await vectorsOf(tower, await openModelDirectory(target));
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}
