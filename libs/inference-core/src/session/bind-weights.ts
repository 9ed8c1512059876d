import { TriptychError, type WeightSet, type WeightTensor } from '@triptych/core';
import { type OnnxGraph, scalesOf } from '../onnx/graph-builder.js';
import type { ExternalWeight } from './protocol.js';

/** A graph's weights and the buffers that they lie in: those of the weight set, and one of scales where any stay int8. */
export interface BoundWeights {
  readonly weights: readonly ExternalWeight[];
  readonly parts: readonly ArrayBuffer[];
}

/**
 * Finds each weight that a graph takes. Throws TENSOR_MISSING, TENSOR_SHAPE where the file's shape is not the one that
 * the configuration asks for, or TENSOR_DTYPE: this is how a model is checked against its configuration.
 */
export function bindWeights(graph: OnnxGraph, set: WeightSet): BoundWeights {
  const scales: { readonly name: string; readonly values: Float32Array }[] = [];
  const weights: ExternalWeight[] = [...graph.weights].map(([name, shape]) => {
    const tensor = find(set, name, shape);
    const isInt8 = graph.int8.has(name);
    if (isInt8 !== (tensor.scales !== undefined)) {
      const [expected, found] = isInt8 ? ['int8 per output channel', tensor.storedAs] : ['float32', 'int8'];
      throw new TriptychError('TENSOR_DTYPE', `tensor ${name}: expected ${expected}, found ${found}`, {
        field: name,
      });
    }
    if (tensor.scales) scales.push({ name, values: tensor.scales });
    const { part, byteOffset, byteLength } = tensor;
    const type = isInt8 ? 'int8' : 'float32';
    return { name, type, shape, fed: graph.fed.has(name), part, byteOffset, byteLength };
  });
  if (scales.length === 0) return { weights, parts: set.parts };
  const all = new Float32Array(scales.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { name, values } of scales) {
    all.set(values, at);
    weights.push({
      name: scalesOf(name),
      type: 'float32',
      shape: [values.length],
      fed: false,
      part: set.parts.length,
      byteOffset: 4 * at,
      byteLength: values.byteLength,
    });
    at += values.length;
  }
  return { weights, parts: [...set.parts, all.buffer] };
}

function find(set: WeightSet, name: string, shape: readonly number[]): WeightTensor {
  const tensor = set.tensors.get(name);
  const expected = `expected shape [${shape.join(', ')}]`;
  if (!tensor)
    throw new TriptychError('TENSOR_MISSING', `tensor ${name} is missing; ${expected}`, { field: name });
  if (tensor.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])) return tensor;
  throw new TriptychError('TENSOR_SHAPE', `tensor ${name}: ${expected}, found [${tensor.shape.join(', ')}]`, {
    field: name,
  });
}
