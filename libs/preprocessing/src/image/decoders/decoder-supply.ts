import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, TriptychError } from '@triptych/core';
import { Decoder } from './decoder.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
/** A spare decoder that lived for so long did not end of how it was started. */
const SOUND_MS = 1000;

/** Starts decoders, one of them ahead of time, so that whoever loses one has another at once. */
export class DecoderSupply {
  #spare: Promise<Decoder> | undefined;
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
    await this.#nextSpare();
  }

  /** AVIFs come: from now on the decoder that is there ahead of time has compiled its code for them. Resolves when the present one has. */
  async expectAvif(): Promise<void> {
    if (this.#expectsAvif) return;
    this.#expectsAvif = true;
    await this.#prepareForAvif(this.#nextSpare());
  }

  /**
   * A decoder for one lane alone. Without a niceness it is the one that was started ahead of time. With one it is started now, and
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
    this.#spare = undefined;
    let decoder = await spare;
    if (decoder.isAlive) this.#stillborn = 0;
    else {
      void this.end(decoder);
      decoder = await this.#start(0);
    }
    this.#nextSpare().catch(() => undefined);
    return decoder;
  }

  /** The decoder that is there ahead of time, or is being started. One that ends before it is taken is replaced. */
  #nextSpare(): Promise<Decoder> {
    if (this.#spare) return this.#spare;
    const spare = this.#start(0);
    this.#spare = spare;
    const lost = () => {
      if (this.#spare === spare) this.#spare = undefined;
    };
    spare.then((decoder) => {
      const since = performance.now();
      decoder.onEnd = () => {
        if (this.#spare !== spare || this.#isClosed) return;
        lost();
        this.#stillborn = performance.now() - since < SOUND_MS ? this.#stillborn + 1 : 0;
        this.#pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#stillborn);
        this.logger?.warn({ pauseMs: this.#pauseMs }, 'a spare image decoder ended, another is started');
        void this.end(decoder);
        this.#nextSpare().catch(() => undefined);
      };
    }, lost);
    if (this.#expectsAvif) void this.#prepareForAvif(spare);
    return spare;
  }

  /** A step at a time, until it is taken: whoever takes it waits for no more than one. */
  async #prepareForAvif(spare: Promise<Decoder>): Promise<void> {
    try {
      const decoder = await spare;
      while (!decoder.isReadyForAvif && this.#spare === spare) await decoder.prepareForAvif();
    } catch {
      // It did not start, or has ended: what takes its place is prepared anew.
    }
  }

  /** Ends a decoder that was taken. */
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
    await this.#spare?.catch(() => undefined);
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
      if (this.#isClosed) await this.end(decoder);
      return decoder;
    } catch (thrown) {
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs || FIRST_PAUSE_MS);
      throw thrown;
    }
  }
}
