import { discard } from '@triptych/core';
import { Tensor } from 'onnxruntime-node';
import { GraphBuilder, type OnnxGraph } from '../onnx/graph-builder.js';
import { addMedians, standardizeColumns, warp } from './alignment.js';
import type { Alignment } from './config.js';
import type { Run } from './run.js';

const names = { query: 'query', key: 'key', weights: 'weights' };

/** What one head attends to: `query` [tokens, head width], `key` [source tokens, head width] → `weights` [tokens, source tokens]. */
export function headGraph(headWidth: number): OnnxGraph {
  const g = new GraphBuilder('decoder-head');
  const query = g.input(names.query, 'float32', ['tokens', headWidth]);
  const key = g.input(names.key, 'float32', ['source_tokens', headWidth]);
  const scores = g.op('FusedMatMul', [query, key], {
    domain: 'com.microsoft',
    attributes: { transB: 1, alpha: { float: 1 / Math.sqrt(headWidth) } },
  });
  g.output(names.weights, g.op('Softmax', [scores]), 'float32', ['tokens', 'source_tokens']);
  return g.build();
}

/** Queries and keys of cross-attention, of one sequence. */
export interface Attended {
  readonly tokens: number;
  readonly sourceTokens: number;
  readonly headWidth: number;
  /** Of a layer's: [tokens, heads, head width] */
  readonly query: (layer: number) => Float32Array;
  /** Of a layer's: [heads, source tokens, head width] */
  readonly key: (layer: number) => Float32Array;
}

/**
 * The vector of the source at which each token begins, among the first `reach` of them: the weights of the heads that follow what is
 * decoded, standardized over the tokens, smoothed along the source, their mean, and the best path through it. One head is computed at a time:
 * it takes some tokens × source tokens × 20 bytes, however many heads there are.
 */
export async function align(
  run: Run,
  { heads, medianWidth }: Alignment,
  { tokens, sourceTokens, headWidth, query, key }: Attended,
  reach: number,
): Promise<number[]> {
  const columns = Math.min(reach, sourceTokens);
  const size = { rows: tokens, columns };
  const sum = new Float32Array(tokens * columns);
  const values = new Float32Array(tokens * columns);
  for (const { layer, head } of heads) {
    const queries = query(layer);
    const width = queries.length / tokens;
    const ofHead = new Float32Array(tokens * headWidth);
    for (let token = 0; token < tokens; token++) {
      const at = token * width + head * headWidth;
      ofHead.set(queries.subarray(at, at + headWidth), token * headWidth);
    }
    const keySize = sourceTokens * headWidth;
    const keys = key(layer).subarray(head * keySize, (head + 1) * keySize);
    const { weights } = await run(
      {
        [names.query]: new Tensor('float32', ofHead, [tokens, headWidth]),
        [names.key]: new Tensor('float32', keys, [sourceTokens, headWidth]),
      },
      [names.weights],
    );
    const all = weights.data as Float32Array<ArrayBuffer>;
    for (let token = 0; token < tokens; token++)
      values.set(all.subarray(token * sourceTokens, token * sourceTokens + columns), token * columns);
    discard([all.buffer]);
    standardizeColumns({ values, ...size });
    addMedians({ values, ...size }, medianWidth, sum);
  }
  for (let i = 0; i < sum.length; i++) sum[i] /= heads.length;
  return warp({ values: sum, ...size });
}
