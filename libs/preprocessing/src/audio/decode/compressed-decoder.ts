import { messageOf, TriptychError } from '@triptych/core';
import { checkChannels, checkSampleRate } from '@triptych/validation';
import { joined } from './byte-queue.js';
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

/** How one format is decoded. */
export interface CompressedFormat {
  readonly name: string;
  readonly decoder: WasmDecoder;
  readonly length: LengthCheck;
  /** Bytes at the end of `bytes` that the decoder must not see before those that follow them. Default: none. */
  readonly heldBack?: (bytes: Uint8Array) => number;
}

/** FLAC, MP3 and Ogg by WebAssembly decoders. Any error of theirs makes the audio corrupt: gaps are not papered over. */
export class CompressedDecoder implements AudioDecoder {
  #frames = 0;

  #rest = new Uint8Array(0);

  constructor(
    private readonly format: CompressedFormat,
    /** Most audio that one push may decode to. */
    private readonly maxSecondsPerPush: number,
  ) {}

  async push(bytes: Uint8Array): Promise<Decoded[]> {
    const decoded: Decoded[] = [];
    let seconds = 0;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      for (const part of this.#decode(bytes.subarray(at, at + SLICE_BYTES))) {
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

  async finish(): Promise<Decoded[]> {
    const { decoder, length } = this.format;
    const rest = this.#rest;
    const decoded = [...this.#run(() => decoder.decode(rest)), ...this.#run(() => decoder.flush?.())];
    length.finish(this.#frames);
    return decoded;
  }

  close(): void {
    try {
      this.format.decoder.free();
    } catch {
      // Its memory is unusable after a trap; the garbage collector takes it.
    }
  }

  #decode(slice: Uint8Array): Decoded[] {
    const { decoder, length, heldBack } = this.format;
    length.push(slice);
    const bytes = joined(this.#rest, slice);
    const ready = bytes.length - (heldBack?.(bytes) ?? 0);
    this.#rest = bytes.slice(ready);
    return this.#run(() => decoder.decode(bytes.subarray(0, ready)));
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
    const room = (this.format.length.declaredFrames ?? Infinity) - this.#frames;
    const frames = Math.min(result?.channelData[0]?.length ?? 0, room);
    if (!result || frames <= 0) return [];
    checkChannels(result.channelData.length);
    const sampleRate = checkSampleRate(result.sampleRate);
    this.#frames += frames;
    return [{ samples: mixDown(result.channelData, frames), sampleRate, faults: [] }];
  }

  #corrupt(what: string, cause?: unknown): TriptychError {
    return new TriptychError('AUDIO_CONTAINER_CORRUPT', `${this.format.name}: ${what}`, {
      field: 'data',
      cause,
    });
  }
}
