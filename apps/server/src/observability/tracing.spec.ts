import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RATE, serveDemo, speech, streamAll, type TestServer, windowsOf } from '../testing/harness.js';
import { type CollectedSpan, startCollector } from '../testing/trace-collector.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const format = { encoding: 1 as const, sampleRateHz: RATE };
const clip = { format, data: Buffer.from(speech('pizza-a')) };
const CALLS = 3;

let collector: Awaited<ReturnType<typeof startCollector>>;
let served: TestServer;
let windows: number;
beforeAll(async () => {
  collector = await startCollector();
  served = await serveDemo({ otlpEndpoint: collector.url });
  const caller = new TriptychClient(served.server.address, {
    metadata: () => ({ traceparent: `00-${TRACE}-${PARENT}-01` }),
  });
  for (let i = 0; i < CALLS; i++) await caller.encodeAudio({ clips: [clip, clip] });
  await caller.encodeAudio({ model: 'nobody', clips: [clip] }).catch(() => undefined);
  const answers = await streamAll(caller, { format, windowMs: 500 }, speech('volcano-b'));
  windows = windowsOf(answers).length;
  caller.close();
  await served.client.listModels();
  // What has not been sent is sent as the server ends.
  await served.close();
});
afterAll(() => collector.close());

const named = (name: string) => collector.spans.filter((span) => span.name === name);
const milliseconds = ({ start, end }: CollectedSpan) => Number(end - start) / 1e6;

describe('traces at a collector', () => {
  it('hold a span of every call, below the span of its caller', () => {
    const calls = named('triptych.v1.AudioEncoder/Encode');
    expect(calls).toHaveLength(CALLS + 1);
    for (const { traceId, parentSpanId, attributes } of calls) {
      expect({ traceId, parentSpanId }).toEqual({ traceId: TRACE, parentSpanId: PARENT });
      expect(attributes).toMatchObject({ 'rpc.system': 'grpc', 'rpc.method': 'Encode' });
    }
    const statuses = calls.map(({ attributes }) => attributes['rpc.grpc.status_code']);
    expect(statuses.sort()).toEqual([0, 0, 0, 5]);
    expect(calls.flatMap(({ attributes }) => attributes['error.type'] ?? [])).toEqual(['MODEL_NOT_FOUND']);
  });

  it('hold a span of every stage of every item, within that of its call', () => {
    const calls = new Map(collector.spans.map((span) => [span.spanId, span]));
    for (const stage of ['preprocess', 'queue', 'inference']) {
      const spans = named(stage);
      expect(spans).toHaveLength(2 * CALLS + windows);
      for (const span of spans) {
        const call = calls.get(span.parentSpanId)!;
        expect(call.name).toMatch(/AudioEncoder/);
        expect(span.attributes['triptych.modality']).toBe('audio');
        expect(milliseconds(span)).toBeLessThanOrEqual(milliseconds(call) + 1);
      }
    }
  });

  it('start with the call where its caller sends no trace', () => {
    const [call] = named('triptych.v1.Models/List');
    expect(call.parentSpanId).toBe('');
    expect(call.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(call.traceId).not.toBe(TRACE);
  });
});

describe('a collector that is not there', () => {
  it('changes nothing for callers, and keeps no server from ending', async () => {
    const alone = await serveDemo({ otlpEndpoint: 'http://127.0.0.1:9' });
    const { results } = await alone.client.encodeAudio({ clips: [clip] });
    expect(results[0].embedding).not.toBeNull();
    await alone.close();
  });
});
