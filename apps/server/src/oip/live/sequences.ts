import { TriptychError } from '@triptych/core';
import type { EngineCall } from '@triptych/engine';
import type { InferRequest } from '../infer/infer.js';
import { findOipModel } from '../models/oip-model.js';
import type { OpenInference } from '../open-inference.js';
import { readPart } from './live-audio.js';
import { MOST_UNANSWERED, Sequence, type SequenceHearer } from './sequence.js';
import type { SequencePlace } from './sequence-id.js';

/** Sequences that a call may have open: each holds a decoder, and windows of its own. */
const MOST_SEQUENCES = 16;
/** Requests of sequences that a call may have under way. */
export const MOST_LIVE_REQUESTS = MOST_SEQUENCES * MOST_UNANSWERED;

/** The sequences of one call. */
export class Sequences {
  readonly #open = new Map<string, Sequence>();
  readonly #ending = new Set<Promise<void>>();

  constructor(
    private readonly oip: OpenInference,
    private readonly hearer: SequenceHearer,
    private readonly call: Partial<EngineCall>,
    /** Told what fails the whole call. */
    private readonly failed: (thrown: unknown) => void,
  ) {}

  /** Hands a request over, and waits while its sequence has too many. Throws what is wrong with the request. */
  async take(
    request: InferRequest,
    { key, isStart, isEnd }: SequencePlace,
    leave: () => void,
  ): Promise<void> {
    const { engine, requests } = this.oip;
    const model = findOipModel(engine, request.model, request.version);
    const counted = requests.begin(model);
    let sequence: Sequence | undefined;
    try {
      const part = readPart(model, request);
      sequence = isStart
        ? await this.#start(key, () => Sequence.open(engine, model, part, this.hearer, this.call))
        : this.#find(key);
      if (isEnd) this.#open.delete(key);
      await sequence.take(request, part, isEnd, leave, counted);
    } catch (thrown) {
      counted.failed();
      // One that has no first request, or will have no last one, goes no further.
      if (isStart || isEnd) sequence?.abandon(TriptychError.from(thrown));
      throw thrown;
    }
  }

  /** No request comes any more: waits until those that came are answered. */
  async finish(): Promise<void> {
    this.abandon();
    await Promise.all(this.#ending);
  }

  abandon(): void {
    const left = new TriptychError('CANCELLED', 'the call ended before the sequence did');
    for (const sequence of this.#open.values()) sequence.abandon(left);
    this.#open.clear();
  }

  async #start(key: string, open: () => Promise<Sequence>): Promise<Sequence> {
    if (this.#open.has(key))
      throw new TriptychError('SEQUENCE_INVALID', 'sequence_start came for a sequence that has not ended', {
        field: 'parameters.sequence_start',
      });
    if (this.#ending.size >= MOST_SEQUENCES)
      throw new TriptychError(
        'OVERLOADED',
        `${this.#ending.size} sequences are open on this call; at most ${MOST_SEQUENCES} may be`,
      );
    const sequence = await open();
    this.#open.set(key, sequence);
    const ending = sequence.done.catch(this.failed).finally(() => {
      this.#ending.delete(ending);
      if (this.#open.get(key) === sequence) this.#open.delete(key);
    });
    this.#ending.add(ending);
    return sequence;
  }

  #find(key: string): Sequence {
    const sequence = this.#open.get(key);
    if (sequence && !sequence.isDone) return sequence;
    throw new TriptychError(
      'SEQUENCE_INVALID',
      'the sequence has not begun on this call, or has failed; begin it with sequence_start',
      { field: 'parameters.sequence_start' },
    );
  }
}
