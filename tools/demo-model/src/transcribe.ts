import { fileURLToPath } from 'node:url';
import { AudioEncoding, Pooling, readEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { Decoder } from '@triptych/inference-core';
import { openModel } from '@triptych/model-families';

/** Clips of one call: the frames of each are 100 KB. */
const BATCH = 32;
const limits = { maxSequences: BATCH, maxCacheBytes: 256 * 1024 ** 2, maxWaiting: BATCH };

/** What the decoder of a model directory makes of recordings (16 bit at 16 kHz) whose frames the server made with the same model. */
export async function transcribeSpeech(
  client: TriptychClient,
  directory: URL,
  recordings: readonly Buffer[],
): Promise<string[]> {
  const path = fileURLToPath(directory);
  const { directory: stored, model } = await openModel(path);
  const { speech } = model;
  const weights = stored.decoder;
  if (!speech || !weights) throw new TriptychError('WEIGHTS_MISSING', `${path}: has no decoder of speech`);
  const { tokens, network } = speech;
  const decoder = await Decoder.start(network, {
    name: 'transcribe',
    threads: 0,
    weights: async () => (await weights.load()).weights,
    limits,
  });
  try {
    const texts: string[] = [];
    for (let at = 0; at < recordings.length; at += BATCH) {
      const frames = await framesOf(client, recordings.slice(at, at + BATCH));
      texts.push(...(await Promise.all(frames.map(written))));
    }
    return texts;
  } finally {
    await decoder.close();
  }

  async function written(frames: Float32Array<ArrayBuffer>): Promise<string> {
    const source = await decoder.open(frames, { beams: 1 });
    try {
      const generated = await source.generate(
        {
          prompt: [tokens.start, tokens.noTimestamps],
          end: tokens.end,
          maxTokens: decoder.positions,
          rules: { suppressed: tokens.suppressed, suppressedFirst: tokens.suppressedFirst },
          search: { kind: 'greedy' },
          probes: [],
        },
        {},
      );
      return Buffer.from(speech?.words(generated.tokens) ?? []).toString();
    } finally {
      source.close();
    }
  }
}

async function framesOf(
  client: TriptychClient,
  recordings: readonly Buffer[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 };
  const options = { pooling: Pooling.POOLING_NONE, normalize: false };
  const clips = recordings.map((data) => ({ format, data }));
  const { results } = await client.encodeAudio({ clips, options });
  return results.map(({ embedding, error }) => {
    if (!embedding) throw new TriptychError('INTERNAL', error?.message ?? 'no frames');
    return readEmbedding(embedding).values.slice();
  });
}
