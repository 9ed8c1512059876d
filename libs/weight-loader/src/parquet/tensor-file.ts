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

/** Which tensors of a file are read. */
export interface Selection {
  /** By their names in the file. Default: all. */
  readonly wanted?: ((name: string) => boolean) | undefined;
  /** One of several shares of them, which several workers read at a time. Default: all. */
  readonly share?: { readonly index: number; readonly of: number } | undefined;
}

/** Whether the nth of a file's parts belongs to a share. */
export function isInShare(n: number, { share }: Selection): boolean {
  return share === undefined || n % share.of === share.index;
}
