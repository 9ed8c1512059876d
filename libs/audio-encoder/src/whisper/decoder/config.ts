import { ConfigFields, type JsonObject, readInt8Weights, readQuantization } from '@triptych/core';
import {
  type Activation,
  attentionNames,
  blockwiseLinear,
  type DecoderConfig,
  type DecoderNetwork,
  int8Rows,
  layerNorm,
  timesTransposed,
} from '@triptych/inference-core';
import { LAYER_NORM_EPSILON } from '../config.js';

/** Whisper's decoder (Radford et al. 2022), as its checkpoint configures it. Throws MODEL_CONFIG naming every bad field. */
export function whisperDecoder(config: JsonObject): DecoderNetwork {
  const fields = new ConfigFields(config);
  const width = fields.count('d_model');
  const read: DecoderConfig = {
    width,
    heads: fields.count('decoder_attention_heads'),
    mlpWidth: fields.count('decoder_ffn_dim'),
    activation: fields.choice<Activation>('activation_function', { gelu: 'gelu' }, 'gelu'),
    layerNormEpsilon: LAYER_NORM_EPSILON,
    norms: 'pre',
    unbiased: ['key'],
    names: {
      self: { ...attentionNames('self_attn'), norm: 'self_attn_layer_norm' },
      cross: { ...attentionNames('encoder_attn'), norm: 'encoder_attn_layer_norm' },
      mlpIn: 'fc1',
      mlpOut: 'fc2',
      mlpNorm: 'final_layer_norm',
    },
    sourceWidth: width,
    vocabulary: fields.count('vocab_size'),
    positions: fields.count('max_target_positions'),
    quantization: readQuantization(fields),
    int8Weights: readInt8Weights(fields),
  };
  const layers = fields.count('decoder_layers');
  if (fields.flag('scale_embedding', false)) fields.problem('scale_embedding must be false');
  if (width % read.heads !== 0) fields.problem('d_model must be a multiple of decoder_attention_heads');
  fields.check('Whisper configuration');
  const { vocabulary, positions } = read;
  const table = 'decoder.embed_tokens.weight';
  const shape = [vocabulary, width] as const;
  const isInt8 = read.int8Weights?.has(table) ?? false;
  return {
    config: read,
    prefixes: Array.from({ length: layers }, (_, i) => `decoder.layers.${i}`),
    embed: (g, ids, places) =>
      g.op('Add', [
        isInt8 ? int8Rows(g, table, shape, ids) : g.op('Gather', [g.weight(table, shape), ids]),
        g.op('Gather', [g.weight('decoder.embed_positions.weight', [positions, width]), places]),
      ]),
    // The table of embeddings is the output's weights, too.
    head: (g, x) => {
      const last = layerNorm(g, x, 'decoder.layer_norm', read);
      return isInt8
        ? blockwiseLinear(g, last, table, shape)
        : timesTransposed(g, last, g.weight(table, shape));
    },
    headWeight: table,
  };
}
