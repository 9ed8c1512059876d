import { checkWholeFrames, faultOf, type SampleFault } from '@triptych/validation';
import { joined } from './byte-queue.js';
import type { AudioDecoder, Decoded } from './decoder.js';
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

  push(bytes: Uint8Array): Promise<Decoded[]> {
    return Promise.resolve(this.decode(bytes));
  }

  finish(): Promise<Decoded[]> {
    checkWholeFrames(this.#rest.length, this.#frameBytes);
    return Promise.resolve([]);
  }

  close(): void {
    this.#rest = new Uint8Array(0);
  }

  decode(bytes: Uint8Array): Decoded[] {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const frames = Math.floor(all.length / this.#frameBytes);
    this.#rest = all.slice(frames * this.#frameBytes);
    if (frames === 0) return [];
    const values = sampleFormats[this.layout.format].read(all.subarray(0, frames * this.#frameBytes));
    const faults = this.#silenceFaults(values);
    this.#frames += frames;
    return [{ samples: this.#mono(values, frames), sampleRate: this.layout.sampleRate, faults }];
  }

  /** Finds float samples that are no audio and makes silence of them, in place. */
  #silenceFaults(values: Float32Array): SampleFault[] {
    const { format, channels } = this.layout;
    const faults: SampleFault[] = [];
    if (!sampleFormats[format].float) return faults;
    for (let i = 0; i < values.length; i++) {
      const fault = faultOf(values[i], this.#frames + Math.floor(i / channels));
      if (!fault) continue;
      faults.push(fault);
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
