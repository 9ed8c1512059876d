import { setTimeout as sleep } from 'node:timers/promises';
import {
  AudioContext,
  AudioEncoding,
  type AudioFormat,
  type AudioStreamConfig,
  TriptychClient,
} from '@triptych/client';
import type { ServedProcess } from '../served-process.js';
import { RATE } from '../speech.js';

const TRIMMED = AudioContext.AUDIO_CONTEXT_TRIMMED;

export const container: AudioFormat = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
export const floats: AudioFormat = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_F32LE, sampleRateHz: RATE };

/** What one attacker does once; what the server answers it with is none of its concern. */
export type Strike = (client: TriptychClient, isOver: () => boolean) => Promise<void>;

export interface StrikeOptions {
  /** Default: one. */
  readonly attackers?: number;
  /** Between two strikes. Default: none. */
  readonly pauseMs?: number;
  /** When a unary call is given up. */
  readonly timeoutMs?: number;
}

/** So many attackers, each with a connection of its own, that strike over and over until it is over. */
export async function strikeOn(
  { address }: ServedProcess,
  isOver: () => boolean,
  { attackers = 1, strike, pauseMs = 0, timeoutMs = 60_000 }: StrikeOptions & { readonly strike: Strike },
): Promise<void> {
  const one = async () => {
    const client = new TriptychClient(address, { ownConnections: true, timeoutMs });
    while (!isOver()) {
      await strike(client, isOver).catch(() => undefined);
      const until = performance.now() + pauseMs;
      do await sleep(Math.min(50, pauseMs));
      while (!isOver() && performance.now() < until);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: attackers }, one));
}

/** Streams these chunks and reads what comes, until all is answered or it is over. */
export const streaming =
  (config: AudioStreamConfig, chunks: readonly Uint8Array[]): Strike =>
  async (client, isOver) => {
    const stream = client.streamAudio();
    stream.configure({ context: TRIMMED, ...config });
    const sending = (async () => {
      for (const chunk of chunks) await stream.send(chunk);
      stream.finish();
    })();
    for await (const answer of stream) {
      if (!isOver()) continue;
      void answer;
      stream.cancel();
    }
    await sending;
  };

/** A call of many such clips. */
export const clips =
  (data: Uint8Array, count: number, format: AudioFormat): Strike =>
  async (client) => {
    const one = { format, data: Buffer.from(data) };
    await client.encodeAudio({ clips: Array.from({ length: count }, () => one), context: TRIMMED });
  };
