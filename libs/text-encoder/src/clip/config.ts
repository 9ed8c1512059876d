import { ConfigFields, type JsonObject } from '@triptych/core';
import { dualEncoderNames, readTransformer, type TransformerSize } from '@triptych/inference-core';

/** A CLIP text tower (Radford et al. 2021), as its checkpoint configures it. */
export interface TextConfig extends TransformerSize {
  /** Values of a vector of the space that both towers share. */
  readonly projection: number;
  readonly vocabulary: number;
  /** Rows of the position table: the longest text, in tokens. */
  readonly positions: number;
  /** Token whose vector stands for the text; undefined: the one of the highest id in it. */
  readonly endOfText: number | undefined;
}

/**
 * The `eos_token_id` of OpenAI's checkpoints. It is wrong, and stands for what they did before the field was read: pool
 * at the token of the highest id.
 */
const LEGACY_END_OF_TEXT = 2;

/** What `CLIPTextConfig` has where a checkpoint is silent. */
const standards = {
  activations: { quick_gelu: 'quick_gelu', gelu: 'gelu' },
  layerNormEpsilon: 1e-5,
  norms: 'pre',
  names: dualEncoderNames,
} as const;

/** Reads a HuggingFace `config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readTextConfig(config: JsonObject): TextConfig {
  const model = new ConfigFields(config);
  const fields = model.object('text_config');
  const endOfText = fields.number('eos_token_id', LEGACY_END_OF_TEXT);
  const text: TextConfig = {
    ...readTransformer(model, fields, standards),
    projection: model.count('projection_dim'),
    vocabulary: fields.count('vocab_size'),
    positions: fields.count('max_position_embeddings'),
    endOfText: endOfText === LEGACY_END_OF_TEXT ? undefined : endOfText,
  };
  model.check('CLIP text configuration');
  return text;
}

/** Finds the text tower's tensors among a checkpoint's, and those that belong to neither tower. */
export const TEXT_TENSORS = /^(?!vision_model\.|visual_projection\.)/;

/**
 * Where the end-of-text token stands, as the reference finds it: the first one of its id, or the first of the highest
 * id. −1 where there is none.
 */
export function endOfText(ids: readonly number[], { endOfText }: TextConfig): number {
  return ids.indexOf(endOfText ?? Math.max(...ids));
}
