import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, TriptychError } from '@triptych/core';
import { Decoder } from './decoder.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
/** A spare decoder that lived for so long did not end of how it was started. */
const SOUND_MS = 1000;
/** Where a decoder has crashed, the next may crash before another is there: so many are kept ahead for so long. */
const SPARES_AFTER_CRASH = 2;
const CALM_MS = 60_000;

interface Spare {
  readonly started: Promise<Decoder>;
  /** Once it is there. */
  decoder: Decoder | undefined;
}

/** Starts decoders, one of them ahead of time, and two where decoders crash, so that whoever loses one has another at once. */
export class DecoderSupply {
  #spares: readonly Spare[] = [];
  #wanted = 1;
  #calm: NodeJS.Timeout | undefined;
  readonly #all = new Set<Decoder>();
  readonly #ending = new Set<Promise<void>>();
  #pauseMs = 0;
  /** Spare decoders, one after the other, that ended as soon as they were there. */
  #stillborn = 0;
  #isClosed = false;
  #expectsAvif = false;

  constructor(private readonly logger?: Logger) {}

  /** Starts the one that is there ahead of time. Rejects where it does not start. */
  async prepare(): Promise<void> {
    await this.#nextSpare().started;
  }

  /** AVIFs come: from now on decoders that are there ahead of time have compiled their code for them. Resolves when the present ones have. */
  async expectAvif(): Promise<void> {
    if (this.#expectsAvif) return;
    this.#expectsAvif = true;
    this.#nextSpare();
    await Promise.all(this.#spares.map((spare) => this.#prepareForAvif(spare)));
  }

  /**
   * A decoder for one lane alone. Without a niceness it is one that was started ahead of time. With one it is started now, and
   * has that priority while it starts, too: starting many such decoders takes no processor time from others. Rejects where none
   * starts; the next try waits, longer each time.
   */
  async take(niceness: number): Promise<Decoder> {
    try {
      return niceness > 0 ? await this.#start(niceness) : await this.#takeSpare();
    } catch (thrown) {
      this.logger?.error({ err: thrown, pauseMs: this.#pauseMs }, 'an image decoder did not start');
      throw thrown;
    }
  }

  async #takeSpare(): Promise<Decoder> {
    const spare = this.#nextSpare();
    this.#drop(spare);
    let decoder = await spare.started;
    if (decoder.isAlive) this.#stillborn = 0;
    else {
      void this.end(decoder);
      decoder = await this.#start(0);
    }
    this.#fill();
    return decoder;
  }

  /** One that is there, or else the one that was begun first. */
  #nextSpare(): Spare {
    this.#fill();
    return this.#spares.find(({ decoder }) => decoder?.isAlive) ?? this.#spares[0];
  }

  #fill(): void {
    while (this.#spares.length < this.#wanted) this.#addSpare();
  }

  #drop(spare: Spare): void {
    this.#spares = this.#spares.filter((one) => one !== spare);
  }

  /** One that ends before it is taken is replaced; one that does not start is started again by who wants it. */
  #addSpare(): void {
    const spare: Spare = { started: this.#start(0), decoder: undefined };
    this.#spares = [...this.#spares, spare];
    spare.started.then(
      (decoder) => (spare.decoder = decoder),
      () => this.#drop(spare),
    );
    if (this.#expectsAvif) void this.#prepareForAvif(spare);
  }

  /** A decoder ended by itself, so many milliseconds after it was there. */
  #crashed(decoder: Decoder, lived: number): void {
    if (this.#isClosed || !this.#all.has(decoder)) return;
    this.#wanted = SPARES_AFTER_CRASH;
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => this.#calmDown(), CALM_MS).unref();
    const spare = this.#spares.find((one) => one.decoder === decoder);
    if (spare) {
      this.#drop(spare);
      this.#stillborn = lived < SOUND_MS ? this.#stillborn + 1 : 0;
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#stillborn);
      this.logger?.warn({ pauseMs: this.#pauseMs }, 'a spare image decoder ended, another is started');
      void this.end(decoder);
    }
    this.#fill();
  }

  /** No decoder has crashed for long. */
  #calmDown(): void {
    this.#wanted = 1;
    const kept = this.#nextSpare();
    const surplus = this.#spares.filter((spare) => spare !== kept);
    this.#spares = [kept];
    for (const { started } of surplus) {
      const ending = started.then(
        (decoder) => this.end(decoder),
        () => undefined,
      );
      this.#ending.add(ending);
      void ending.finally(() => this.#ending.delete(ending));
    }
  }

  /** A step at a time, until it is taken: whoever takes it waits for no more than one. */
  async #prepareForAvif(spare: Spare): Promise<void> {
    try {
      const decoder = await spare.started;
      while (!decoder.isReadyForAvif && this.#spares.includes(spare)) await decoder.prepareForAvif();
    } catch {
      // It did not start, or has ended: what takes its place is prepared anew.
    }
  }

  /** Ends a decoder. */
  async end(decoder: Decoder): Promise<void> {
    this.#all.delete(decoder);
    const ending = decoder.end();
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
  }

  /** Ends every decoder. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#calm);
    await Promise.allSettled(this.#spares.map(({ started }) => started));
    for (const decoder of this.#all) void this.end(decoder);
    await Promise.all(this.#ending);
  }

  async #start(niceness: number): Promise<Decoder> {
    if (this.#pauseMs > 0) await sleep(this.#pauseMs, undefined, { ref: false });
    if (this.#isClosed) throw new TriptychError('DRAINING', 'the image decoders are closed');
    try {
      const decoder = await Decoder.start(niceness, this.logger);
      this.#pauseMs = 0;
      this.#all.add(decoder);
      const since = performance.now();
      decoder.onEnd = () => this.#crashed(decoder, performance.now() - since);
      if (this.#isClosed) await this.end(decoder);
      return decoder;
    } catch (thrown) {
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs || FIRST_PAUSE_MS);
      throw thrown;
    }
  }
}
