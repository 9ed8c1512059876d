import type { ErrorRecord } from '@triptych/core';
import type { AudioFormat, WindowPlan } from '@triptych/validation';
import type { WindowerStart } from '../windower.js';

export interface ClipRequest {
  readonly format: AudioFormat;
  readonly data: Uint8Array;
  readonly targetRate: number;
  /** Longest clip, in samples of the target rate. */
  readonly maxSamples: number;
}

export interface ClipReply {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly preprocessUs: number;
}

/** What a stream is. */
export interface StreamStart {
  readonly format: AudioFormat;
  readonly targetRate: number;
  readonly plan: WindowPlan;
  readonly start?: WindowerStart | undefined;
}

export interface FinishRequest {
  readonly stream: number;
  readonly sequence: number;
  /** Comes with the first request of a stream. */
  readonly open?: StreamStart | undefined;
}

export interface PushRequest extends FinishRequest {
  readonly data: Uint8Array;
  readonly flush: boolean;
}

/** A window as it leaves the worker. */
export interface PreparedWindow {
  readonly index: number;
  readonly startSample: number;
  readonly endSample: number;
  readonly partial: boolean;
  readonly lastSequence: number;
  readonly content: { readonly samples: Float32Array<ArrayBuffer> } | { readonly error: ErrorRecord };
}

export interface WindowsReply {
  readonly windows: readonly PreparedWindow[];
  /** Samples of the target rate so far. */
  readonly samples: number;
  readonly preprocessUs: number;
  /** Set where the audio is broken: the windows before it are whole, none comes after. */
  readonly failure?: ErrorRecord;
}
