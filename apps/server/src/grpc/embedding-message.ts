import type { EmbeddingBytes } from '@triptych/core';
import { type Embedding, EmbeddingEncoding } from '@triptych/protocol';

/** An embedding as it is sent. `values` is its float32 bytes: see `loadWirePackage`. */
export function embeddingMessage({ bytes, shape, scale }: EmbeddingBytes, encoding: number): Embedding {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isList = encoding === EmbeddingEncoding.EMBEDDING_ENCODING_FLOAT_LIST;
  return {
    ...(isList ? { values: buffer as unknown as number[] } : { raw: buffer }),
    shape: [...shape],
    encoding: encoding as 1 | 2 | 3 | 4,
    scale,
  };
}
