import { TriptychClient } from '@triptych/client';
import { silentLogger } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../compose.js';
import { readConfig } from '../config/read-config.js';
import { demoModel } from '../testing/harness.js';

interface Line {
  readonly fields: { requestId?: string; traceId?: string; reason?: string };
  readonly message: string;
}

let server: RunningServer;
const lines: Line[] = [];
const note = (fields: object, message: string) => void lines.push({ fields, message });
beforeAll(async () => {
  const config = readConfig({ models: [demoModel], listen: '127.0.0.1:0', drainMs: 0 }, {});
  server = await startServer(config, { ...silentLogger, debug: note, info: note });
});
afterAll(() => server.drain());

/** Asks for a model that is not there, and for those that are. What was logged of both, and the error. */
async function ask(metadata: Record<string, string>) {
  lines.length = 0;
  const client = new TriptychClient(server.address, { metadata: () => metadata });
  const error: unknown = await client.encodeTexts({ model: 'nobody', texts: ['a'] }).catch((e: unknown) => e);
  await client.listModels();
  client.close();
  const [refused, done] = ['call refused', 'call done'].map((m) =>
    lines.find(({ message }) => message === m),
  );
  return { refused: refused!.fields, done: done!.fields, error };
}

describe('request ids', () => {
  it('are the ones that callers give, in the log and in what a failed call says', async () => {
    const { refused, done, error } = await ask({ 'x-request-id': 'from-the-proxy.7' });
    expect(refused).toMatchObject({ requestId: 'from-the-proxy.7', reason: 'MODEL_NOT_FOUND' });
    expect(done.requestId).toBe('from-the-proxy.7');
    expect(error).toMatchObject({
      details: { requestId: 'from-the-proxy.7', resource: { type: 'model', name: 'nobody' } },
    });
  });

  it.each<Record<string, string>>([
    {},
    { 'x-request-id': 'a "quoted" one' },
    { 'x-request-id': 'x'.repeat(129) },
  ])('are made up where there is none to take: %j', async (metadata) => {
    const { refused, done, error } = await ask(metadata);
    expect(refused.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(done.requestId).not.toBe(refused.requestId);
    expect(error).toMatchObject({ details: { requestId: refused.requestId } });
  });

  it('stand beside the trace that the caller is in', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { refused } = await ask({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    expect(refused.traceId).toBe(traceId);
  });
});
