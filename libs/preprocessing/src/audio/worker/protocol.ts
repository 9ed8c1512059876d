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

export interface OpenRequest {
  readonly stream: number;
  readonly format: AudioFormat;
  readonly targetRate: number;
  readonly plan: WindowPlan;
  readonly start?: WindowerStart | undefined;
}

export interface PushRequest {
  readonly stream: number;
  readonly data: Uint8Array;
  readonly sequence: number;
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
