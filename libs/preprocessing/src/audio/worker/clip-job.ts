import { checkLongEnough, faultError, type SampleFaults, tooLong } from '@triptych/validation';
import { concat } from '../resampler.js';
import { SampleStream, type SampleSteps } from '../sample-stream.js';
import { type Job, release } from './job.js';
import type { ClipStart, Input } from './protocol.js';

/** Decodes a clip whole. One that turns out too long is refused before all of it is in memory. */
export class ClipJob implements Job {
  readonly #source: SampleStream;
  readonly #parts: Float32Array<ArrayBuffer>[] = [];
  #first: SampleFaults | undefined;
  #faulty = 0;
  position = 0;
  clip: Float32Array<ArrayBuffer> | undefined;

  constructor(private readonly start: ClipStart) {
    this.#source = new SampleStream(start.format, start.targetRate);
  }

  get decodedMs(): number {
    return this.#source.spentMs;
  }

  async *take({ data }: Input): AsyncGenerator<undefined> {
    yield* this.#decode(this.#source.push(data));
    yield* this.#decode(this.#source.finish());
    if (this.#first) throw faultError(this.#first, this.#faulty);
    checkLongEnough(this.position, this.start.targetRate);
    const [first, ...others] = this.#parts;
    const isWhole = others.length === 0 && first.byteLength === first.buffer.byteLength;
    this.clip = isWhole ? first : concat(this.#parts);
    release(data);
  }

  close(): void {
    this.#source.close();
  }

  async *#decode(steps: SampleSteps): AsyncGenerator<undefined> {
    const { maxSamples, targetRate } = this.start;
    for await (const decoded of steps) {
      if (decoded && decoded.samples.length > 0) this.#parts.push(decoded.samples);
      for (const { faults } of decoded?.faults ?? []) {
        this.#first ??= faults;
        this.#faulty += faults.count;
      }
      this.position += decoded?.samples.length ?? 0;
      if (this.position > maxSamples) throw tooLong(maxSamples / targetRate);
      yield undefined;
    }
  }
}
