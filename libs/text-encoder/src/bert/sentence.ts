import { ConfigFields, type JsonObject, parseJson, TriptychError } from '@triptych/core';

/** How a text's tokens become its vector, as the files of sentence-transformers beside a checkpoint say. */
export interface SentencePipeline {
  readonly pooling: SentencePooling;
  /** Linear layers behind the pooling, in order. */
  readonly dense: readonly DenseLayer[];
  /** The vector is divided by its length. */
  readonly normalizes: boolean;
  /** The longest text, in tokens, where the files say it. */
  readonly maxTokens: number | undefined;
  /** Texts are lowered before they are tokenized. */
  readonly lowersCase: boolean;
  /** What is put before a text, by the name of what it is for. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
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

/** Contents of a checkpoint's files by their path in it. */
export type CheckpointFiles = Readonly<Record<string, string | undefined>>;

/** What a checkpoint without files of sentence-transformers is served with: the mean over its tokens. */
const PLAIN: SentencePipeline = {
  pooling: 'mean',
  dense: [],
  normalizes: false,
  maxTokens: undefined,
  lowersCase: false,
  prompts: {},
  defaultPrompt: undefined,
};

const MODULES_FILE = 'modules.json';
const TRANSFORMER_FILE = 'sentence_bert_config.json';
const PROMPTS_FILE = 'config_sentence_transformers.json';

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
  const dense = behind.filter((module, i) => !(isNormalize(module) && i === behind.length - 1));
  for (const { kind } of dense) {
    if (kind !== 'Dense')
      throw problem(`${MODULES_FILE}: ${kind} is not served there; expected Dense, and Normalize at the end`);
  }
  const settings = fieldsOf(files, TRANSFORMER_FILE);
  const prompts = fieldsOf(files, PROMPTS_FILE);
  const maxTokens = settings.raw('max_seq_length') == null ? undefined : settings.count('max_seq_length');
  if (maxTokens === 1) settings.problem('max_seq_length must be at least 2, found 1');
  const pipeline: SentencePipeline = {
    pooling: readPooling(files, pooling.path),
    dense: dense.map(({ path }) => readDense(files, path)),
    normalizes: behind.length > dense.length,
    maxTokens,
    lowersCase: settings.flag('do_lower_case', false),
    ...readPrompts(prompts),
  };
  for (const fields of [settings, prompts]) fields.check('sentence-transformers configuration');
  return pipeline;
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
  const list: unknown = parse(text, MODULES_FILE);
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
  for (const key of ['module_input_name', 'module_output_name'])
    fields.choice(key, { sentence_embedding: true }, 'sentence_embedding');
  fields.check(file);
  return dense;
}

function readPrompts(fields: ConfigFields): Pick<SentencePipeline, 'prompts' | 'defaultPrompt'> {
  const { prompts, default_prompt_name: name } = {
    prompts: fields.raw('prompts') ?? {},
    default_prompt_name: fields.raw('default_prompt_name') ?? undefined,
  };
  const isPrompts = (value: unknown): value is Record<string, string> =>
    typeof value === 'object' && value !== null && Object.values(value).every((v) => typeof v === 'string');
  if (!isPrompts(prompts)) {
    fields.problem('prompts must be texts by name');
    return { prompts: {}, defaultPrompt: undefined };
  }
  if (name !== undefined && (typeof name !== 'string' || !Object.hasOwn(prompts, name)))
    fields.problem(`default_prompt_name must be one of ${Object.keys(prompts).join(', ') || 'prompts'}`);
  return { prompts, defaultPrompt: name as string | undefined };
}

/** The fields of a module's own file, which must be there: its defaults are not the checkpoint's. */
function moduleFields(files: CheckpointFiles, name: string): ConfigFields {
  if (files[name] !== undefined) return fieldsOf(files, name);
  throw new TriptychError('WEIGHTS_MISSING', `${name}: no such file; ${MODULES_FILE} has its module`);
}

function fieldsOf(files: CheckpointFiles, name: string): ConfigFields {
  const text = files[name];
  return new ConfigFields(text === undefined ? {} : (parse(text, name) as JsonObject), `${name} `);
}

function parse(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${name}: not valid JSON`, { cause });
  }
}

function problem(message: string): TriptychError {
  return new TriptychError('MODEL_CONFIG', message);
}
