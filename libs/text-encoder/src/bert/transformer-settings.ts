import type { ConfigFields } from '@triptych/core';
import { type CheckpointFiles, fieldsOf, refuseOthers, transformerFiles } from './module-files.js';

/** What sentence-transformers does to a text before the encoder, beside what its tokenizer says. */
export interface TransformerSettings {
  /** The longest text, in tokens, where the files say it. */
  readonly maxTokens: number | undefined;
  /** Texts are lowered before they are tokenized. */
  readonly lowersCase: boolean;
}

/**
 * Arguments of calls into transformers, by their older and newer names, and those among them that change no vector. `trust_remote_code`
 * is dropped by sentence-transformers, too.
 */
const callArguments = {
  model_args: ['attn_implementation', 'add_pooling_layer', 'trust_remote_code'],
  model_kwargs: ['attn_implementation', 'add_pooling_layer', 'trust_remote_code'],
  tokenizer_args: ['model_max_length', 'use_fast', 'trust_remote_code'],
  processor_kwargs: ['model_max_length', 'use_fast', 'trust_remote_code'],
  config_args: ['trust_remote_code'],
  config_kwargs: ['trust_remote_code'],
} as const;

/** Settings that change vectors in ways that are not served. */
const unserved = [
  'query_length',
  'document_length',
  'query_expansion',
  'processing_kwargs',
  'tokenizer_name_or_path',
] as const;

const known = [
  ...[
    'max_seq_length',
    'do_lower_case',
    'transformer_task',
    'modality_config',
    'module_output_name',
    'unpad_inputs',
  ],
  ...unserved,
  ...Object.keys(callArguments),
];

/** Reads the settings of a checkpoint's Transformer. Throws MODEL_CONFIG naming every field that asks for what is not served. */
export function readTransformerSettings(files: CheckpointFiles): TransformerSettings {
  const candidates = transformerFiles.map((name) => fieldsOf(files, name));
  const fields = candidates.find(({ keys }) => keys.length > 0) ?? candidates[0];
  const settings = { maxTokens: readMaxTokens(fields), lowersCase: fields.flag('do_lower_case', false) };
  fields.choice('transformer_task', { 'feature-extraction': true }, 'feature-extraction');
  fields.choice('module_output_name', { token_embeddings: true }, 'token_embeddings');
  checkModalities(fields);
  for (const key of unserved) {
    const value = fields.raw(key) ?? {};
    if (Object.keys(value).length > 0 || typeof value !== 'object')
      fields.problem(`${key} must be null, found ${JSON.stringify(value)}`);
  }
  for (const [key, harmless] of Object.entries(callArguments)) {
    if (fields.raw(key) != null) refuseOthers(fields.object(key), harmless);
  }
  refuseOthers(fields, known);
  fields.check('sentence-transformers configuration');
  return settings;
}

/** What the tokenizer is called with comes before a setting of its own. */
function readMaxTokens(fields: ConfigFields): number | undefined {
  const key = 'max_seq_length';
  const ofTokenizer = ['processor_kwargs', 'tokenizer_args']
    .filter((name) => fields.raw(name) != null)
    .map((name) => fields.object(name))
    .find((one) => one.raw('model_max_length') != null);
  const [source, name] = ofTokenizer ? [ofTokenizer, 'model_max_length'] : [fields, key];
  if (source.raw(name) == null) return undefined;
  const maxTokens = source.count(name);
  if (maxTokens === 1) source.problem(`${name} must be at least 2, found 1`);
  return maxTokens;
}

/** A text's vectors must be the encoder's last hidden state; whatever else a checkpoint takes is not asked of it. */
function checkModalities(fields: ConfigFields): void {
  if (fields.raw('modality_config') == null) return;
  const text = fields.object('modality_config').object('text');
  text.choice('method', { forward: true });
  text.choice('method_output_name', { last_hidden_state: true });
}
