/**
 * The memory of a session's inputs: kept from run to run, since fresh pages of a large batch take longer to get than to fill. It grows
 * to that of the largest batch.
 */
export class InputBuffers {
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>();

  /** The parts one after the other, until the next call for this input. One part is taken as it is. */
  joined(input: string, parts: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
    if (parts.length === 1) return new Uint8Array(parts[0]);
    const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let all = this.#kept.get(input);
    if (!all || all.byteLength < length) this.#kept.set(input, (all = new Uint8Array(length)));
    let at = 0;
    for (const part of parts) {
      all.set(new Uint8Array(part), at);
      at += part.byteLength;
    }
    return all.subarray(0, length);
  }
}
