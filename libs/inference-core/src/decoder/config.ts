import type { Quantization } from '@triptych/core';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import type { Activation } from '../transformer/activation.js';

/** The linear layers of one attention, and its norm, below a block's prefix. */
export interface AttentionNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly out: string;
  readonly norm: string;
}

/** Names of a block's modules below its prefix: what differs from one family's checkpoints to another's. */
export interface DecoderNames {
  /** Of tokens to those before them. */
  readonly self: AttentionNames;
  /** Of tokens to what is decoded. */
  readonly cross: AttentionNames;
  readonly mlpIn: string;
  readonly mlpOut: string;
  readonly mlpNorm: string;
}

/** A transformer's decoder (Vaswani et al. 2017). */
export interface DecoderConfig {
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Where the layer norms stand: before each sub-layer (Whisper), or after each sum (BERT). */
  readonly norms: 'pre' | 'post';
  /** Projections without a bias, of both attentions. Default: all have one. */
  readonly unbiased?: readonly ('query' | 'key' | 'value' | 'out')[];
  readonly names: DecoderNames;
  /** Values of one vector of what is decoded: the encoder's width. */
  readonly sourceWidth: number;
  /** Tokens that the head knows. */
  readonly vocabulary: number;
  /** The most tokens of one sequence, its prompt among them. */
  readonly positions: number;
  /** Which products are computed in int8. Default: none. */
  readonly quantization?: Quantization | undefined;
  /** Weights that are int8 by themselves. Default: none. */
  readonly int8Weights?: ReadonlySet<string> | undefined;
}

/** Heads of cross-attention that follow what is decoded from its beginning to its end, as the tokens do. */
export interface Alignment {
  readonly heads: readonly { readonly layer: number; readonly head: number }[];
  /** Vectors of the source whose median is taken: odd. */
  readonly medianWidth: number;
}

/** A decoder's network: its blocks, and what stands before the first and behind the last. */
export interface DecoderNetwork {
  readonly config: DecoderConfig;
  /** Names of its blocks, first to last, as its tensors' names begin. */
  readonly prefixes: readonly string[];
  /** ids and positions int64 [rows, tokens] → [rows, tokens, width] */
  readonly embed: (g: GraphBuilder, ids: Value, positions: Value) => Value;
  /** Where it is known: a {@link Generation} may ask where its tokens begin. */
  readonly alignment?: Alignment | undefined;
  /** What comes out of the last block [rows, kept, width] → logits [rows, kept, vocabulary]. A final norm is its first step. */
  readonly head: (g: GraphBuilder, x: Value) => Value;
  /** Names of the weights of the head's product, where they may be int8. */
  readonly headWeight?: string;
}

/** The weights that may be int8 by themselves: those of all products. */
export function decoderProducts({ config: { names }, prefixes, headWeight }: DecoderNetwork): string[] {
  const attentions = [names.self, names.cross].flatMap(({ query, key, value, out }) => [
    query,
    key,
    value,
    out,
  ]);
  const layers = [...attentions, names.mlpIn, names.mlpOut];
  const inBlocks = prefixes.flatMap((prefix) => layers.map((layer) => `${prefix}.${layer}.weight`));
  return headWeight === undefined ? inBlocks : [...inBlocks, headWeight];
}

/** What sequences that are decoded together hold of the caches. */
export interface CacheShape {
  /** Vectors of what is decoded. */
  readonly sourceTokens: number;
  /** Sequences side by side: beams. */
  readonly beams: number;
  /** Tokens of one sequence. */
  readonly tokens: number;
}

/** Room for tokens of a sequence grows by so many: the kernel copies what room there is at every step. */
export const ROOM_STEP = 64;

/**
 * The room that a sequence of so many tokens may come to have: 64, 128, 256 and so on, up to the decoder's positions. Sequences of
 * like room are decoded together, so that none has the room of a much longer one.
 */
export function roomFor(tokens: number, positions: number): number {
  const most = Math.ceil(positions / ROOM_STEP) * ROOM_STEP;
  let room = ROOM_STEP;
  while (room < tokens) room *= 2;
  return Math.min(room, most);
}

/**
 * Bytes of the caches for one source: layers × 2 (keys, values) × width × 4 × (source tokens + beams × {@link roomFor} its tokens). The
 * keys and values of the source are there once, whatever the beams.
 */
export function cacheBytes(
  { prefixes, config: { width, positions } }: Pick<DecoderNetwork, 'prefixes' | 'config'>,
  { sourceTokens, beams, tokens }: CacheShape,
): number {
  return prefixes.length * 2 * width * 4 * (sourceTokens + beams * roomFor(tokens, positions));
}
