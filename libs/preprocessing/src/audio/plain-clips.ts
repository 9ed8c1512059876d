import { audioLimits } from '@triptych/validation';
import { STEP_BYTES } from './decode/decoder.js';
import { sampleFormats } from './decode/sample-formats.js';
import type { ClipStart } from './worker/protocol.js';

/**
 * Decodes clips that need nothing but a scale: one channel of integers, at the rate that is wanted. That is less work for this thread
 * than handing their bytes to another one and taking the samples back. It does no more of it than a step in a turn of the event loop.
 */
export class PlainClips {
  /** Bytes that were decoded in this turn. */
  #bytes = 0;

  /** Undefined where a worker is to decode the clip, or to say what is wrong with it. */
  decode(
    { format, targetRate, maxSamples }: ClipStart,
    data: Uint8Array,
  ): Float32Array<ArrayBuffer> | undefined {
    if (format.encoding === 'container' || format.channels !== 1 || format.sampleRate !== targetRate)
      return undefined;
    const { bytes, float, read } = sampleFormats[format.encoding];
    const samples = data.length / bytes;
    const isWhole = Number.isInteger(samples) && samples <= maxSamples;
    if (float || !isWhole || samples < audioLimits.minSeconds * targetRate || !this.#take(data.length))
      return undefined;
    return read(data);
  }

  /** Whether so many bytes may be decoded in this turn. */
  #take(bytes: number): boolean {
    if (this.#bytes + bytes > STEP_BYTES) return false;
    if (this.#bytes === 0) setImmediate(() => (this.#bytes = 0));
    this.#bytes += bytes;
    return true;
  }
}
