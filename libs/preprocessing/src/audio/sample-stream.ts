import { TriptychError } from '@triptych/core';
import { type AudioFormat, faultError, type SampleFault } from '@triptych/validation';
import { ContainerDecoder } from './decode/container-decoder.js';
import type { AudioDecoder, Decoded } from './decode/decoder.js';
import { PcmDecoder } from './decode/pcm-decoder.js';
import { concat, createResampler, type Resampler } from './resampler.js';

/** Output samples that a faulty input sample has touched, and what is wrong with it. */
export interface FaultRange {
  readonly start: number;
  readonly end: number;
  readonly error: TriptychError;
}

export interface Samples {
  /** Mono float32 at the target rate. */
  readonly samples: Float32Array<ArrayBuffer>;
  readonly faults: readonly FaultRange[];
}

/** Bytes in any format, split anywhere → mono samples at one rate. */
export class SampleStream {
  readonly #decoder: AudioDecoder;
  #resampler: Resampler | undefined;
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

  /** Throws AUDIO_* errors; the stream is then of no further use. */
  async push(bytes: Uint8Array): Promise<Samples> {
    return this.#resample(await this.#decoder.push(bytes));
  }

  /** What the decoder and the resampler still hold. Throws where the bytes ended too early. */
  async finish(): Promise<Samples> {
    const { samples, faults } = await this.#resample(await this.#decoder.finish());
    return { samples: concat([samples, this.#resampler?.finish() ?? new Float32Array(0)]), faults };
  }

  close(): void {
    this.#decoder.close();
    this.#resampler?.close();
    this.#resampler = undefined;
  }

  async #resample(decoded: readonly Decoded[]): Promise<Samples> {
    const parts: Float32Array<ArrayBuffer>[] = [];
    const faults: FaultRange[] = [];
    for (const { samples, sampleRate, faults: found } of decoded) {
      this.#sourceRate ??= sampleRate;
      if (this.#sourceRate !== sampleRate) {
        throw new TriptychError(
          'AUDIO_CONTAINER_CORRUPT',
          `the sample rate changes from ${this.#sourceRate} to ${sampleRate} Hz within the stream`,
          { field: 'data' },
        );
      }
      this.#resampler ??= await createResampler(sampleRate, this.targetRate);
      parts.push(this.#resampler.push(samples));
      faults.push(...found.map((fault) => this.#toRange(fault, sampleRate)));
    }
    return { samples: parts.length === 1 ? parts[0] : concat(parts), faults };
  }

  #toRange(fault: SampleFault, sampleRate: number): FaultRange {
    const at = (fault.position * this.targetRate) / sampleRate;
    const reach = this.#resampler?.reach ?? 0;
    return { start: Math.floor(at) - reach, end: Math.ceil(at) + reach + 1, error: faultError(fault) };
  }
}
