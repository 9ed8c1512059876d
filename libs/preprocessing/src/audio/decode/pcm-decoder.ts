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
    const faults: SampleFault[] = [];
    const samples = this.#mono(new DataView(all.buffer, all.byteOffset, all.byteLength), frames, faults);
    this.#frames += frames;
    return [{ samples, sampleRate: this.layout.sampleRate, faults }];
  }

  #mono(view: DataView, frames: number, faults: SampleFault[]): Float32Array<ArrayBuffer> {
    const { channels, format } = this.layout;
    const { bytes, read, float } = sampleFormats[format];
    const mono = new Float32Array(frames);
    let at = 0;
    for (let i = 0; i < frames; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++, at += bytes) {
        const value = read(view, at);
        const fault = float ? faultOf(value, this.#frames + i) : undefined;
        if (fault) faults.push(fault);
        else sum += value;
      }
      mono[i] = sum / channels;
    }
    return mono;
  }
}
