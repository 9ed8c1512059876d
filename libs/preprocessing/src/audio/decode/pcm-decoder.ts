import { audioLimits, checkWholeFrames, isAudio, type SampleFaults } from '@triptych/validation';
import { joined } from './byte-queue.js';
import { type AudioDecoder, type Decoded, pieces, STEP_BYTES } from './decoder.js';
import { type SampleFormatName, sampleFormats } from './sample-formats.js';

/** Interleaved PCM of a known layout. A frame may straddle two pushes. */
export interface PcmLayout {
  readonly format: SampleFormatName;
  readonly sampleRate: number;
  readonly channels: number;
}

/** Decodes PCM to mono. Faulty float samples become silence and are reported: they must not poison a resampler. */
export class PcmDecoder implements AudioDecoder {
  #rest = new Uint8Array(0);
  #frames = 0;
  readonly #frameBytes: number;

  constructor(private readonly layout: PcmLayout) {
    this.#frameBytes = sampleFormats[layout.format].bytes * layout.channels;
  }

  *push(bytes: Uint8Array): Generator<Decoded | undefined> {
    for (const piece of pieces(bytes, STEP_BYTES)) yield this.#decode(piece);
  }

  finish(): [] {
    checkWholeFrames(this.#rest.length, this.#frameBytes);
    return [];
  }

  close(): void {
    this.#rest = new Uint8Array(0);
  }

  #decode(bytes: Uint8Array): Decoded | undefined {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const frames = Math.floor(all.length / this.#frameBytes);
    this.#rest = all.slice(frames * this.#frameBytes);
    if (frames === 0) return undefined;
    const values = sampleFormats[this.layout.format].read(all.subarray(0, frames * this.#frameBytes));
    const faults = this.#silenceFaults(values);
    this.#frames += frames;
    return { samples: this.#mono(values, frames), sampleRate: this.layout.sampleRate, faults };
  }

  /** Finds float samples that are no audio and makes silence of them, in place. Those within 0.1 s count as one. */
  #silenceFaults(values: Float32Array): SampleFaults[] {
    const { format, channels, sampleRate } = this.layout;
    const faults: Writable<SampleFaults>[] = [];
    if (!sampleFormats[format].float) return faults;
    const reach = audioLimits.minSeconds * sampleRate;
    let last: Writable<SampleFaults> | undefined;
    for (let i = 0; i < values.length; i++) {
      if (isAudio(values[i])) continue;
      const position = this.#frames + Math.floor(i / channels);
      if (!last || position - last.position >= reach) {
        last = { value: values[i], position, lastPosition: position, count: 0 };
        faults.push(last);
      }
      last.lastPosition = position;
      last.count++;
      values[i] = 0;
    }
    return faults;
  }

  #mono(values: Float32Array<ArrayBuffer>, frames: number): Float32Array<ArrayBuffer> {
    const { channels } = this.layout;
    if (channels === 1) return values;
    const mono = new Float32Array(frames);
    for (let i = 0, at = 0; i < frames; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += values[at++];
      mono[i] = sum / channels;
    }
    return mono;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
