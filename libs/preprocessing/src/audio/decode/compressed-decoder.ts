import { messageOf, TriptychError } from '@triptych/core';
import { checkChannels, checkSampleRate } from '@triptych/validation';
import type { AudioDecoder, Decoded } from './decoder.js';
import { mixDown } from './mono.js';

/** What the WebAssembly decoders have in common: they answer at once, and need freeing. */
export interface WasmDecoder {
  decode(bytes: Uint8Array): WasmDecoded;
  flush?(): WasmDecoded;
  free(): void;
}

interface WasmDecoded {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  /** Damaged frames that the decoder stepped over. */
  readonly errors?: readonly { readonly message: string }[];
}

/** Follows a container's bytes beside the decoder and tells whether all that was declared has come. */
export interface LengthCheck {
  push(bytes: Uint8Array): void;
  /** Audio frames in all, once the bytes have said so: decoders give out the padding of the last packet too. */
  readonly declaredFrames?: number | undefined;
  /** Throws AUDIO_CONTAINER_LENGTH or AUDIO_CONTAINER_CORRUPT. `frames`: audio frames decoded in all. */
  finish(frames: number): void;
}

/**
 * Bytes that are decoded at a time: small, so that a few bytes which decode to hours are noticed before the hours
 * are in memory.
 */
const SLICE_BYTES = 2048;

/** FLAC, MP3 and Ogg by WebAssembly decoders. Any error of theirs makes the audio corrupt: gaps are not papered over. */
export class CompressedDecoder implements AudioDecoder {
  #frames = 0;

  constructor(
    private readonly name: string,
    private readonly decoder: WasmDecoder,
    private readonly length: LengthCheck,
    /** Most frames one push may decode to. */
    private readonly maxSecondsPerPush: number,
  ) {}

  async push(bytes: Uint8Array): Promise<Decoded[]> {
    const decoded: Decoded[] = [];
    let seconds = 0;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.length.push(slice);
      for (const part of this.#run(() => this.decoder.decode(slice))) {
        decoded.push(part);
        seconds += part.samples.length / part.sampleRate;
      }
      if (seconds > this.maxSecondsPerPush) {
        throw new TriptychError(
          'AUDIO_TOO_LONG',
          `more than ${this.maxSecondsPerPush} s of audio in one piece; send smaller pieces`,
          { field: 'data' },
        );
      }
    }
    return decoded;
  }

  finish(): Promise<Decoded[]> {
    const decoded = this.#run(() => this.decoder.flush?.());
    this.length.finish(this.#frames);
    return Promise.resolve(decoded);
  }

  close(): void {
    try {
      this.decoder.free();
    } catch {
      // Its memory is unusable after a trap; the garbage collector takes it.
    }
  }

  #run(step: () => WasmDecoded | undefined): Decoded[] {
    let result: WasmDecoded | undefined;
    try {
      result = step();
    } catch (thrown) {
      throw this.#corrupt(messageOf(thrown), thrown);
    }
    const fault = result?.errors?.[0];
    if (fault) throw this.#corrupt(fault.message);
    const room = (this.length.declaredFrames ?? Infinity) - this.#frames;
    const frames = Math.min(result?.channelData[0]?.length ?? 0, room);
    if (!result || frames <= 0) return [];
    checkChannels(result.channelData.length);
    const sampleRate = checkSampleRate(result.sampleRate);
    this.#frames += frames;
    return [{ samples: mixDown(result.channelData, frames), sampleRate, faults: [] }];
  }

  #corrupt(what: string, cause?: unknown): TriptychError {
    return new TriptychError('AUDIO_CONTAINER_CORRUPT', `${this.name}: ${what}`, { field: 'data', cause });
  }
}
