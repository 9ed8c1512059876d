import type { Caller } from '@triptych/core';
import type { Admission } from './admission/admission.js';
import type { EngineObserver, ItemTrace } from './observer.js';

/** Whom work is done for, until when, and who traces it. */
export interface EngineCall {
  /** Whom it is done for: a principal, and of it a stream, or what stands for its other calls. See docs/decisions/admission.md. */
  readonly caller: Caller;
  /** Ends the work once nobody waits for it. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  readonly trace: ItemTrace;
  /**
   * Bytes of the message that the call came in, which what the engine keeps of it may keep whole. Default: what the engine sees of it
   * is counted alone.
   */
  readonly messageBytes?: number | undefined;
}

/** A call, and what its items pass on their way. */
export interface CallContext extends EngineCall {
  readonly admission: Admission;
  readonly observer: EngineObserver;
}
