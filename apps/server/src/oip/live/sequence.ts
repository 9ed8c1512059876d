import type { TriptychError } from '@triptych/core';
import {
  type AudioChunk,
  type AudioStream,
  type EncodedItem,
  type EncodedWindow,
  type Engine,
  type EngineCall,
  itemFailure,
  type ItemResult,
} from '@triptych/engine';
import { answer, type InferAnswer, type InferRequest, widthOf } from '../infer/infer.js';
import { makeOutputs, wantedOutputs } from '../infer/make-outputs.js';
import type { OipModel } from '../models/oip-model.js';
import type { RequestStatistics } from '../statistics/request-statistics.js';
import { checkSame, type LivePart, streamRequest } from './live-audio.js';

/** Who hears of a sequence's requests. Each call is waited for. */
export interface SequenceHearer {
  /** `isFinal`: the request has no further answer. */
  answer(request: InferRequest, answer: InferAnswer, isFinal: boolean): Promise<void>;
  /** The request has no further answer, and none that could have said so. */
  end(request: InferRequest): Promise<void>;
  /** An answer of the request is an error. */
  fail(request: InferRequest, error: TriptychError, isFinal: boolean): Promise<void>;
}

/** A request of a sequence. */
interface Turn {
  readonly request: InferRequest;
  readonly part: LivePart;
  readonly isEnd: boolean;
  readonly wanted: readonly string[];
  /** Counts out the bytes of its message. */
  readonly leave: () => void;
  readonly counted: ReturnType<RequestStatistics['begin']>;
  readonly results: ItemResult<EncodedItem>[];
}

/** What is known of a window's answer before it is known whether the request has another. */
interface HeldAnswer {
  readonly turn: Turn;
  readonly deliver: (isFinal: boolean) => Promise<void>;
}

/** Requests of a sequence that wait for the decoder, and those that are not answered: more are not read from the call. */
const MOST_WAITING = 2;
export const MOST_UNANSWERED = 16;

/**
 * Live audio as the requests of one sequence: windows are answers of the request whose samples complete them, in order. What is wrong with
 * a window is an error of its request, and the sequence goes on; what is wrong with the audio itself ends it.
 */
export class Sequence {
  /** In their order; the first is the one whose windows come. */
  readonly #turns: Turn[] = [];
  /** Of those, the ones that the decoder has. */
  #taken = 0;
  /** There is a request for the decoder, or the sequence is left. */
  #wake: (() => void) | undefined;
  /** There is room for a request. */
  #roomFor: (() => void) | undefined;
  #left: TriptychError | undefined;
  #held: HeldAnswer | undefined;
  #isDone = false;
  /** Settles once it has ended and its requests are answered. Rejects with what fails the whole call. */
  readonly done: Promise<void>;

  private constructor(
    private readonly stream: AudioStream,
    private readonly model: OipModel,
    private readonly first: LivePart,
    private readonly hearer: SequenceHearer,
  ) {
    this.done = this.#run();
    // Whoever waits for it hears of it, too.
    this.done.catch(() => undefined);
  }

  /** Rejects with what is wrong with the stream that is asked for. */
  static async open(
    engine: Engine,
    model: OipModel,
    first: LivePart,
    hearer: SequenceHearer,
    call: Partial<EngineCall>,
  ): Promise<Sequence> {
    return new Sequence(
      await engine.openAudioStream(streamRequest(model, first), call),
      model,
      first,
      hearer,
    );
  }

  /** It takes no more requests. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Takes a request, and waits while too many wait. Throws what is wrong with it alone. */
  async take(
    request: InferRequest,
    part: LivePart,
    isEnd: boolean,
    leave: () => void,
    counted: Turn['counted'],
  ): Promise<void> {
    checkSame(this.first, part);
    const wanted = wantedOutputs(this.model, request.outputs);
    this.#turns.push({ request, part, isEnd, wanted, leave, counted, results: [] });
    this.#wake?.();
    while (this.#isFull && !this.#isDone) await new Promise<void>((resolve) => (this.#roomFor = resolve));
  }

  get #isFull(): boolean {
    const { length } = this.#turns;
    return length - this.#taken > MOST_WAITING || length >= MOST_UNANSWERED;
  }

  /** No request comes any more: those that came are answered, and the audio has no end that would be answered. */
  abandon(reason: TriptychError): void {
    this.#left = reason;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    try {
      await this.stream.run(this.#chunks(), (window) => this.#window(window));
      // The last request's windows are the audio's tail, too.
      await this.#answered();
    } catch (thrown) {
      await this.#failed(thrown);
    } finally {
      this.#isDone = true;
      this.#roomFor?.();
      for (const { leave } of this.#turns.splice(0)) leave();
    }
  }

  async *#chunks(): AsyncGenerator<AudioChunk> {
    for (;;) {
      while (this.#taken >= this.#turns.length) {
        if (this.#left) throw this.#left;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      const { part, isEnd } = this.#turns[this.#taken++];
      this.#roomFor?.();
      const { data, flush } = part;
      yield isEnd ? { data, flush } : { data, flush, answered: () => this.#answered() };
      if (isEnd) return;
    }
  }

  async #window({ result, index, partial, startSample, endSample }: EncodedWindow): Promise<void> {
    const [turn] = this.#turns;
    turn.results.push(result);
    await this.#deliverHeld(false);
    const encoded = {
      stamp: this.stream.ready.stamp,
      results: [result],
      spans: [{ startSample, endSample }],
    };
    this.#held = {
      turn,
      deliver: async (isFinal) => {
        const { request, wanted } = turn;
        try {
          const outputs = makeOutputs(wanted, encoded, widthOf(this.model, this.first.options));
          const message = answer(request, this.model, encoded, outputs);
          const parameters = { ...message.parameters, window_index: index, partial };
          await this.hearer.answer(request, { ...message, parameters }, isFinal);
        } catch (thrown) {
          await this.hearer.fail(request, itemFailure(thrown), isFinal);
        }
      },
    };
  }

  /** The first request has all its windows. */
  async #answered(): Promise<void> {
    const [turn] = this.#turns;
    if (!turn) return;
    if (this.#held) await this.#deliverHeld(true);
    else await this.hearer.end(turn.request);
    turn.counted.succeeded(turn.results);
    turn.leave();
    this.#turns.shift();
    this.#taken--;
    this.#roomFor?.();
  }

  async #deliverHeld(isFinal: boolean): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.deliver(isFinal);
  }

  /** The audio is broken, or the call is: throws what fails the call. */
  async #failed(thrown: unknown): Promise<void> {
    this.#isDone = true;
    const isLeft = this.#left !== undefined && thrown === this.#left;
    for (const { counted } of this.#turns) counted.failed();
    if (isLeft) return;
    const failure = itemFailure(thrown);
    await this.#deliverHeld(false);
    for (const { request } of this.#turns) await this.hearer.fail(request, failure, true);
  }
}
