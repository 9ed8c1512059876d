import { TriptychError, type WeightSet } from '@triptych/core';
import type { OnnxGraph } from '../onnx/graph-builder.js';
import type { ExternalWeight } from './protocol.js';

/**
 * Finds each weight that a graph takes. Throws TENSOR_MISSING, or TENSOR_SHAPE where the file's shape is not the one
 * that the configuration asks for: this is how a model is checked against its configuration.
 */
export function bindWeights(graph: OnnxGraph, set: WeightSet): ExternalWeight[] {
  return [...graph.weights].map(([name, shape]) => {
    const tensor = set.tensors.get(name);
    const expected = `expected shape [${shape.join(', ')}]`;
    if (!tensor)
      throw new TriptychError('TENSOR_MISSING', `tensor ${name} is missing; ${expected}`, { field: name });
    if (tensor.shape.length !== shape.length || tensor.shape.some((n, i) => n !== shape[i])) {
      throw new TriptychError(
        'TENSOR_SHAPE',
        `tensor ${name}: ${expected}, found [${tensor.shape.join(', ')}]`,
        { field: name },
      );
    }
    const { part, byteOffset, byteLength } = tensor;
    return { name, shape, fed: graph.fed.has(name), part, byteOffset, byteLength };
  });
}
