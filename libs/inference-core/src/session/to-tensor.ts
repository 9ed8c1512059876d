import { Tensor } from 'onnxruntime-node';
import type { InputBuffers } from './input-buffers.js';
import type { FeedTensor } from './protocol.js';

/** What a session takes for an input, until the next one of its name. */
export function toTensor(input: string, { type, dims, data }: FeedTensor, buffers: InputBuffers): Tensor {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : buffers.joined(input, data);
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'int64')
    return new Tensor('int64', new BigInt64Array(buffer, byteOffset, byteLength / 8), dims);
  if (type === 'uint8') return new Tensor('uint8', bytes, dims);
  return new Tensor('float32', new Float32Array(buffer, byteOffset, byteLength / 4), dims);
}
