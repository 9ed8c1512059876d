import { TriptychError } from '@triptych/core';
import loadSpeex, { type SpeexModule } from '@echogarden/speex-resampler-wasm/simd';

/** SpeexDSP's scale is 0 to 10; 8 keeps aliases and ripple about 130 dB down. */
const QUALITY = 8;
/** Input samples per call: what the scratch buffers in the module's heap hold. */
const SLICE = 4096;
/** The highest ratio, 4 kHz to 16 kHz or beyond, still fits the output of a slice. */
const OUTPUT_ROOM = SLICE * 16;

interface Speex {
  readonly module: SpeexModule;
  /** Scratch: input samples, output samples, and the two lengths. Calls never overlap, so every stream shares it. */
  readonly input: number;
  readonly output: number;
  readonly inputLength: number;
  readonly outputLength: number;
}

let speex: Promise<Speex> | undefined;

/** Band-limited resampling of a stream: the split into pushes leaves no trace, bit for bit. */
export interface Resampler {
  push(samples: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  /** The rest: in all, ceil(inputs · outRate / inRate) samples come out. */
  finish(): Float32Array<ArrayBuffer>;
  /** Frees its state; call it once, whatever happened before. */
  close(): void;
  /** Output samples on either side that one input sample reaches. */
  readonly reach: number;
}

/** A resampler from one rate to another; output sample 0 lies at the time of input sample 0. */
export async function createResampler(inRate: number, outRate: number): Promise<Resampler> {
  if (inRate === outRate) return passThrough;
  speex ??= load();
  return new SpeexResampler(await speex, inRate, outRate);
}

const passThrough: Resampler = {
  push: (samples) => samples,
  finish: () => new Float32Array(0),
  close: () => undefined,
  reach: 0,
};

async function load(): Promise<Speex> {
  const module = await loadSpeex();
  return {
    module,
    input: module._malloc(4 * SLICE),
    output: module._malloc(4 * OUTPUT_ROOM),
    inputLength: module._malloc(4),
    outputLength: module._malloc(4),
  };
}

class SpeexResampler implements Resampler {
  readonly #state: number;
  readonly #latency: number;
  readonly reach: number;
  #in = 0;
  #out = 0;

  constructor(
    private readonly speex: Speex,
    private readonly inRate: number,
    private readonly outRate: number,
  ) {
    const { module, inputLength } = speex;
    this.#state = module._speex_resampler_init(1, inRate, outRate, QUALITY, inputLength);
    if (this.#state === 0)
      throw new TriptychError('INTERNAL', `no resampler from ${inRate} to ${outRate} Hz`);
    this.#latency = module._speex_resampler_get_input_latency(this.#state);
    this.reach = Math.ceil((this.#latency * outRate) / inRate) + 1;
    module._speex_resampler_skip_zeros(this.#state);
  }

  push(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#in += samples.length;
    return this.#process(samples);
  }

  finish(): Float32Array<ArrayBuffer> {
    const left = Math.ceil((this.#in * this.outRate) / this.inRate) - this.#out;
    return this.#process(new Float32Array(2 * this.#latency + 1)).slice(0, Math.max(0, left));
  }

  close(): void {
    this.speex.module._speex_resampler_destroy(this.#state);
  }

  #process(samples: Float32Array): Float32Array<ArrayBuffer> {
    const { module, input, output, inputLength, outputLength } = this.speex;
    const parts: Float32Array[] = [];
    for (let at = 0; at < samples.length;) {
      const slice = samples.subarray(at, at + SLICE);
      module.HEAPF32.set(slice, input >> 2);
      module.HEAPU32[inputLength >> 2] = slice.length;
      module.HEAPU32[outputLength >> 2] = OUTPUT_ROOM;
      module._speex_resampler_process_float(this.#state, 0, input, inputLength, output, outputLength);
      at += module.HEAPU32[inputLength >> 2];
      const made = module.HEAPU32[outputLength >> 2];
      parts.push(module.HEAPF32.slice(output >> 2, (output >> 2) + made));
      this.#out += made;
    }
    return concat(parts);
  }
}

/** The parts in one array. */
export function concat(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
