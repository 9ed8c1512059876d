import { createHash } from 'node:crypto';
import type { StoredTensor } from './numbers/stored-tensor.js';

/**
 * sha256 over a model's tensors (names, shapes, dtypes, data) and its preprocessing recipe. Tensors may be added
 * in any order: how a file is compressed, ordered or cut into row groups leaves no trace.
 */
export class Fingerprint {
  readonly #digests = new Map<string, string>();

  add({ name, shape, dtype, data, quantization }: StoredTensor): void {
    const hash = createHash('sha256').update(JSON.stringify([name, shape, dtype])).update(data);
    if (quantization) {
      const { scales, zeroPoints, axis, groupSize } = quantization;
      hash.update(JSON.stringify([axis, groupSize])).update(scales).update(zeroPoints ?? new Uint8Array(0));
    }
    this.#digests.set(name, hash.digest('hex'));
  }

  /** The fingerprint in lower-case hex. `recipe` is any JSON value; the order of its keys does not matter. */
  finish(recipe: unknown): string {
    const names = [...this.#digests.keys()].sort();
    const hash = createHash('sha256');
    for (const name of names) hash.update(`${this.#digests.get(name)}\n`);
    return hash.update(canonicalJson(recipe)).digest('hex');
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
