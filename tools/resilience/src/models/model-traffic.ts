import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioContext, CallError, type TriptychClient } from '@triptych/client';
import { root } from '../served-process.js';
import { format, RATE, speech } from '../speech.js';
import type { ModelName } from './coming-models.js';

/** What came of a call or stream. */
export interface TrafficOutcome {
  readonly model: ModelName;
  readonly kind: string;
  /** undefined where it succeeded. */
  readonly failure: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
}

const NOT_FOUND = 5;
const PAUSE_MS = 100;

/** Calls and streams on all models, one after the other of each kind, until it is stopped. */
export class ModelTraffic {
  readonly outcomes: TrafficOutcome[] = [];
  #isOver = false;
  readonly #loops: Promise<void>[];

  constructor(private readonly client: TriptychClient) {
    const audio = speech();
    const clip = audio.subarray(0, 2 * RATE);
    const picture = readFileSync(join(root, 'examples/images/pizza.png'));
    const texts = ['a pizza', 'a sailboat'];
    const ofTexts = async (model: ModelName) => {
      const { results } = await client.encodeTexts({ model, texts });
      return results.map(({ error }) => error);
    };
    this.#loops = [
      this.#loop('voices', 'audio call', async () => {
        const clips = [{ format, data: clip }];
        const context = AudioContext.AUDIO_CONTEXT_TRIMMED;
        const { results } = await client.encodeAudio({ model: 'voices', clips, context });
        return results.map(({ error }) => error);
      }),
      this.#loop('voices', 'audio stream', () => this.#audioStream(audio)),
      this.#loop('pictures', 'image call', async () => {
        const { results } = await client.encodeImages({ model: 'pictures', images: [{ encoded: picture }] });
        return results.map(({ error }) => error);
      }),
      this.#loop('pictures', 'text call', () => ofTexts('pictures')),
      this.#loop('pictures', 'image stream', () => this.#imageStream(picture)),
      this.#loop('words', 'text call', () => ofTexts('words')),
    ];
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Half a second of chunks in real time, and what is left. */
  async #audioStream(audio: Buffer): Promise<(object | null | undefined)[]> {
    const stream = this.client.streamAudio();
    stream.configure({
      model: 'voices',
      format,
      windowMs: 250,
      context: AudioContext.AUDIO_CONTEXT_TRIMMED,
    });
    const sending = (async () => {
      for (let i = 0; i < 5; i++) {
        await stream.send(audio.subarray(i * 3200, (i + 1) * 3200));
        await sleep(100);
      }
      stream.finish();
    })();
    const errors: (object | null | undefined)[] = [];
    for await (const { window } of stream) if (window) errors.push(window.error);
    await sending;
    return errors;
  }

  async #imageStream(picture: Buffer): Promise<(object | null | undefined)[]> {
    const stream = this.client.streamImages();
    stream.configure({ model: 'pictures' });
    const sending = (async () => {
      for (let i = 0; i < 4; i++) {
        await stream.send(i, [{ encoded: picture }]);
        await sleep(100);
      }
      stream.finish();
    })();
    const errors: (object | null | undefined)[] = [];
    for await (const { result } of stream)
      if (result) errors.push(...result.results.map(({ error }) => error));
    await sending;
    return errors;
  }

  async #loop(
    model: ModelName,
    kind: string,
    work: () => Promise<readonly (object | null | undefined)[]>,
  ): Promise<void> {
    while (!this.#isOver) {
      const startedAt = performance.now();
      const failure = await work().then(
        (errors) => {
          const failed = errors.find((error) => error);
          return failed ? JSON.stringify(failed) : undefined;
        },
        (thrown: unknown) =>
          thrown instanceof CallError && thrown.code === NOT_FOUND ? 'NOT_FOUND' : String(thrown),
      );
      this.outcomes.push({ model, kind, failure, startedAt, endedAt: performance.now() });
      await sleep(PAUSE_MS);
    }
  }
}
