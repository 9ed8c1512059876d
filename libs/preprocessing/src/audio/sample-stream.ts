import { TriptychError } from '@triptych/core';
import type { AudioFormat, SampleFaults } from '@triptych/validation';
import { ContainerDecoder } from './decode/container-decoder.js';
import type { AudioDecoder, Decoded, Steps } from './decode/decoder.js';
import { PcmDecoder } from './decode/pcm-decoder.js';
import { createResampler, type Resampler } from './resampler.js';

/** Output samples that faulty input samples have touched. */
export interface FaultRange {
  readonly start: number;
  readonly end: number;
  readonly faults: SampleFaults;
}

export interface Samples {
  /** Mono float32 at the target rate. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Those of samples to come may be among them. */
  readonly faults: readonly FaultRange[];
}

/** What a step comes to; undefined: nothing yet. */
export type SampleSteps = AsyncGenerator<Samples | undefined>;

/** Samples that are resampled in one step, on the side that has more of them: about a millisecond. */
const STEP_SAMPLES = 16 * 1024;

/**
 * Bytes in any format, split anywhere → mono samples at one rate, in steps of some milliseconds: what a few bytes come to may take
 * seconds.
 */
export class SampleStream {
  readonly #decoder: AudioDecoder;
  #resampler: Resampler | undefined;
  /** Milliseconds of decoding and resampling so far. */
  spentMs = 0;
  #sourceRate: number | undefined;

  constructor(
    format: AudioFormat,
    private readonly targetRate: number,
  ) {
    this.#decoder =
      format.encoding === 'container'
        ? new ContainerDecoder()
        : new PcmDecoder({ ...format, format: format.encoding });
  }

  /** Throws AUDIO_* errors; the stream is then of no further use. The steps must have been used up before the next push. */
  push(bytes: Uint8Array): SampleSteps {
    return this.#timed(this.#resampled(this.#decoder.push(bytes)));
  }

  /** What the decoder and the resampler still hold. Throws, after that, where the bytes ended too early. */
  finish(): SampleSteps {
    return this.#timed(this.#rest());
  }

  close(): void {
    this.#decoder.close();
    this.#resampler?.close();
    this.#resampler = undefined;
  }

  async *#rest(): SampleSteps {
    let cutShort: { readonly thrown: unknown } | undefined;
    try {
      yield* this.#resampled(this.#decoder.finish());
    } catch (thrown) {
      cutShort = { thrown };
    }
    if (this.#resampler) yield { samples: this.#resampler.finish(), faults: [] };
    if (cutShort) throw cutShort.thrown;
  }

  /** Counts what steps take, not what is done in between. */
  async *#timed(steps: SampleSteps): SampleSteps {
    let since = performance.now();
    for await (const step of steps) {
      this.spentMs += performance.now() - since;
      yield step;
      since = performance.now();
    }
  }

  async *#resampled(steps: Steps): SampleSteps {
    for await (const decoded of steps) {
      if (decoded) yield* await this.#resample(decoded);
      else yield undefined;
    }
  }

  async #resample({ samples, sampleRate, faults }: Decoded): Promise<Iterable<Samples>> {
    this.#sourceRate ??= sampleRate;
    if (this.#sourceRate !== sampleRate) {
      throw new TriptychError(
        'AUDIO_CONTAINER_CORRUPT',
        `the sample rate changes from ${this.#sourceRate} to ${sampleRate} Hz within the stream`,
        { field: 'data' },
      );
    }
    const resampler = (this.#resampler ??= await createResampler(sampleRate, this.targetRate));
    const ranges = faults.map((found) => this.#toRange(found, sampleRate, resampler.reach));
    if (sampleRate === this.targetRate) return [{ samples, faults: ranges }];
    const size = Math.floor(STEP_SAMPLES * Math.min(1, sampleRate / this.targetRate));
    return resampledPieces(resampler, samples, size, ranges);
  }

  #toRange(faults: SampleFaults, sampleRate: number, reach: number): FaultRange {
    const at = (position: number) => (position * this.targetRate) / sampleRate;
    const end = Math.ceil(at(faults.lastPosition)) + reach + 1;
    return { start: Math.floor(at(faults.position)) - reach, end, faults };
  }
}

/** The faults come with the first piece: none of them comes later than what it touches. */
function* resampledPieces(
  resampler: Resampler,
  samples: Float32Array<ArrayBuffer>,
  size: number,
  faults: readonly FaultRange[],
): Generator<Samples> {
  for (let at = 0; at < samples.length; at += size)
    yield {
      samples: resampler.push(samples.subarray(at, at + size)),
      faults: at === 0 ? faults : [],
    };
}
