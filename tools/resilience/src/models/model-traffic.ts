import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioContext, CallError, type TriptychClient } from '@triptych/client';
import { root } from '../served-process.js';
import { format, RATE, speech } from '../speech.js';

/** The three models that come and go: two that take audio, and one that takes images and text. */
export const models = { voices: 'whisper', pictures: 'clip', tiny: 'whisper' } as const;
export type ModelName = keyof typeof models;

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
    const ofAudio = (model: ModelName) => [
      this.#loop(model, 'audio call', async () => {
        const clips = [{ format, data: clip }];
        const context = AudioContext.AUDIO_CONTEXT_TRIMMED;
        const { results } = await client.encodeAudio({ model, clips, context });
        return results.map(({ error }) => error);
      }),
      this.#loop(model, 'audio stream', () => this.#audioStream(model, audio)),
    ];
    this.#loops = [
      ...ofAudio('voices'),
      ...ofAudio('tiny'),
      this.#loop('pictures', 'image call', async () => {
        const { results } = await client.encodeImages({ model: 'pictures', images: [{ encoded: picture }] });
        return results.map(({ error }) => error);
      }),
      this.#loop('pictures', 'text call', async () => {
        const { results } = await client.encodeTexts({ model: 'pictures', texts: ['a pizza', 'a sailboat'] });
        return results.map(({ error }) => error);
      }),
      this.#loop('pictures', 'image stream', () => this.#imageStream(picture)),
    ];
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Half a second of chunks in real time, and what is left. */
  async #audioStream(model: ModelName, audio: Buffer): Promise<(object | null | undefined)[]> {
    const stream = this.client.streamAudio();
    stream.configure({ model, format, windowMs: 250, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
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
