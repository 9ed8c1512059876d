import { TriptychError } from '@triptych/core';
import { SampleStream, type SampleSteps } from '../sample-stream.js';
import { type Window, Windower } from '../windower.js';
import { type Job, release } from './job.js';
import type { Input, StreamStart } from './protocol.js';

/** Cuts a stream into windows, each made when it is asked for. */
export class StreamJob implements Job {
  readonly clip = undefined;
  readonly #source: SampleStream;
  readonly #windower: Windower;

  constructor({ format, targetRate, plan, start }: StreamStart) {
    this.#source = new SampleStream(format, targetRate);
    this.#windower = new Windower(plan, targetRate, start);
  }

  get position(): number {
    return this.#windower.position;
  }

  get decodedMs(): number {
    return this.#source.spentMs;
  }

  async *take({ data, sequence, flush, isLast }: Input): AsyncGenerator<Window | undefined, void> {
    yield* this.#cut(this.#source.push(data), sequence);
    release(data);
    if (flush) yield* this.#windower.flush(sequence);
    if (!isLast) return;
    let cutShort: TriptychError | undefined;
    try {
      yield* this.#cut(this.#source.finish(), sequence);
    } catch (thrown) {
      cutShort = TriptychError.from(thrown);
    }
    // The bytes ended too early: what came before still makes a tail, and the stream tells what is missing.
    yield* this.#windower.finish(sequence);
    if (cutShort) throw cutShort;
  }

  close(): void {
    this.#source.close();
  }

  async *#cut(steps: SampleSteps, sequence: number): AsyncGenerator<Window | undefined, void> {
    for await (const decoded of steps) {
      if (decoded) yield* this.#windower.push(decoded, sequence);
      yield undefined;
    }
  }
}
