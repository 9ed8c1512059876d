import { type ConfigFields, parseFile, TriptychError } from '@triptych/core';
import { type CheckpointFiles, fieldsOf, moduleFields, MODULES_FILE, refuseOthers } from './module-files.js';
import { type Prompts, readPrompts } from './prompts.js';
import { readTransformerSettings, type TransformerSettings } from './transformer-settings.js';

/** How a text's tokens become its vector, as the files of sentence-transformers beside a checkpoint say. */
export interface SentencePipeline extends TransformerSettings, Prompts {
  readonly pooling: SentencePooling;
  /** Linear layers behind the pooling, in order. */
  readonly dense: readonly DenseLayer[];
  /** The vector is divided by its length. */
  readonly normalizes: boolean;
}

export type SentencePooling = 'mean' | 'class' | 'last';

export interface DenseLayer {
  /** Folder of the layer, which the names of its weights begin with. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly biased: boolean;
  readonly activation: 'identity' | 'tanh';
}

/** What a checkpoint without files of sentence-transformers is served with: the mean over its tokens. */
const PLAIN: SentencePipeline = {
  pooling: 'mean',
  dense: [],
  normalizes: false,
  maxTokens: undefined,
  lowersCase: false,
  prompts: {},
  defaultPrompt: '',
};

const poolings: Readonly<Record<string, SentencePooling>> = { mean: 'mean', cls: 'class', lasttoken: 'last' };

/** Fields of a pooling's configuration that older files have, one for each mode. */
const poolingFlags: Readonly<Record<string, string>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

const poolingKeys = [
  ...['pooling_mode', 'include_prompt', 'embedding_dimension', 'word_embedding_dimension'],
  ...Object.keys(poolingFlags),
];

const denseKeys = [
  ...[
    'in_features',
    'out_features',
    'bias',
    'activation_function',
    'module_input_name',
    'module_output_name',
  ],
  'use_residual',
];

const denseActivations: Readonly<Record<string, DenseLayer['activation']>> = {
  'torch.nn.modules.linear.Identity': 'identity',
  'torch.nn.modules.activation.Tanh': 'tanh',
};

/** A line of `modules.json`. */
interface Module {
  readonly kind: string;
  readonly path: string;
}

/**
 * Reads `modules.json` and the configurations that it names. Throws MODEL_CONFIG where a checkpoint asks for what is
 * not served: a pooling, a module, or an order of theirs.
 */
export function readSentencePipeline(files: CheckpointFiles): SentencePipeline {
  if (files[MODULES_FILE] === undefined) return PLAIN;
  const [transformer, pooling, ...behind] = readModules(files);
  if (transformer?.kind !== 'Transformer' || pooling?.kind !== 'Pooling')
    throw problem(`${MODULES_FILE} must begin with a Transformer and a Pooling`);
  if (transformer.path !== '')
    throw problem(
      `${MODULES_FILE}: the path of the Transformer must be "", found ${JSON.stringify(transformer.path)}`,
    );
  const isNormalize = ({ kind }: Module) => kind === 'Normalize';
  behind.filter(isNormalize).forEach(({ path }) => checkNormalize(files, path));
  const dense = behind.filter((module, i) => !(isNormalize(module) && i === behind.length - 1));
  for (const { kind } of dense) {
    if (kind !== 'Dense')
      throw problem(`${MODULES_FILE}: ${kind} is not served there; expected Dense, and Normalize at the end`);
  }
  return {
    pooling: readPooling(files, pooling.path),
    dense: dense.map(({ path }) => readDense(files, path)),
    normalizes: behind.length > dense.length,
    ...readTransformerSettings(files),
    ...readPrompts(files),
  };
}

/** The folders of a checkpoint's modules that have weights of their own. */
export function sentenceWeights(files: CheckpointFiles): string[] {
  return readModules(files)
    .filter(({ kind }) => kind === 'Dense')
    .map(({ path }) => path);
}

function readModules(files: CheckpointFiles): Module[] {
  return parseModules(files[MODULES_FILE] ?? '[]');
}

/** The last part of a module's type is its class: `sentence_transformers.models.Pooling`. */
function parseModules(text: string): Module[] {
  const list: unknown = parseFile(text, MODULES_FILE);
  if (!Array.isArray(list)) throw problem(`${MODULES_FILE} must be a list`);
  return list.map((entry: unknown) => {
    const { type, path } = (entry ?? {}) as Record<string, unknown>;
    if (typeof type !== 'string' || typeof path !== 'string')
      throw problem(`${MODULES_FILE}: each module must have a type and a path`);
    if (!type.startsWith('sentence_transformers.'))
      throw problem(`${MODULES_FILE}: type must begin with sentence_transformers., found ${type}`);
    return { kind: type.slice(type.lastIndexOf('.') + 1), path };
  });
}

function readPooling(files: CheckpointFiles, path: string): SentencePooling {
  const file = `${path}/config.json`;
  const fields = moduleFields(files, file);
  if (!fields.flag('include_prompt', true)) fields.problem('include_prompt must be true');
  const named = fields.raw('pooling_mode');
  const flagged = Object.entries(poolingFlags).filter(([flag]) => fields.raw(flag) === true);
  const modes = named === undefined ? flagged.map(([, mode]) => mode) : [named].flat();
  refuseOthers(fields, poolingKeys);
  const mode = modes.length === 0 ? 'mean' : modes.map(String).join(' and ');
  if (!Object.hasOwn(poolings, mode))
    fields.problem(`pooling ${mode} is not served; expected one of ${Object.keys(poolings).join(', ')}`);
  fields.check(file);
  return poolings[mode];
}

function readDense(files: CheckpointFiles, path: string): DenseLayer {
  const file = `${path}/config.json`;
  const fields = moduleFields(files, file);
  const dense: DenseLayer = {
    name: path,
    from: fields.count('in_features'),
    to: fields.count('out_features'),
    biased: fields.flag('bias', true),
    activation: fields.choice('activation_function', denseActivations, 'torch.nn.modules.activation.Tanh'),
  };
  if (fields.flag('use_residual', false)) fields.problem('use_residual must be false');
  checkEnds(fields);
  refuseOthers(fields, denseKeys);
  fields.check(file);
  return dense;
}

/** Older checkpoints have no file for it. */
function checkNormalize(files: CheckpointFiles, path: string): void {
  const file = `${path}/config.json`;
  const fields = fieldsOf(files, file);
  checkEnds(fields);
  fields.check(file);
}

/** A module takes a text's vector and gives one: those of its tokens are not served through it. */
function checkEnds(fields: ConfigFields): void {
  for (const key of ['module_input_name', 'module_output_name'])
    fields.choice(key, { sentence_embedding: true }, 'sentence_embedding');
}

function problem(message: string): TriptychError {
  return new TriptychError('MODEL_CONFIG', message);
}
