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

/** Most bytes that are decoded in one step: few, as a few bytes may decode to hours. */
const SLICE_BYTES = 2048;

/** Bytes without audio that are read on: pictures in tags are smaller, and decoders keep what they have not understood. */
const MOST_SILENT_BYTES = 32 * 1024 * 1024;

/** How one format is decoded. */
export interface CompressedFormat {
  readonly name: string;
  readonly decoder: WasmDecoder;
  readonly length: LengthCheck;
  /**
   * Where the next frame or page may begin in `bytes`, after its first byte: a step ends there, so that it decodes one of them, whatever
   * that one holds. Undefined: nowhere. Default: frames are so small that any number of them fits a step.
   */
  readonly nextUnit?: (bytes: Uint8Array) => number | undefined;
  /** Bytes at the end of `bytes` that the decoder must not see before those that follow them. Default: none. */
  readonly heldBack?: (bytes: Uint8Array) => number;
}

/** FLAC, MP3 and Ogg by WebAssembly decoders. Any error of theirs makes the audio corrupt: gaps are not papered over. */
export class CompressedDecoder implements AudioDecoder {
  #frames = 0;
  /** Bytes since the last audio. */
  #silentBytes = 0;

  #rest = new Uint8Array(0);

  constructor(
    private readonly format: CompressedFormat,
    /** Most audio that one push may decode to. */
    private readonly maxSecondsPerPush: number,
  ) {}

  *push(bytes: Uint8Array): Generator<Decoded | undefined> {
    let seconds = 0;
    for (let at = 0; at < bytes.length;) {
      const slice = this.#slice(bytes.subarray(at, at + SLICE_BYTES));
      at += slice.length;
      const decoded = this.#decode(slice);
      this.#silentBytes = decoded ? 0 : this.#silentBytes + slice.length;
      if (this.#silentBytes > MOST_SILENT_BYTES)
        throw this.#corrupt(
          `no audio in ${MOST_SILENT_BYTES} bytes; expected tags and pictures to be shorter`,
        );
      if (decoded) seconds += decoded.samples.length / decoded.sampleRate;
      if (seconds > this.maxSecondsPerPush) {
        throw new TriptychError(
          'AUDIO_TOO_LONG',
          `more than ${this.maxSecondsPerPush} s of audio in one piece; send smaller pieces`,
          { field: 'data' },
        );
      }
      yield decoded;
    }
  }

  *finish(): Generator<Decoded | undefined> {
    const { decoder, length } = this.format;
    const rest = this.#rest;
    yield this.#run(() => decoder.decode(rest));
    yield this.#run(() => decoder.flush?.());
    length.finish(this.#frames);
  }

  close(): void {
    try {
      this.format.decoder.free();
    } catch {
      // Its memory is unusable after a trap; the garbage collector takes it.
    }
  }

  #slice(bytes: Uint8Array): Uint8Array {
    return bytes.subarray(0, this.format.nextUnit?.(bytes) ?? bytes.length);
  }

  #decode(slice: Uint8Array): Decoded | undefined {
    const { decoder, length, heldBack } = this.format;
    length.push(slice);
    const bytes = joined(this.#rest, slice);
    const ready = bytes.length - (heldBack?.(bytes) ?? 0);
    this.#rest = bytes.slice(ready);
    return this.#run(() => decoder.decode(bytes.subarray(0, ready)));
  }

  #run(step: () => WasmDecoded | undefined): Decoded | undefined {
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
    if (!result || frames <= 0) return undefined;
    checkChannels(result.channelData.length);
    const sampleRate = checkSampleRate(result.sampleRate);
    this.#frames += frames;
    return { samples: mixDown(result.channelData, frames), sampleRate, faults: [] };
  }

  #corrupt(what: string, cause?: unknown): TriptychError {
    return new TriptychError('AUDIO_CONTAINER_CORRUPT', `${this.format.name}: ${what}`, {
      field: 'data',
      cause,
    });
  }
}
