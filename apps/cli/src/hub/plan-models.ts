import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';
import { type HubModel, hubSettings, parseHubModel } from '@triptych/hub';
import {
  checkFolder,
  describeModels,
  looksLikePath,
  type ModelDescription,
  parseModelSource,
} from '@triptych/server';
import { checkpointName, provideCheckpoint, SERVED } from './provide-checkpoint.js';
import { provideModel } from './provide-model.js';

/** A model that somebody named, and how it becomes a model directory. */
export interface PlannedModel extends ModelDescription {
  /** `[NAME=]DIR` of a model directory. May take minutes: a download, a conversion. */
  provide(): Promise<string>;
}

const EXPECTED =
  'expected a model directory, a HuggingFace checkpoint directory, or OWNER/NAME[@REVISION] of a hub';

/** What `--model` values stand for, looked up on this machine alone. */
export function planModels(sources: readonly string[]): Promise<PlannedModel[]> {
  return Promise.all(sources.map(plan));
}

async function plan(source: string): Promise<PlannedModel> {
  const { name, directory: path } = parseModelSource(source);
  const named = (directory: string) => (name === undefined ? directory : `${name}=${directory}`);
  try {
    if (name === '' || path === '')
      throw invalid(`${source}: expected [NAME=]MODEL, with a name of at least a letter`);
    const hubModel = existsSync(path) || looksLikePath(path) ? undefined : parseHubModel(path);
    if (hubModel) {
      const provide = async () => named(await ofHub(hubModel, path));
      return { source, name: name ?? hubModel.name, provide };
    }
    if (await isCheckpoint(path)) {
      const provide = async () => named(await provideCheckpoint(path));
      return { source, name: name ?? checkpointName(path), provide };
    }
    const [description] = await describeModels([source]);
    return { ...description, provide: () => Promise.resolve(source) };
  } catch (thrown) {
    const problem = TriptychError.from(thrown, 'WEIGHTS_MISSING', `${path}: ${messageOf(thrown)}`);
    return { source, name, problem, provide: () => Promise.reject(problem) };
  }
}

/** False for a model directory. Throws what is wrong with what is neither. */
async function isCheckpoint(path: string): Promise<boolean> {
  const has = (file: string) => existsSync(join(path, file));
  if (!existsSync(path)) throw invalid(`${path}: no such folder; ${EXPECTED}`);
  await checkFolder(path);
  if (has('metadata.json')) return false;
  if (has('weights.parquet')) throw invalid(`${path} holds no metadata.json beside its weights.parquet`);
  if (!has('config.json')) throw invalid(`${path} holds neither metadata.json nor config.json; ${EXPECTED}`);
  if (has('model.safetensors') || has('model.safetensors.index.json')) return true;
  const others = ['pytorch_model.bin', 'tf_model.h5', 'flax_model.msgpack', 'model.onnx'].filter(has);
  const found = others.length > 0 ? `only ${others.join(', ')}` : 'no weights';
  throw invalid(`${path} holds ${found}; expected model.safetensors, or its shards and their index`);
}

async function ofHub(hubModel: HubModel, path: string): Promise<string> {
  try {
    return (await provideModel(hubModel, { dtype: SERVED.dtype, settings: hubSettings(process.env) })).model;
  } catch (thrown) {
    if (!(thrown instanceof TriptychError) || !thrown.reason.startsWith('HUB_')) throw thrown;
    const message = `there is no folder ${path} here, and of a hub it cannot be had: ${thrown.message}`;
    throw new TriptychError(thrown.reason, message, { cause: thrown });
  }
}

const invalid = (message: string) => new TriptychError('CONFIG_INVALID', message);
