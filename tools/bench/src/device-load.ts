import { TriptychError } from '@triptych/core';
import { AudioContext, type Image, TriptychClient } from '@triptych/client';
import { flood } from './measuring.js';

/** What a process that calls a server is told. */
export interface LoadTask {
  readonly address: string;
  readonly kind: 'raw' | 'jpeg' | 'windows' | 'texts';
  /** An encoded image. */
  readonly jpeg: Uint8Array;
  readonly calls: number;
  readonly inFlight: number;
}

/** Items of one call. */
export const ITEMS = { raw: 64, jpeg: 64, windows: 4, texts: 256 } as const;

process.on('message', (task: LoadTask) => {
  void load(task).then((milliseconds) => process.send?.(milliseconds, () => process.exit(0)));
});

async function load({ address, kind, jpeg, calls, inFlight }: LoadTask): Promise<number> {
  const client = new TriptychClient(address);
  const count = ITEMS[kind];
  const options = { encoding: 2 } as const;
  const images = (image: Image) => client.encodeImages({ images: Array<Image>(count).fill(image), options });
  const pixels = Buffer.alloc(3 * 224 * 224, 127);
  const samples = Buffer.from(
    Int16Array.from({ length: 480_000 }, (_, i) => 9000 * Math.sin(i / 9) * Math.sin(i / 7000)).buffer,
  );
  const texts = Array.from(
    { length: count },
    (_, i) => `a photograph of ${i} small dogs in the snow beside a red car`,
  );
  const send = {
    raw: () => images({ raw: { format: 1, width: 224, height: 224, data: pixels } }),
    jpeg: () => images({ encoded: Buffer.from(jpeg) }),
    windows: () =>
      client.encodeAudio({
        clips: Array.from({ length: count }, () => ({
          format: { encoding: 1, sampleRateHz: 16_000, channels: 1 },
          data: samples,
        })),
        context: AudioContext.AUDIO_CONTEXT_PADDED,
        options,
      }),
    texts: () => client.encodeTexts({ texts, options }),
  }[kind];
  const { results } = await send();
  const failed = results.find(({ error }) => error);
  if (failed) throw new TriptychError('INTERNAL', `${kind}: ${failed.error?.message ?? 'failed'}`);
  const started = performance.now();
  await flood(calls, inFlight, send);
  const elapsed = performance.now() - started;
  client.close();
  return elapsed;
}
