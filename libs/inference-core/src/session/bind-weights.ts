import { basename, dirname } from 'node:path';
import { tensorError, type WeightPart, type WeightSet, type WeightTensor } from '@triptych/core';
import { type OnnxGraph, scalesOf } from '../onnx/graph-builder.js';
import type { WeightForm } from '../onnx/weight-forms.js';
import type { ExternalWeight } from './protocol.js';

/** A graph with its weights found. */
export interface BoundWeights {
  readonly model: Uint8Array;
  /** Those that are given to the session; it reads others from the folder's files. */
  readonly weights: readonly ExternalWeight[];
  /** Those of the weight set, and one of scales where any stay int8. */
  readonly parts: readonly WeightPart[];
  readonly folder: string | undefined;
}

/**
 * Finds each weight that a graph takes. Throws TENSOR_MISSING, TENSOR_SHAPE where the file's shape is not the one that
 * the configuration asks for, or TENSOR_DTYPE, which name the file where the set does: this is how a model is checked against its
 * configuration.
 */
export function bindWeights(graph: OnnxGraph, set: WeightSet): BoundWeights {
  const scales: { readonly name: string; readonly values: Float32Array }[] = [];
  const forms = new Map<string, WeightForm>();
  const weights: ExternalWeight[] = [];
  const leaves = staysInFile(graph, set);
  for (const [name, shape] of graph.weights) {
    const tensor = find(set, name, shape);
    const isInt8 = graph.int8.has(name);
    if (isInt8 !== (tensor.scales !== undefined)) {
      const [expected, found] = isInt8 ? ['int8 per output channel', tensor.storedAs] : ['float32', 'int8'];
      throw tensorError('TENSOR_DTYPE', set, name, `: expected ${expected}, found ${found}`);
    }
    if (tensor.scales) scales.push({ name, values: tensor.scales });
    const { part, byteOffset, byteLength, type } = tensor;
    const file = set.parts[part];
    const fed = graph.fed.has(name);
    if (typeof file === 'string' && !fed && leaves) {
      forms.set(name, { type, place: { file: basename(file), byteOffset, byteLength } });
      continue;
    }
    // Tensors of bfloat16 cannot be fed.
    forms.set(name, { type: fed && type === 'bfloat16' ? 'float32' : type });
    weights.push({ name, type, shape, fed, part, byteOffset, byteLength });
  }
  const file = set.parts.find((part) => typeof part === 'string');
  const bound = {
    model: graph.encode(forms),
    weights,
    parts: set.parts,
    folder: file === undefined ? undefined : dirname(file),
  };
  return scales.length === 0 ? bound : withScales(bound, scales);
}

/**
 * Whether what lies in a file stays there. ONNX Runtime takes all of a session's weights from files or is given all of them: where
 * some are in memory, as scales are and what was upcast here, the others are read.
 */
function staysInFile(graph: OnnxGraph, { tensors, parts }: WeightSet): boolean {
  const given = [...graph.weights.keys()].filter((name) => !graph.fed.has(name));
  return (
    graph.int8.size === 0 && given.every((name) => typeof parts[tensors.get(name)?.part ?? -1] === 'string')
  );
}

function withScales(
  bound: BoundWeights,
  scales: readonly { readonly name: string; readonly values: Float32Array }[],
): BoundWeights {
  const all = new Float32Array(scales.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  const weights = scales.map(({ name, values }): ExternalWeight => {
    all.set(values, at);
    const byteOffset = 4 * at;
    at += values.length;
    return {
      name: scalesOf(name),
      type: 'float32',
      shape: [values.length],
      fed: false,
      part: bound.parts.length,
      byteOffset,
      byteLength: values.byteLength,
    };
  });
  return { ...bound, weights: [...bound.weights, ...weights], parts: [...bound.parts, all.buffer] };
}

function find(set: WeightSet, name: string, shape: readonly number[]): WeightTensor {
  const tensor = set.tensors.get(name);
  const expected = `expected shape [${shape.join(', ')}]`;
  if (!tensor) throw tensorError('TENSOR_MISSING', set, name, ` is missing; ${expected}`);
  if (tensor.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])) return tensor;
  throw tensorError('TENSOR_SHAPE', set, name, `: ${expected}, found [${tensor.shape.join(', ')}]`);
}
