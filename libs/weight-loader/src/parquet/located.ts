import type { TensorHeader } from './header.js';
import type { SchemaVersion } from './schema.js';

/** Bytes inside a file. */
export interface Place {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A tensor, and where its bytes lie in the file. */
export interface LocatedTensor extends Place {
  readonly header: TensorHeader;
}

export interface LocatedTensors {
  readonly version: SchemaVersion;
  readonly tensors: readonly LocatedTensor[];
}
