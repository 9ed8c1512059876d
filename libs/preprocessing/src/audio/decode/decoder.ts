import type { SampleFault } from '@triptych/validation';

/** Mono audio that came out of a decoder. */
export interface Decoded {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRate: number;
  /** Float samples that are no audio; their places in `samples` hold silence. Positions count from the stream's start. */
  readonly faults: readonly SampleFault[];
}

/** Turns bytes, split anywhere, into mono samples. Throws AUDIO_* errors; afterwards it is of no use. */
export interface AudioDecoder {
  /** Decodes what these bytes complete. */
  push(bytes: Uint8Array): Promise<Decoded[]>;
  /** Decodes the rest. Throws where the bytes ended too early. */
  finish(): Promise<Decoded[]>;
  /** Frees what the decoder holds; for streams that end early. */
  close(): void;
}
