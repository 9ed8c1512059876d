import { AudioEncoding, EmbeddingEncoding, readEmbedding } from '@triptych/client';
import { createEngine, type Engine } from '@triptych/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  demoModel,
  picture,
  RATE,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  windowsOf,
} from '../testing/harness.js';

let test: TestServer;
let engine: Engine;
beforeAll(async () => {
  const models = [demoClip, demoModel];
  [test, engine] = await Promise.all([serveDemo({ models }), createEngine({ models })]);
});
afterAll(() => Promise.all([test.close(), engine.close()]));

/** The bytes of what one item came to, over gRPC or from an engine. */
function bytesOf(result: { embedding?: unknown; error?: unknown }): Uint8Array {
  const { embedding } = result as { embedding?: { raw?: Buffer; values?: unknown; bytes?: Uint8Array } };
  if (!embedding) throw new TypeError(`no embedding: ${JSON.stringify(result.error)}`);
  if (embedding.bytes) return new Uint8Array(embedding.bytes);
  return new Uint8Array(readEmbedding(embedding as never).values.buffer);
}

const pcm = speech('pizza-a');

describe('an engine in this process', () => {
  it.each([
    ['mean', 1],
    ['mean-valid', 2],
    ['none', 6],
  ] as const)('gives the vectors of clips that a server gives, bit for bit: %s', async (pooling, number) => {
    const raw = EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32;
    const overGrpc = await test.client.encodeAudio({
      clips: [
        { format: { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE }, data: pcm },
      ],
      options: { pooling: number, encoding: raw },
    });
    const here = await engine.encodeAudio({
      clips: [{ format: { encoding: 's16le', sampleRateHz: RATE }, data: pcm }],
      options: { pooling },
    });
    expect(bytesOf(here.results[0])).toEqual(bytesOf(overGrpc.results[0]));
    expect(here.stamp).toEqual(overGrpc.stamp);
  });

  it('gives those of images and texts', async () => {
    for (const name of ['pizza', 'volcano', 'sailboat']) {
      const encoded = picture(name);
      const [overGrpc, here] = [
        await test.client.encodeImages({ images: [{ encoded }] }),
        await engine.encodeImages({ images: [{ encoded }] }),
      ];
      expect(bytesOf(here.results[0])).toEqual(bytesOf(overGrpc.results[0]));
      const [texts, own] = [
        await test.client.encodeTexts({ texts: [`a ${name}`] }),
        await engine.encodeTexts({ texts: [`a ${name}`] }),
      ];
      expect(bytesOf(own.results[0])).toEqual(bytesOf(texts.results[0]));
    }
  });

  it('gives those of the windows of a stream', async () => {
    const config = {
      format: { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE },
      windowMs: 500,
      hopMs: 250,
    };
    const overGrpc = windowsOf(await streamAll(test.client, config, pcm));
    const stream = await engine.openAudioStream({
      ...config,
      format: { encoding: 's16le', sampleRateHz: RATE },
    });
    const here: Uint8Array[] = [];
    const chunks = async function* () {
      for (let at = 0; at < pcm.length; at += 1000) yield { data: pcm.subarray(at, at + 1000) };
    };
    await stream.run(chunks(), async ({ result }) => void here.push(bytesOf(result)));
    expect(here.length).toBeGreaterThan(2);
    expect(here).toEqual(overGrpc.map(bytesOf));
  });

  it('gives the similarities that a server gives', async () => {
    const names = ['pizza', 'volcano'];
    const texts = names.map((name) => `a ${name}`);
    for (const [i, text] of texts.entries()) {
      const encoded = picture(names[i]);
      const overGrpc = await test.client.similarity({
        queries: [{ text }],
        candidates: [{ image: { encoded } }],
        logits: true,
      });
      const here = await engine.similarity({
        queries: [{ text }],
        candidates: [{ image: { encoded } }],
        logits: true,
      });
      expect(here.scores[0]).toBe(Array.from(overGrpc.scores)[0]);
    }
  });
});
