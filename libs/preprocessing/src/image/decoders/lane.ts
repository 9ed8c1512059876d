import { setTimeout as sleep } from 'node:timers/promises';
import { FairOrder, type Logger, TriptychError } from '@triptych/core';
import type { DecodeJob } from './decode-job.js';
import type { Decoder } from './decoder.js';
import type { DecoderSupply } from './decoder-supply.js';
import { type Taken, watchDecoder } from './watch.js';

/** Which images a lane takes, and how. */
export interface LanePlan {
  /** Images that are expected to take at most so long, in milliseconds of a core. */
  readonly upToMs: number;
  readonly decoders: number;
  /** Of its decoders: cheaper images go first where both want a core. */
  readonly niceness: number;
  /** Memory that its images may be expected to need together; alone, one may need any. */
  readonly memoryBytes: number;
  /** A decoder is ended when the caller of its image has gone; else it goes on, which is cheaper for images that take little. */
  readonly stopsCancelled: boolean;
  /** Decoders that were idle for so long are ended. Infinity: none is. */
  readonly idleMs: number;
}

export interface LaneParts {
  readonly plan: LanePlan;
  readonly supply: DecoderSupply;
  /** Longest that one image may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Takes a job back that is not done: what was found out about it may make it another lane's. */
  readonly reroute: (job: DecodeJob) => void;
  readonly logger?: Logger | undefined;
}

/** An image that takes this many times the longest duration of its lane moves to another lane, and makes room for those that wait. */
const OVERRUN = 4;
/** The first images of a decoder take long: its code is not optimised yet. */
const LEAST_OVERRUN_MS = 500;

/** A decoder that makes no progress is ended after this many times the processor time that it may take. */
const PATIENCE = 10;

/** Longest that a decoder goes on with a cancelled image, in milliseconds: ending one costs as much as starting another. */
const FAREWELL_MS = 300;

/** Memory beyond what an image is expected to need before its decoder is ended. */
const MEMORY_TIMES = 1.25;
const MEMORY_SLACK_BYTES = 100_000_000;

/** A decoder is ended after an image that takes more than this, so that its memory returns to the system. */
const RETIRING_BYTES = 100_000_000;

/** An image is failed once this many decoders have ended while decoding it. */
const MOST_LOSSES = 3;

/** Why a decoder was ended. */
type Ended = 'time' | 'memory' | 'overrun' | 'cancelled';

/** Images of like cost wait in a fair order for decoders that others never occupy. */
export class Lane {
  readonly #waiting = new FairOrder<DecodeJob>();
  readonly #idle: { readonly decoder: Decoder; readonly timer: NodeJS.Timeout | undefined }[] = [];
  #busy = 0;
  /** What the images are expected to need that are decoded now. */
  #bytes = 0;
  #isClosed = false;

  constructor(private readonly parts: LaneParts) {}

  add(job: DecodeJob): void {
    if (job.isSettled) return;
    if (this.#isClosed) {
      job.fail(closed());
      return;
    }
    job.whenCancelled(() => this.#waiting.remove(job));
    this.#waiting.add(job);
    this.#dispatch();
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#idle) clearTimeout(timer);
    for (let job = this.#next(); job; job = this.#next()) job.fail(closed());
  }

  #dispatch(): void {
    const { decoders, memoryBytes } = this.parts.plan;
    for (let first = this.#waiting.first; first && this.#busy < decoders; first = this.#waiting.first) {
      const { bytes } = first.expected;
      if (this.#busy > 0 && this.#bytes + bytes > memoryBytes) return;
      this.#busy++;
      this.#bytes += bytes;
      void this.#process(this.#next()).finally(() => {
        this.#busy--;
        this.#bytes -= bytes;
        this.#dispatch();
      });
    }
  }

  #next(): DecodeJob | undefined {
    const [job] = this.#waiting.take(
      () => false,
      () => 1,
    );
    return job;
  }

  async #process(job: DecodeJob | undefined): Promise<void> {
    if (!job || job.isSettled || job.isLate()) return;
    const decoder = await this.#decoder();
    if (!decoder) {
      this.add(job);
      return;
    }
    if (job.isSettled) this.#keep(decoder, 0);
    else await this.#decode(job, decoder);
  }

  /** Undefined where none starts for now. */
  async #decoder(): Promise<Decoder | undefined> {
    const { supply, plan } = this.parts;
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) {
      clearTimeout(kept.timer);
      if (kept.decoder.isAlive) return kept.decoder;
      void supply.end(kept.decoder);
    }
    try {
      return await supply.take(plan.niceness);
    } catch {
      // The supply has logged it; its next try waits.
      await sleep(0);
      return undefined;
    }
  }

  async #decode(job: DecodeJob, decoder: Decoder): Promise<void> {
    const { plan, supply, timeoutMs, reroute } = this.parts;
    let ended: Ended | undefined;
    let isCancelled = false;
    let decodedBytes = job.expected.bytes;
    job.whenCancelled(() => (isCancelled = plan.stopsCancelled));
    const overrunMs = Math.max(LEAST_OVERRUN_MS, OVERRUN * plan.upToMs);
    const mostBytes = decodedBytes * MEMORY_TIMES + MEMORY_SLACK_BYTES;
    const excess = ({ passedMs, cpuMs, bytes }: Taken): Ended | undefined => {
      if (bytes > mostBytes) return 'memory';
      if (Math.max(cpuMs, passedMs / PATIENCE) > timeoutMs) return 'time';
      if (isCancelled && passedMs > FAREWELL_MS) return 'cancelled';
      // Where no image waits for this lane's decoders, it may go on in this one.
      return cpuMs > overrunMs && this.#waiting.size > 0 ? 'overrun' : undefined;
    };
    const watch = watchDecoder(decoder, (taken) => {
      ended ??= excess(taken);
      if (ended) void supply.end(decoder);
    });
    try {
      const reply = await decoder.prepare(job.request);
      if ('foundPixels' in reply) {
        // It has read no more than a header.
        decodedBytes = 0;
        reroute(job.expecting(reply.foundPixels));
      } else job.succeed(reply);
    } catch (thrown) {
      if (ended || !decoder.isAlive) this.#lost(job, ended, thrown);
      else job.fail(thrown);
    } finally {
      watch.stop();
      if (!ended) this.#keep(decoder, decodedBytes);
    }
  }

  /** For the next image, unless it took so much memory that starting another is cheaper than leaving it. */
  #keep(decoder: Decoder, bytes: number): void {
    const { plan, supply } = this.parts;
    if (this.#isClosed || !decoder.isAlive || bytes > RETIRING_BYTES) {
      void supply.end(decoder);
      return;
    }
    const timer = Number.isFinite(plan.idleMs)
      ? setTimeout(() => this.#endIdle(decoder), plan.idleMs).unref()
      : undefined;
    this.#idle.push({ decoder, timer });
  }

  #endIdle(decoder: Decoder): void {
    const at = this.#idle.findIndex((kept) => kept.decoder === decoder);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    void this.parts.supply.end(decoder);
  }

  /** What becomes of a job whose decoder was ended, or ended by itself. */
  #lost(job: DecodeJob, ended: Ended | undefined, cause: unknown): void {
    const { logger, plan, reroute, timeoutMs } = this.parts;
    if (!ended && !this.#isClosed)
      logger?.error({ err: cause, losses: job.losses + 1 }, 'an image decoder died');
    if (job.isSettled) return;
    if (this.#isClosed) job.fail(closed());
    else if (ended === 'overrun') {
      job.expected = { ...job.expected, ms: Math.max(job.expected.ms, OVERRUN * plan.upToMs) };
      reroute(job);
    } else if (ended === 'time') job.fail(tookTooLong(timeoutMs));
    else if (ended === 'memory') job.fail(tookTooMuch());
    else if (++job.losses < MOST_LOSSES) reroute(job);
    else job.fail(decoderEnded(cause));
  }
}

function closed(): TriptychError {
  return new TriptychError('DRAINING', 'the image decoders are closed');
}

function tookTooLong(timeoutMs: number): TriptychError {
  return new TriptychError(
    'IMAGE_DECODE_TIMEOUT',
    `not decoded after ${timeoutMs} ms, the longest this server allows`,
    { field: 'encoded' },
  );
}

function tookTooMuch(): TriptychError {
  return new TriptychError(
    'IMAGE_TOO_LARGE',
    'decoding takes far more memory than an image of its size needs; encode it anew',
    { field: 'encoded' },
  );
}

function decoderEnded(cause: unknown): TriptychError {
  return new TriptychError(
    'IMAGE_CORRUPT',
    `${MOST_LOSSES} decoders ended on this image; expected one that can be decoded`,
    { field: 'encoded', cause },
  );
}
