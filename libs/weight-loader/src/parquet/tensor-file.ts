import type { StoredTensor } from '../numbers/stored-tensor.js';
import type { TensorHeader } from './header.js';
import type { SchemaVersion } from './schema.js';

/** A weights file whose headers have been read: all of them, or those that are wanted. */
export interface TensorFile {
  readonly version: SchemaVersion;
  readonly headers: readonly TensorHeader[];
  /** Their tensors, in the same order. The bytes of each are valid until the next is asked for. Throws WEIGHTS_CORRUPT. */
  read(): AsyncIterable<StoredTensor> | Iterable<StoredTensor>;
  close(): void;
}
