import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { AudioEncoding as GrpcEncoding, readEmbedding } from '@triptych/client';
import {
  AudioEncoding,
  capture,
  createBrowserClient,
  type LiveAnswer,
  reasonOf,
  valuesOf,
} from '@triptych/client/browser';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { tokenHash } from '../../security/token-file.js';
import { startCuttingProxy } from '../../testing/cutting-proxy.js';
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
} from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  // What browsers have of their own.
  vi.stubGlobal('WebSocket', WebSocket);
  test = await serveDemo({ models: [demoModel, demoClip], http: '127.0.0.1:0' });
});
afterAll(async () => {
  await test.close();
  vi.unstubAllGlobals();
});

const config = { format: { encoding: AudioEncoding.PCM_S16LE, sampleRateHz: RATE }, windowMs: 200 };

/** Streams a recording in pieces of 50 ms, and calls back with each answer. */
async function stream(
  url: string,
  pcm: Uint8Array,
  heard: (answer: LiveAnswer) => void,
): Promise<LiveAnswer[]> {
  const live = createBrowserClient({ url }).streamAudio(config, { firstWaitMs: 1 });
  const sending = (async () => {
    for (let at = 0; at < pcm.length; at += 1600) await live.send(pcm.subarray(at, at + 1600));
    live.finish();
  })();
  const answers: LiveAnswer[] = [];
  for await (const answer of live) {
    answers.push(answer);
    heard(answer);
  }
  await sending;
  return answers;
}

describe('the client for browsers', () => {
  const url = () => `http://${test.server.httpAddress}`;
  const expected = async (pcm: Uint8Array) => {
    const format = { encoding: GrpcEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
    const windows = windowsOf(await streamAll(test.client, { format, windowMs: 200 }, pcm));
    return windows.map(({ embedding }) => readEmbedding(embedding!).values);
  };
  const vectors = (answers: LiveAnswer[]) => answers.flatMap(({ window }) => window?.values ?? []);

  it('gets the vectors of gRPC bit for bit, and the reasons of failures', async () => {
    const client = createBrowserClient({ url: url() });
    const { results } = await client.image.encode({
      images: [{ source: { case: 'encoded', value: new Uint8Array(picture('pizza')) } }],
    });
    const [{ embedding }] = (await test.client.encodeImages({ images: [{ encoded: picture('pizza') }] }))
      .results;
    expect(results.map(({ outcome }) => outcome.case === 'embedding' && valuesOf(outcome.value))).toEqual([
      readEmbedding(embedding!).values,
    ]);
    const failed: unknown = await client.text
      .encode({ model: 'nobody', texts: ['a'] })
      .catch((e: unknown) => e);
    expect(reasonOf(failed)).toBe('MODEL_NOT_FOUND');
  });

  it('streams live audio', async () => {
    const pcm = speech('pizza-a');
    const answers = await stream(url(), pcm, () => undefined);
    expect(answers[0].ready?.sampleRateHz).toBe(RATE);
    expect(vectors(answers)).toEqual(await expected(pcm));
    expect(answers.at(-1)?.summary).toMatchObject({ samples: pcm.length / 2, lateWindows: 0 });
  });

  it('goes on where its connection breaks off: each window comes once, in order', async () => {
    const proxy = await startCuttingProxy(test.server.httpAddress!);
    const pcm = speech('pizza-a');
    let cuts = 0;
    const answers = await stream(`http://${proxy.address}`, pcm, ({ window }) => {
      if (window && window.index % 2 === 1 && cuts < 3) {
        proxy.cut();
        cuts++;
      }
    });
    await proxy.close();
    expect(cuts).toBeGreaterThan(1);
    expect(answers.filter(({ ready }) => ready)).toHaveLength(1);
    expect(vectors(answers)).toEqual(await expected(pcm));
  });

  it('says why a stream is refused, and where nothing answers', async () => {
    const live = createBrowserClient({ url: url() }).streamAudio({ ...config, windowMs: 1 });
    const refused: unknown = await live[Symbol.asyncIterator]()
      .next()
      .catch((e: unknown) => e);
    expect([reasonOf(refused), refused]).toEqual(['WINDOW_INVALID', expect.objectContaining({ code: 3 })]);
    const retry = { maxAttempts: 2, firstWaitMs: 1 };
    const lost = createBrowserClient({ url: 'http://127.0.0.1:1' }).streamAudio(config, retry);
    await expect(lost[Symbol.asyncIterator]().next()).rejects.toThrow(/did not open/);
  });

  it('ends a capture whose stream fails, with what reading it throws', async () => {
    let plays = true;
    /** A worklet's node that plays until it is told to stop. */
    class Playing {
      readonly port;
      constructor() {
        const { port1, port2 } = new MessageChannel();
        this.port = port1;
        const timer = setInterval(() => port2.postMessage(new Float32Array(2048)), 5);
        port2.once('message', () => {
          clearInterval(timer);
          plays = false;
          port2.close();
        });
      }
    }
    vi.stubGlobal('AudioWorkletNode', Playing);
    const context = { sampleRate: RATE, audioWorklet: { addModule: () => Promise.resolve() } };
    const source = { context, connect: () => undefined } as never;
    const live = createBrowserClient({ url: url() }).streamAudio({ ...config, windowMs: 1 });
    const { done } = await capture(source, live);
    const read: unknown = await live[Symbol.asyncIterator]()
      .next()
      .catch((e: unknown) => e);
    expect(reasonOf(read)).toBe('WINDOW_INVALID');
    await expect(done).rejects.toBe(read);
    await expect.poll(() => plays).toBe(false);
    const cancelled = createBrowserClient({ url: url() }).streamAudio(config);
    const second = await capture(source, cancelled);
    cancelled.cancel();
    await expect(second.done).rejects.toThrow('the stream has ended');
  });

  it.each(['plain-Token_1.~+', 'a/b==', 'schlüssel'])(
    'says its token, whatever it holds: %s',
    async (token) => {
      const folder = await mkdtemp(join(tmpdir(), 'triptych-tokens-'));
      const tokens = join(folder, 'tokens.json');
      await writeFile(tokens, JSON.stringify({ tokens: [{ name: 'page', sha256: tokenHash(token) }] }));
      const guarded = await serveDemo({ models: [demoModel], http: '127.0.0.1:0', tokens });
      const first = async (given: string) => {
        const client = createBrowserClient({ url: `http://${guarded.server.httpAddress}`, token: given });
        for await (const answer of client.streamAudio(config, { maxAttempts: 1 })) return answer;
        return undefined;
      };
      expect(await first(token)).toMatchObject({ ready: { sampleRateHz: RATE } });
      await expect(first(`${token}a`)).rejects.toThrow(/did not open/);
      await guarded.close();
      await rm(folder, { recursive: true });
    },
  );
});
