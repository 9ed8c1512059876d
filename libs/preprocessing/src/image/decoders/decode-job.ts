import { abortError, type Caller, type Queueing, TriptychError } from '@triptych/core';
import { imageFormat } from '../decode/format.js';
import { costOfPixels, type DecodeCost } from '../decode-cost.js';
import type { PreparedImage, PrepareRequest } from '../worker/protocol.js';

/** For whom an image is prepared, and until when. */
export interface PrepareOptions {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** An image on its way to a decoder, through one or more lanes. */
export class DecodeJob implements Queueing {
  readonly caller: Caller;
  readonly deadline: number;
  readonly result: Promise<PreparedImage>;
  /** Decoders that ended while they held it. */
  losses = 0;
  #settle!: { resolve: (image: PreparedImage) => void; reject: (error: unknown) => void };
  #isSettled = false;
  #onCancel: (() => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => {
    this.fail(abortError(this.#signal));
    this.#onCancel?.();
  };

  constructor(
    public request: PrepareRequest,
    public expected: DecodeCost,
    { caller, deadline, signal }: PrepareOptions,
  ) {
    this.caller = caller;
    this.deadline = deadline;
    this.#signal = signal;
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** What a turn of it costs, beside those of others in its lane. */
  get cost(): number {
    return this.expected.ms;
  }

  get isAvif(): boolean {
    const { source } = this.request;
    return source.kind === 'encoded' && imageFormat(source.data) === 'avif';
  }

  /** Sets the expected cost to that of `pixels` pixels, which a decoder has counted, whatever the image's first bytes say. Throws IMAGE_TOO_LARGE. */
  expecting(pixels: number): this {
    const { source, limits } = this.request;
    if (source.kind === 'encoded') this.expected = costOfPixels(source, pixels, limits.maxPixels);
    this.request = { ...this.request, limits: { ...limits, expectedPixels: pixels, isCounted: true } };
    return this;
  }

  /** Nobody waits for it any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whoever has it now is told when its caller has gone. */
  whenCancelled(listener: () => void): void {
    this.#onCancel = listener;
  }

  /** Without effect once it is settled, as {@link fail}. */
  succeed(image: PreparedImage): void {
    this.#settled();
    this.#settle.resolve(image);
  }

  fail(error: unknown): void {
    this.#settled();
    this.#settle.reject(error);
  }

  /** Fails where its deadline has passed. */
  isLate(): boolean {
    if (this.deadline > Date.now()) return false;
    this.fail(new TriptychError('DEADLINE_PASSED', 'the deadline passed before this image was decoded'));
    return true;
  }

  #settled(): void {
    this.#isSettled = true;
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}
