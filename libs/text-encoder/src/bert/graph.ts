import {
  GraphBuilder,
  type GraphOptions,
  layerNorm,
  linear,
  type OnnxGraph,
  relativePositionBias,
  transformer,
  type TransformerBlocks,
  type Value,
} from '@triptych/inference-core';
import { type BertConfig, mostTokens } from './config.js';
import type { DenseLayer, SentencePipeline } from './sentence.js';

/** Graph inputs and outputs, by name. */
export const inputs = { ids: 'ids' } as const;
export const outputs = {
  tokens: 'tokens',
  mean: 'mean',
  class: 'class',
  last: 'last',
  sentence: 'sentence',
} as const;

/**
 * A BERT-like encoder from token ids to sentence vectors. Texts of one run have the same length: there is no padding,
 * and no mask.
 *
 * Inputs: `ids` int64 [batch, tokens], those around the text included.
 * Outputs: `tokens` [batch, tokens, width], the last hidden state; `mean`, `class` and `last` of them, [batch, width];
 * `sentence` [batch, dimensions], what the checkpoint's own pipeline makes of them.
 * With `inspect`, also the hidden states `state_0` … `state_layers`.
 */
export function bertGraph(
  config: BertConfig,
  pipeline: SentencePipeline,
  options: GraphOptions = {},
): OnnxGraph {
  const { width } = config.blocks;
  const g = new GraphBuilder('bert', options);
  const ids = g.input(inputs.ids, 'int64', ['batch', 'tokens']);
  const tokens = g.op('Shape', [ids], { attributes: { start: 1, end: 2 } });

  const { states, output } = transformer(g, embed(g, ids, tokens, config), bertBlocks(config), {
    bias: positionBias(g, tokens, config),
  });

  const pooled = {
    mean: g.op('ReduceMean', [output, g.ints([1])], { attributes: { keepdims: 0 } }),
    class: g.op('Gather', [output, g.ints([0], [])], { attributes: { axis: 1 } }),
    last: g.op('Gather', [output, g.ints([-1], [])], { attributes: { axis: 1 } }),
  };
  g.output(outputs.tokens, output, 'float32', ['batch', 'tokens', width]);
  for (const name of ['mean', 'class', 'last'] as const)
    g.output(outputs[name], pooled[name], 'float32', ['batch', width]);
  const sentence = pipeline.dense.reduce((x, layer) => dense(g, x, layer), pooled[pipeline.pooling]);
  g.output(outputs.sentence, pipeline.normalizes ? normalize(g, sentence) : sentence, 'float32', [
    'batch',
    sentenceWidth(config, pipeline),
  ]);
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', width]));
  return g.build();
}

export function bertBlocks({ blocks, layers }: BertConfig): TransformerBlocks {
  return { prefixes: Array.from({ length: layers }, (_, i) => `encoder.layer.${i}`), config: blocks };
}

/** Values of a vector that the checkpoint's own pipeline makes. */
export function sentenceWidth({ blocks }: BertConfig, { dense }: SentencePipeline): number {
  return dense.at(-1)?.to ?? blocks.width;
}

/** Word, token-type and position embeddings, and their norm: [batch, tokens] → [batch, tokens, width] */
function embed(g: GraphBuilder, ids: Value, tokens: Value, config: BertConfig): Value {
  const { vocabulary, positions, tokenTypes, blocks } = config;
  const { width } = blocks;
  const words = g.lookup('embeddings.word_embeddings.weight', [vocabulary, width], ids);
  const table = g.weight('embeddings.position_embeddings.weight', [positions, width]);
  const places = g.op('Gather', [table, positionIds(g, ids, tokens, config)]);
  const sum = g.op('Add', [addTokenType(g, words, tokenTypes, width), places]);
  return layerNorm(g, sum, 'embeddings.LayerNorm', blocks);
}

/** Every token is of the first type. */
function addTokenType(g: GraphBuilder, x: Value, types: number, width: number): Value {
  if (types === 0) return x;
  const table = g.weight('embeddings.token_type_embeddings.weight', [types, width]);
  return g.op('Add', [x, g.op('Gather', [table, g.ints([0], [])])]);
}

/**
 * Rows of the position table. RoBERTa counts the tokens that are not padding, from behind the padding's id on; a padding
 * token in the middle of a text has the padding's own row.
 */
function positionIds(g: GraphBuilder, ids: Value, tokens: Value, { paddingId }: BertConfig): Value {
  if (paddingId === undefined)
    return g.op('Range', [g.ints([0], []), g.op('Squeeze', [tokens]), g.ints([1], [])]);
  const padding = g.ints([paddingId], []);
  const counts = g.op('Cast', [g.op('Not', [g.op('Equal', [ids, padding])])], { attributes: { to: INT64 } });
  const counted = g.op('CumSum', [counts, g.ints([1], [])]);
  return g.op('Add', [g.op('Mul', [counted, counts]), padding]);
}

function positionBias(g: GraphBuilder, tokens: Value, config: BertConfig): Value | undefined {
  const { relativePositions } = config;
  return (
    relativePositions &&
    relativePositionBias(g, tokens, { ...relativePositions, positions: mostTokens(config) })
  );
}

function dense(g: GraphBuilder, x: Value, { name, from, to, biased, activation }: DenseLayer): Value {
  const bias = biased ? g.weight(`${name}.linear.bias`, [to]) : undefined;
  const mapped = linear(g, x, { weight: `${name}.linear.weight`, shape: [to, from], bias });
  return activation === 'tanh' ? g.op('Tanh', [mapped]) : mapped;
}

/** x ÷ its Euclidean length, which counts as at least 1e-12. */
function normalize(g: GraphBuilder, x: Value): Value {
  const length = g.op('ReduceL2', [x, g.ints([-1])], { attributes: { keepdims: 1 } });
  return g.op('Div', [x, g.op('Max', [length, g.floats([1e-12], [])])]);
}

/** TensorProto.DataType of ONNX. */
const INT64 = 7;
