import { TriptychError } from '@triptych/core';
import type { DecodeOptions, DecoderLane } from './decoder-lane.js';
import type { ClipStart, Input, StreamStart, TurnReply } from './worker/protocol.js';

/** Bytes that are decoded in a millisecond, at least, where nothing is known yet. */
const FIRST_TURN_BYTES_PER_MS = 20_000;
const MOST_MS = 5;

/** A clip or a stream on the lane that holds its decoder. */
export class DecodeJob {
  #isOpen = false;
  /** The worker has something of it to free. */
  #isHeld = false;
  #isOver = false;
  /** Of the whole job, and when the present input came. */
  #decodedMs = 0;
  #decodedBeforeMs = 0;
  #costMs = 0;

  constructor(
    private readonly lane: DecoderLane,
    private readonly id: number,
    private readonly start: ClipStart | StreamStart,
    private readonly options: DecodeOptions,
    /** Longest that decoding one input may take. */
    private readonly timeoutMs: number,
  ) {
    lane.load++;
  }

  /** Goes on, with a new input where there is one, for at most `room` windows. Throws AUDIO_DECODE_TIMEOUT, and as the lane does. */
  async turn(room: number, input?: Input): Promise<TurnReply> {
    if (input) {
      this.#decodedBeforeMs = this.#decodedMs;
      this.#costMs = Math.min(MOST_MS, input.data.length / FIRST_TURN_BYTES_PER_MS);
    }
    const { id: job, start } = this;
    const open = this.#isOpen ? undefined : start;
    this.#isOpen = true;
    this.#isHeld = true;
    const reply = await this.lane.turn({ job, open, input, room }, this.#costMs, this.options);
    this.#costMs = reply.spentUs / 1000;
    this.#decodedMs = reply.decodedMs;
    // With a clip's samples, or a failure, all of it has been freed.
    if (reply.clip || reply.failure) this.#isHeld = false;
    if (reply.isDone || this.#decodedMs - this.#decodedBeforeMs <= this.timeoutMs) return reply;
    throw new TriptychError(
      'AUDIO_DECODE_TIMEOUT',
      `not decoded after ${this.timeoutMs} ms of work, the longest this server allows`,
      { field: 'data' },
    );
  }

  /** A worker hears of a job with its first bytes: those that send none cost it nothing. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.lane.load--;
    if (this.#isHeld) this.lane.end(this.id);
  }
}
