import { TriptychError } from '@triptych/core';
import { ByteQueue } from './byte-queue.js';
import type { LengthCheck } from './compressed-decoder.js';

/** Signature, block header, then STREAMINFO up to its 36-bit sample count (RFC 9639, section 8.2). */
const STREAMINFO_SAMPLES_END = 26;

/** Holds FLAC to the number of samples that its STREAMINFO declares; 0 declares nothing. */
export class FlacLength implements LengthCheck {
  readonly #head = new ByteQueue();

  push(bytes: Uint8Array): void {
    const missing = STREAMINFO_SAMPLES_END - this.#head.length;
    if (missing > 0) this.#head.push(bytes.subarray(0, missing));
  }

  finish(frames: number): void {
    const head = this.#head.peek(STREAMINFO_SAMPLES_END);
    if (head.length < STREAMINFO_SAMPLES_END) {
      throw new TriptychError('AUDIO_CONTAINER_CORRUPT', 'FLAC: it ends within its header', {
        field: 'data',
      });
    }
    const view = new DataView(head.buffer, head.byteOffset);
    const declared = (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22);
    if (declared !== 0 && declared !== frames) {
      throw new TriptychError(
        'AUDIO_CONTAINER_LENGTH',
        `the FLAC header declares ${declared} samples; ${frames} were found`,
        { field: 'data' },
      );
    }
  }
}

/** Longest frame header, and one byte more: a frame that is cut beyond it is no longer lost. */
const SYNC_BYTES = 17;

/** Bytes at the end that may begin a frame: the decoder's parser drops a frame whose first bytes come in two pieces. */
export function partialSync(bytes: Uint8Array): number {
  const at = findSync(bytes, Math.max(0, bytes.length - SYNC_BYTES + 1));
  return at === undefined ? 0 : bytes.length - at;
}

/** Where a frame after the first may begin. */
export function nextFrame(bytes: Uint8Array): number | undefined {
  return findSync(bytes, 1);
}

/** Where a sync code (RFC 9639, section 9.1) begins, or may once more bytes come. */
function findSync(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (at + 1 === bytes.length || (bytes[at + 1] & 0xfe) === 0xf8) return at;
  return undefined;
}
