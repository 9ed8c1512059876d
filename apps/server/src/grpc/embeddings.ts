import type { EmbeddingBytes } from '@triptych/core';
import type { EncodedItem } from '@triptych/engine';
import {
  type AudioResult,
  type Embedding,
  EmbeddingEncoding,
  type EmbeddingOptions,
  poolingNumbers,
} from '@triptych/protocol';
import type { RequestedEmbedding } from '@triptych/validation';
import { embeddingEncodings, nameOf } from './names.js';

/** How vectors are wanted, and how they are sent. */
export interface EmbeddingRequest {
  readonly options: RequestedEmbedding;
  /** `EmbeddingEncoding`, never UNSPECIFIED. */
  readonly encoding: number;
}

export function readEmbeddingOptions(options: EmbeddingOptions | null | undefined): EmbeddingRequest {
  const { encoding, name } = readEncoding(options?.encoding);
  return {
    options: {
      pooling: nameOf(poolingNumbers, Number(options?.pooling ?? 0)),
      normalize: options?.normalize,
      encoding: name,
      dimensions: options?.dimensions,
    },
    encoding,
  };
}

/** An `EmbeddingEncoding`, never UNSPECIFIED, and the engine's name of its numbers. */
export function readEncoding(requested: unknown): { encoding: number; name: string | undefined } {
  const encoding = Number(requested) || EmbeddingEncoding.EMBEDDING_ENCODING_FLOAT_LIST;
  const isList = encoding === EmbeddingEncoding.EMBEDDING_ENCODING_FLOAT_LIST;
  return { encoding, name: isList ? 'float32' : nameOf(embeddingEncodings, encoding) };
}

/** The part of an answer that all modalities share. */
export function encodedMessage(
  { embedding, timing }: EncodedItem,
  encoding: number,
): Required<Pick<AudioResult, 'embedding' | 'timing'>> {
  return { embedding: embeddingMessage(embedding, encoding), timing };
}

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
