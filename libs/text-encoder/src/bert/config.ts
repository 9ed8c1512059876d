import { ConfigFields, type JsonObject, readQuantization } from '@triptych/core';
import {
  activations,
  type BlockNames,
  postNormNames,
  type RelativePositionConfig,
  type TransformerConfig,
} from '@triptych/inference-core';

/** An encoder of texts after BERT (Devlin et al. 2018), as its checkpoint configures it. */
export interface BertConfig {
  readonly blocks: TransformerConfig;
  readonly layers: number;
  readonly vocabulary: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** Id whose tokens do not count in positions, which start behind it; undefined: all count, and they start at 0. */
  readonly paddingId: number | undefined;
  /** Rows of the table of token types, whose first one is added to each token; 0: there is none. */
  readonly tokenTypes: number;
  /** What MPNet adds to the scores of its attention. */
  readonly relativePositions: Omit<RelativePositionConfig, 'positions'> | undefined;
}

const mpnetNames: BlockNames = {
  ...postNormNames,
  query: 'attention.attn.q',
  key: 'attention.attn.k',
  value: 'attention.attn.v',
  out: 'attention.attn.o',
  attentionNorm: 'attention.LayerNorm',
};

/** What differs from one architecture to another, where their configurations do not say it. */
interface Variant {
  readonly names: BlockNames;
  readonly hasTokenTypes: boolean;
  /** Positions start behind this id; a configuration's own comes first. */
  readonly paddingId?: number;
  /** The configuration's `pad_token_id` does not count. */
  readonly isPaddingFixed?: boolean;
  readonly hasRelativePositions?: boolean;
}

const roberta: Variant = { names: postNormNames, hasTokenTypes: true, paddingId: 1 };

/** By `model_type`. */
const variants: Readonly<Record<string, Variant>> = {
  bert: { names: postNormNames, hasTokenTypes: true },
  roberta,
  'xlm-roberta': roberta,
  mpnet: {
    names: mpnetNames,
    hasTokenTypes: false,
    paddingId: 1,
    isPaddingFixed: true,
    hasRelativePositions: true,
  },
};

/** `MPNetEncoder` has this as a constant. */
const MAX_DISTANCE = 128;
/** Its forward pass takes this, whatever the configuration says. */
const BUCKETS = 32;

/** Reads a HuggingFace `config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readBertConfig(config: JsonObject): BertConfig {
  const fields = new ConfigFields(config);
  const variant = fields.choice('model_type', variants);
  const width = fields.count('hidden_size');
  const heads = fields.count('num_attention_heads');
  if (width % heads !== 0) fields.problem('hidden_size must be a multiple of num_attention_heads');
  fields.choice('position_embedding_type', { absolute: true }, 'absolute');
  if (fields.flag('is_decoder', false)) fields.problem('is_decoder must be false');
  if (Object.hasOwn(config['auto_map'] ?? {}, 'AutoModel'))
    fields.problem('auto_map must not name a model of its own code under AutoModel');
  const { names, paddingId, hasTokenTypes, isPaddingFixed, hasRelativePositions } = variant;
  const positions = fields.count('max_position_embeddings');
  const bert: BertConfig = {
    blocks: {
      width,
      heads,
      mlpWidth: fields.count('intermediate_size'),
      activation: fields.choice('hidden_act', activations, 'gelu'),
      layerNormEpsilon: fields.number('layer_norm_eps', 1e-12),
      norms: 'post',
      names,
      quantization: readQuantization(fields),
    },
    layers: fields.count('num_hidden_layers'),
    vocabulary: fields.count('vocab_size'),
    positions,
    paddingId:
      paddingId === undefined || isPaddingFixed ? paddingId : readPadding(fields, paddingId, positions),
    tokenTypes: hasTokenTypes ? fields.count('type_vocab_size') : 0,
    relativePositions: hasRelativePositions
      ? {
          table: 'encoder.relative_attention_bias.weight',
          buckets: BUCKETS,
          heads,
          maxDistance: MAX_DISTANCE,
        }
      : undefined,
  };
  const buckets = fields.number('relative_attention_num_buckets', BUCKETS);
  if (hasRelativePositions && buckets !== BUCKETS)
    fields.problem(`relative_attention_num_buckets must be ${BUCKETS}, found ${buckets}`);
  fields.check(`${String(config['model_type'])} configuration`);
  return bert;
}

/** The padding's id, behind which there is room for a token before a text and one after it. */
function readPadding(fields: ConfigFields, standard: number, positions: number): number {
  const id = fields.number('pad_token_id', standard);
  if (!Number.isInteger(id) || id < 0 || id > positions - 3)
    fields.problem(`pad_token_id must be an integer from 0 to ${positions - 3}, found ${id}`);
  return id;
}

/** The longest text that there are positions for, in tokens. */
export function mostTokens({ positions, paddingId }: BertConfig): number {
  return paddingId === undefined ? positions : positions - paddingId - 1;
}
