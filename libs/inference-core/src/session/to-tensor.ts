import { Tensor } from 'onnxruntime-node';
import type { InputBuffers } from './input-buffers.js';
import type { FeedTensor } from './protocol.js';

/** What a session takes for an input, until the next one of its name. */
export function toTensor(input: string, feed: FeedTensor, buffers: InputBuffers): Tensor {
  if ('numbers' in feed) {
    const { type, numbers } = feed;
    const data = type === 'int64' ? BigInt64Array.from(numbers, BigInt) : Float32Array.from(numbers);
    return new Tensor(type, data, [numbers.length]);
  }
  const { type, dims, data } = feed;
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : buffers.joined(input, data);
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'int64')
    return new Tensor('int64', new BigInt64Array(buffer, byteOffset, byteLength / 8), dims);
  if (type === 'int32') return new Tensor('int32', new Int32Array(buffer, byteOffset, byteLength / 4), dims);
  if (type === 'uint8') return new Tensor('uint8', bytes, dims);
  return new Tensor('float32', new Float32Array(buffer, byteOffset, byteLength / 4), dims);
}
